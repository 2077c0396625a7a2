package redis_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/racetest"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/internal/stalls"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

const (
	callers = 100
	// grace is how long after its deadline a call may return.
	grace = 50*time.Millisecond + racetest.Slack
)

// span is a piece of time.
type span struct{ from, to time.Time }

// slowest runs call in many goroutines and returns how long the last one took, without the machine's
// stalls, after it has checked that each failed, with want if that is not nil.
func slowest(t *testing.T, want error, call func() error) time.Duration {
	t.Helper()
	machine := stalls.Watch(t)
	var wg sync.WaitGroup
	took := make([]span, callers)
	errs := make([]error, callers)
	for i := range callers {
		wg.Go(func() {
			took[i].from = time.Now()
			errs[i] = call()
			took[i].to = time.Now()
		})
	}
	wg.Wait()
	var worst time.Duration
	for i, c := range took {
		require.Error(t, errs[i])
		if want != nil {
			require.ErrorIs(t, errs[i], want)
		}
		worst = max(worst, c.to.Sub(c.from)-machine.During(c.from, c.to))
	}
	return worst
}

func get(ctx context.Context, d drivers.Driver) error {
	_, _, err := d.Get(ctx, "k")
	return err
}

// TestStoppedServer: a server that accepts bytes and answers nothing holds no caller up.
func TestStoppedServer(t *testing.T) {
	s := redistest.Start(t)
	d := open(t, redis.Options{Addr: s.Addr(), Timeout: drivers.DefaultTimeout})
	slow := open(t, redis.Options{Addr: s.Addr(), Timeout: patient})
	require.NoError(t, d.Put(context.Background(), "k", []byte("v"), 0))
	s.Stop()

	t.Run("deadline", func(t *testing.T) {
		const deadline = 200 * time.Millisecond
		worst := slowest(t, context.DeadlineExceeded, func() error {
			ctx, cancel := context.WithTimeout(context.Background(), deadline)
			defer cancel()
			return get(ctx, slow)
		})
		require.Less(t, worst, deadline+grace)
	})
	t.Run("no deadline", func(t *testing.T) {
		worst := slowest(t, context.DeadlineExceeded, func() error { return get(context.Background(), d) })
		require.Less(t, worst, drivers.DefaultTimeout+grace)
	})
	t.Run("late deadline", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		worst := slowest(t, context.DeadlineExceeded, func() error { return get(ctx, d) })
		require.Less(t, worst, drivers.DefaultTimeout+grace)
	})
	t.Run("cancel", func(t *testing.T) {
		worst := slowest(t, context.Canceled, func() error {
			ctx, cancel := context.WithCancel(context.Background())
			defer time.AfterFunc(20*time.Millisecond, cancel).Stop()
			return get(ctx, d)
		})
		require.Less(t, worst, drivers.DefaultTimeout+grace)
	})
	t.Run("every call", func(t *testing.T) {
		machine := stalls.Watch(t)
		var wg sync.WaitGroup
		for name, call := range calls(d) {
			wg.Go(func() {
				started := time.Now()
				err := call(context.Background())
				ended := time.Now()
				assert.ErrorIs(t, err, context.DeadlineExceeded, name)
				assert.ErrorContains(t, err, s.Addr(), name)
				assert.LessOrEqual(t, ended.Sub(started)-machine.During(started, ended), drivers.DefaultTimeout+grace, name)
			})
		}
		wg.Wait()
	})
	t.Run("open", func(t *testing.T) {
		machine := stalls.Watch(t)
		started := time.Now()
		_, err := redis.Open(context.Background(), redis.Options{Addr: s.Addr()})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.False(t, drivers.Permanent(err))
		require.Less(t, time.Since(started)-machine.During(started, time.Now()), drivers.DefaultTimeout+grace)
	})

	s.Cont()
	requireRecovery(t, d)
	value, found, err := d.Get(context.Background(), "k")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "v", string(value))
}

// TestWaitsShareOneBound: a call that waited for a connection has less time left for its answer.
func TestWaitsShareOneBound(t *testing.T) {
	const timeout = 2 * time.Second
	s := redistest.Start(t)
	d := open(t, redis.Options{Addr: s.Addr(), Timeout: timeout, Connections: 1})
	s.Stop()
	first := make(chan error)
	go func() { // holds the connection for half of the time
		ctx, cancel := context.WithTimeout(context.Background(), timeout/2)
		defer cancel()
		first <- get(ctx, d)
	}()
	worst := slowest(t, context.DeadlineExceeded, func() error { return get(context.Background(), d) })
	require.ErrorIs(t, <-first, context.DeadlineExceeded)
	require.Less(t, worst, timeout+timeout/4)
}

