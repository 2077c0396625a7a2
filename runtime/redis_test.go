package cache_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/racetest"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/internal/stalls"
	cache "github.com/cachegen/cachegen/runtime"
	_ "github.com/cachegen/cachegen/runtime/drivers/redis"
)

// slack is what a loaded machine may add to a bound before a test calls it broken.
const slack = 50 * time.Millisecond

func redisConfig(s *redistest.Server) *cache.Config {
	onServer := cache.StoreConfig{Driver: cache.DriverRedis, Host: s.Host(), Port: s.Port()}
	return &cache.Config{
		Default: "main",
		Prefix:  s.Prefix(),
		Stores:  map[string]cache.StoreConfig{"main": onServer, "other": onServer},
	}
}

// TestRedisIsSharedByManagers has two managers stand for two processes.
func TestRedisIsSharedByManagers(t *testing.T) {
	ctx := t.Context()
	server := redistest.Shared(t)
	writer := cache.NewCache(newManager(t, redisConfig(server)), userSpec())
	reader := cache.NewCache(newManager(t, redisConfig(server)), userSpec())
	want := &user{ID: 7, Name: "Ada", Roles: []string{"admin"}}
	_, err := writer.RememberE(ctx, 7, func(context.Context, int64) (*user, error) { return want, nil })
	require.NoError(t, err)

	got, err := reader.RememberE(ctx, 7, func(context.Context, int64) (*user, error) { return nil, errors.New("loaded") })
	require.NoError(t, err)
	require.Equal(t, want, got)

	require.NoError(t, reader.Forget(ctx, 7))
	_, ok, err := writer.Get(ctx, 7)
	require.NoError(t, err)
	require.False(t, ok)
}

func TestRedisStoresAreApart(t *testing.T) {
	ctx := t.Context()
	m := newManager(t, redisConfig(redistest.Shared(t)))
	other, err := m.StoreWithContext(ctx, "other")
	require.NoError(t, err)
	require.NoError(t, m.Put("k", "main", time.Hour))
	require.NoError(t, other.Put("k", "other", time.Hour))
	require.NoError(t, m.Flush())
	require.False(t, m.Has("k"))
	v, ok := other.GetString("k")
	require.True(t, ok)
	require.Equal(t, "other", v)
}

func TestRedisCountersTakeOverNumbers(t *testing.T) {
	m := newManager(t, redisConfig(redistest.Shared(t)))
	require.NoError(t, m.Put("n", 41, time.Hour))
	v, ok := m.Get("n")
	require.True(t, ok)
	require.Equal(t, 41, v)
	sum, err := m.Increment("n", 1)
	require.NoError(t, err)
	require.EqualValues(t, 42, sum)
	v, ok = m.Get("n")
	require.True(t, ok)
	require.Equal(t, int64(42), v)
	n, ok, err := cache.GetAs[int](m, "n")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 42, n)
}

func TestRedisLocks(t *testing.T) {
	ctx := t.Context()
	server := redistest.Shared(t)
	a, b := newManager(t, redisConfig(server)), newManager(t, redisConfig(server))
	require.NoError(t, a.Put("job", "a value of the same name", time.Hour))
	lock := a.Lock("job", time.Minute)
	got, err := lock.Get(ctx)
	require.NoError(t, err)
	require.True(t, got)
	got, err = b.Lock("job", time.Minute).Get(ctx)
	require.NoError(t, err)
	require.False(t, got)
	require.NoError(t, b.RestoreLock("job", lock.Owner()).Release(ctx))
	require.ErrorIs(t, lock.Release(ctx), cache.ErrLockLost)
	require.True(t, a.Has("job"))
}

