package redis_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// handOversVariable asks for another number of hand-overs than that of a usual run.
const (
	handOversVariable = "REDISTEST_HANDOVERS"
	usualHandOvers    = 2_000
)

// TestNoWakeUpIsLost has owners in two drivers hand over a lock by nothing but wake-ups: one that is lost
// ends the test. Some watch all along, the others anew for each wait.
func TestNoWakeUpIsLost(t *testing.T) {
	t.Parallel()
	handOvers := usualHandOvers
	if n, err := strconv.Atoi(os.Getenv(handOversVariable)); err == nil {
		handOvers = n
	}
	s := redistest.Shared(t)
	handOver(t, redis.Options{Addr: s.Addr(), Prefix: s.Prefix()}, handOvers)
}

// TestNoWakeUpIsLostInACluster: the node that the lock is at tells those who listen at others.
func TestNoWakeUpIsLostInACluster(t *testing.T) {
	t.Parallel()
	c := redistest.SharedCluster(t)
	handOver(t, redis.Options{Addrs: c.Addrs(), Prefix: c.Prefix()}, usualHandOvers/4)
}

func handOver(t *testing.T, o redis.Options, turns int) {
	const owners = 6
	both := []*redis.Driver{open(t, o), open(t, o)}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	for i := range owners {
		wg.Go(func() {
			p := player{both[i%2], fmt.Sprint(i)}
			if err := p.play(ctx, turns/owners+1, i < owners/3); err != nil {
				t.Errorf("owner %d: %v", i, err)
				cancel()
			}
		})
	}
	wg.Wait()
}

// player takes the lock ball again and again.
type player struct {
	d     *redis.Driver
	owner string
}

func (p player) play(ctx context.Context, turns int, standing bool) error {
	if standing { // for all turns
		_, stop, err := p.d.Watch(ctx, "ball")
		if err != nil {
			return err
		}
		defer stop()
	}
	for range turns {
		if err := p.turn(ctx); err != nil {
			return err
		}
		if _, err := p.d.Unlock(ctx, "ball", p.owner); err != nil {
			return err
		}
	}
	return nil
}

// turn takes the lock as soon as it is free.
func (p player) turn(ctx context.Context) error {
	wake, stop, err := p.d.Watch(ctx, "ball")
	if err != nil {
		return err
	}
	defer stop()
	for {
		g, err := p.d.Lock(ctx, "ball", p.owner, time.Hour)
		if err != nil || g.Won() {
			return err
		}
		select {
		case <-wake:
		case <-time.After(patient):
			return fmt.Errorf("not told within %v", patient)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// TestWatchersOutliveTheirConnection: the server ends the connection, and each watcher is told, since it
// may have missed something. Afterwards it misses nothing.
func TestWatchersOutliveTheirConnection(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	d := open(t, redis.Options{Addr: s.Addr()})
	ctx := context.Background()
	wakes := map[string]<-chan struct{}{}
	for _, name := range []string{"a", "b", "c"} {
		wake, stop, err := d.Watch(ctx, name)
		require.NoError(t, err)
		defer stop()
		wakes[name] = wake
	}
	for range 5 {
		require.NoError(t, raw.ClientKillByFilter(ctx, "TYPE", "pubsub").Err())
		for name, wake := range wakes {
			requireWake(t, wake, name)
		}
		for name, wake := range wakes {
			requireQuiet(t, wake, name)
			require.NoError(t, d.ForceUnlock(ctx, name))
			requireWake(t, wake, name)
		}
	}
	s.Restart()
	for name, wake := range wakes {
		requireWake(t, wake, name)
	}
}

func requireWake(t *testing.T, wake <-chan struct{}, name string) {
	t.Helper()
	select {
	case <-wake:
	case <-time.After(patient):
		t.Fatalf("the watcher of %s was not told", name)
	}
}

func requireQuiet(t *testing.T, wake <-chan struct{}, name string) {
	t.Helper()
	select {
	case <-wake:
		t.Fatalf("the watcher of %s was told twice", name)
	default:
	}
}

// TestOneConnectionForAllWatchers: it is there while anybody watches, and no longer.
func TestOneConnectionForAllWatchers(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	d := open(t, redis.Options{Addr: s.Addr()})
	ctx := context.Background()
	for range 3 {
		var stops []func()
		for i := range 50 {
			_, stop, err := d.Watch(ctx, fmt.Sprint(i%10))
			require.NoError(t, err)
			stops = append(stops, stop)
		}
		require.Equal(t, 1, subscribers(t, raw))
		channels, err := raw.PubSubChannels(ctx, "cachegen!k:*").Result()
		require.NoError(t, err)
		require.Len(t, channels, 10)
		for _, stop := range stops {
			stop()
			stop()
		}
		for deadline := time.Now().Add(patient); subscribers(t, raw) > 0; runtime.Gosched() {
			require.True(t, time.Now().Before(deadline), "the connection is still open")
		}
	}
}

func subscribers(t *testing.T, raw *goredis.Client) int {
	t.Helper()
	list, err := raw.Do(context.Background(), "client", "list", "type", "pubsub").Text()
	require.NoError(t, err)
	n := 0
	for _, c := range list {
		if c == '\n' {
			n++
		}
	}
	return n
}

// TestWatchIsBounded: a call for a server that does not answer ends with its ctx, at once, and with the
// operation timeout.
func TestWatchIsBounded(t *testing.T) {
	s := redistest.Start(t)
	d := open(t, redis.Options{Addr: s.Addr(), Timeout: drivers.DefaultTimeout})
	slow := open(t, redis.Options{Addr: s.Addr(), Timeout: patient})
	wake, stop, err := d.Watch(context.Background(), "l")
	require.NoError(t, err)
	defer stop()
	s.Stop()

	worst := slowest(t, context.DeadlineExceeded, func() error { return watch(context.Background(), d) })
	require.Less(t, worst, drivers.DefaultTimeout+grace)
	worst = slowest(t, context.DeadlineExceeded, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		return watch(ctx, slow)
	})
	require.Less(t, worst, 200*time.Millisecond+grace)
	worst = slowest(t, context.Canceled, func() error {
		ctx, cancel := context.WithCancel(context.Background())
		defer time.AfterFunc(20*time.Millisecond, cancel).Stop()
		return watch(ctx, slow)
	})
	require.Less(t, worst, 20*time.Millisecond+grace)

	s.Cont()
	requireRecovery(t, d)
	require.NoError(t, d.ForceUnlock(context.Background(), "l"))
	requireWake(t, wake, "l")
}

func watch(ctx context.Context, d *redis.Driver) error {
	_, stop, err := d.Watch(ctx, "w")
	if err == nil {
		stop()
	}
	return err
}

// TestCloseTellsWatchers: nobody waits for a store that is closed.
func TestCloseTellsWatchers(t *testing.T) {
	t.Parallel()
	d := fresh(t)
	wake, stop, err := d.Watch(context.Background(), "l")
	require.NoError(t, err)
	require.NoError(t, d.Close())
	requireWake(t, wake, "l")
	stop()
	require.ErrorIs(t, watch(context.Background(), d), drivers.ErrClosed)
}