// calls returns every operation that reaches the server.
func calls(d *redis.Driver) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"ping":         d.Ping,
		"get":          func(ctx context.Context) error { return get(ctx, d) },
		"put":          func(ctx context.Context) error { return d.Put(ctx, "p", nil, 0) },
		"add":          func(ctx context.Context) error { _, err := d.Add(ctx, "a", nil, 0); return err },
		"forget":       func(ctx context.Context) error { return d.Forget(ctx, "f") },
		"flush":        d.Flush,
		"increment":    func(ctx context.Context) error { _, err := d.Increment(ctx, "i", 1, 0); return err },
		"get many":     func(ctx context.Context) error { _, err := d.GetMany(ctx, []string{"g"}); return err },
		"put many":     func(ctx context.Context) error { return d.PutMany(ctx, []drivers.Item{{Key: "m"}}, 0) },
		"lock":         func(ctx context.Context) error { _, err := d.Lock(ctx, "l", "o", time.Hour); return err },
		"extend":       func(ctx context.Context) error { _, err := d.Extend(ctx, "l", "o", time.Hour); return err },
		"fence":        func(ctx context.Context) error { _, err := d.Fence(ctx, "l", "o"); return err },
		"unlock":       func(ctx context.Context) error { _, err := d.Unlock(ctx, "l", "o"); return err },
		"force unlock": func(ctx context.Context) error { return d.ForceUnlock(ctx, "l") },
		"watch":        func(ctx context.Context) error { return watch(ctx, d) },
		"acquire": func(ctx context.Context) error {
			_, err := d.Acquire(ctx, []string{"x", "y"}, "t", time.Hour, false)
			return err
		},
		"fill": func(ctx context.Context) error {
			_, err := d.Fill(ctx, []drivers.Item{{Key: "x"}}, "t", 0)
			return err
		},
		"renew":   func(ctx context.Context) error { _, err := d.Renew(ctx, []string{"x"}, "t", time.Hour); return err },
		"release": func(ctx context.Context) error { return d.Release(ctx, []string{"x"}, "t") },
		"take": func(ctx context.Context) error {
			_, err := d.Take(ctx, "r", drivers.Rate{Limit: 1, Period: time.Hour}, 1)
			return err
		},
		"scan": func(ctx context.Context) error {
			for _, err := range d.Scan(ctx, "") {
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// requireRecovery calls the server until it answers, for as long as the client may take to notice
// that it is back.
func requireRecovery(t *testing.T, d *redis.Driver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for d.Ping(ctx) != nil {
		require.NoError(t, ctx.Err(), "the server is back, and the driver does not notice")
	}
}

func TestServerThatIsDown(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	d := open(t, redis.Options{Addr: s.Addr(), Timeout: time.Second})
	s.Kill()
	for name, call := range calls(d) {
		err := call(context.Background())
		require.Error(t, err, name)
		require.True(t, strings.HasPrefix(err.Error(), "cachegen/drivers/redis: "+name+" "+s.Addr()+": "), err)
		require.False(t, drivers.Permanent(err), name)
	}
	_, err := redis.Open(context.Background(), redis.Options{Addr: s.Addr()})
	require.ErrorContains(t, err, "cachegen/drivers/redis: ping "+s.Addr()+": ")
	require.ErrorContains(t, err, "refused")
	var dial *net.OpError
	require.True(t, errors.As(err, &dial), "the cause can be examined")
	require.False(t, drivers.Permanent(err), "it may come up later")
}

// TestRestart: connections of a server that went away are replaced, and so are its scripts.
func TestRestart(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	d := open(t, redis.Options{Addr: s.Addr(), Timeout: time.Second})
	ctx := context.Background()
	for range 3 {
		n, err := d.Increment(ctx, "n", 2, 0)
		require.NoError(t, err)
		require.Equal(t, int64(2), n, "a restarted server is empty")
		s.Restart()
		requireRecovery(t, d)
	}
}

// TestOpenUnderContext: the first contact obeys the caller.
func TestOpenUnderContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := redis.Open(ctx, redis.Options{Addr: redistest.Shared(t).Addr()})
	require.ErrorIs(t, err, context.Canceled)
}