// TestRedisHangs stops the server as a whole: connections stay open and nothing answers. Every caller
// gets the loader's value, and in time.
func TestRedisHangs(t *testing.T) {
	server := redistest.Start(t)
	c := redisConfig(server)
	m := newManager(t, c)
	users := cache.NewCache(m, userSpec())
	require.NoError(t, m.Ready(t.Context()))
	server.Stop()
	defer server.Cont()

	const callers = 100
	for _, limit := range []struct {
		name string
		ctx  func() (context.Context, context.CancelFunc)
		most time.Duration
	}{
		{"deadline of 200 ms", func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 200*time.Millisecond)
		}, 250 * time.Millisecond},
		{"cancelled at 100 ms", func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(100*time.Millisecond, cancel)
			return ctx, cancel
		}, 500*time.Millisecond + slack},
		{"no deadline", func() (context.Context, context.CancelFunc) {
			return context.Background(), func() {}
		}, 500*time.Millisecond + slack},
	} {
		t.Run(limit.name, func(t *testing.T) {
			machine := stalls.Watch(t)
			var slowest, failed atomic.Int64
			var all sync.WaitGroup
			for i := range callers {
				all.Go(func() {
					ctx, cancel := limit.ctx()
					defer cancel()
					start := time.Now()
					if _, err := users.RememberE(ctx, int64(i), loadUser); err != nil {
						failed.Add(1)
					}
					end := time.Now()
					took := int64(end.Sub(start) - machine.During(start, end))
					for was := slowest.Load(); took > was && !slowest.CompareAndSwap(was, took); was = slowest.Load() {
					}
				})
			}
			all.Wait()
			t.Logf("slowest of %d calls: %v", callers, time.Duration(slowest.Load()))
			require.LessOrEqual(t, time.Duration(slowest.Load()), limit.most+racetest.Slack)
			stalled := time.Duration(slowest.Load()) > limit.most // then deadlines passed for no fault of the store's
			if limit.name != "cancelled at 100 ms" && !stalled {
				require.Zero(t, failed.Load(), "the loader must answer for a store that hangs")
			}
		})
	}
}

// TestRedisComesBack kills the server and starts it again: nobody restarts anything else.
func TestRedisComesBack(t *testing.T) {
	ctx := t.Context()
	server := redistest.Start(t)
	m := newManager(t, redisConfig(server))
	users := cache.NewCache(m, userSpec())
	_, err := users.RememberE(ctx, 1, loadUser)
	require.NoError(t, err)

	server.Kill()
	u, err := users.RememberE(ctx, 1, loadUser)
	require.NoError(t, err, "a load must answer for a store that is down")
	require.EqualValues(t, 1, u.ID)
	require.Error(t, users.Forget(ctx, 1), "an invalidation that failed must not be silent")
	require.Error(t, users.Put(ctx, 1, u))

	server.Restart()
	require.Eventually(t, func() bool {
		if _, err := users.RememberE(ctx, 1, loadUser); err != nil {
			return false
		}
		_, ok, err := users.Get(ctx, 1)
		return ok && err == nil
	}, 5*time.Second, 10*time.Millisecond)
}

// TestRedisDownAtStart: a manager can be made, used and repaired while its server is not there yet.
func TestRedisDownAtStart(t *testing.T) {
	ctx := t.Context()
	server := redistest.Start(t)
	server.Kill()
	m := newManager(t, redisConfig(server))
	users := cache.NewCache(m, userSpec())
	require.Error(t, m.Ready(ctx))
	_, err := m.StoreWithContext(ctx, "main")
	require.Error(t, err)
	u, err := users.RememberE(ctx, 1, loadUser)
	require.NoError(t, err)
	require.EqualValues(t, 1, u.ID)

	server.Restart()
	require.NoError(t, m.Ready(ctx))
}

func TestRedisAsksForAPassword(t *testing.T) {
	ctx := t.Context()
	const secret = "correct-horse-battery"
	server := redistest.Start(t, "--requirepass", secret)
	for _, password := range []string{"", "wrong-" + secret + "-canary"} {
		c := redisConfig(server)
		for name, store := range c.Stores {
			store.Password = password
			c.Stores[name] = store
		}
		m := newManager(t, c)
		err := m.Ready(ctx)
		require.ErrorContains(t, err, "assword")
		require.NotContains(t, err.Error(), secret)
		_, err = cache.NewCache(m, userSpec()).RememberE(ctx, 1, loadUser)
		require.ErrorContains(t, err, "assword")
		require.NotContains(t, err.Error(), secret)
	}
}
