package cache_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
)

func TestShutdownDrainsLoadsAndFills(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m, f := newFakeManager(t)
		users := cache.NewCache(m, userSpec())
		find, _ := slowly()
		f.on("put", func(context.Context, string) error { time.Sleep(loadTime); return nil })
		got := make(chan *user, 1)
		go func() {
			u, err := users.RememberE(t.Context(), 7, find)
			require.NoError(t, err)
			got <- u
		}()
		synctest.Wait()
		start := time.Now()
		require.NoError(t, m.Shutdown(t.Context()))
		require.Equal(t, 2*loadTime, time.Since(start))
		require.Equal(t, ada(7), <-got)
		require.NotEmpty(t, f.raw("user:7"))
		require.Equal(t, 1, f.count("close"))
	})
}

// afterwards are calls that need the store.
func afterwards(m *cache.Manager, users *cache.Cache[int64, *user]) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"RememberE": func(ctx context.Context) error { _, err := users.RememberE(ctx, 7, loadUser); return err },
		"Refresh":   func(ctx context.Context) error { _, err := users.Refresh(ctx, 7, loadUser); return err },
		"RememberMany": func(ctx context.Context) error {
			_, err := users.RememberMany(ctx, []int64{7}, func(context.Context, []int64) (map[int64]*user, error) { return nil, nil })
			return err
		},
		"Get":         func(ctx context.Context) error { _, _, err := users.Get(ctx, 7); return err },
		"Many":        func(ctx context.Context) error { _, err := users.Many(ctx, []int64{7}); return err },
		"Put":         func(ctx context.Context) error { return users.Put(ctx, 7, ada(7)) },
		"PutMany":     func(ctx context.Context) error { return users.PutMany(ctx, map[int64]*user{7: ada(7)}) },
		"Add":         func(ctx context.Context) error { _, err := users.Add(ctx, 7, ada(7)); return err },
		"Forget":      func(ctx context.Context) error { return users.Forget(ctx, 7) },
		"Flush":       m.FlushWithContext,
		"Increment":   func(ctx context.Context) error { _, err := m.IncrementWithContext(ctx, "n", 1); return err },
		"untyped Put": func(ctx context.Context) error { return m.PutWithContext(ctx, "k", 1, 0) },
		"untyped RememberE": func(ctx context.Context) error {
			_, err := m.RememberE("k", 0, func() (any, error) { return 1, nil })
			return err
		},
		"Lock":  func(ctx context.Context) error { _, err := users.Lock(7, time.Second).Get(ctx); return err },
		"Store": func(ctx context.Context) error { _, err := m.DefaultStoreWithContext(ctx); return err },
		"Ready": m.Ready,
	}
}

func TestCallsAfterShutdownReturnErrClosed(t *testing.T) {
	for name, use := range map[string]bool{"used": true, "never used": false} {
		t.Run(name, func(t *testing.T) {
			m := cache.NewManager(nil)
			spec := userSpec()
			spec.Share = true
			users := cache.NewCache(m, spec)
			if use {
				require.NoError(t, users.Put(t.Context(), 7, ada(7)))
			}
			require.NoError(t, m.Shutdown(t.Context()))
			for name, call := range afterwards(m, users) {
				require.ErrorIs(t, call(t.Context()), cache.ErrClosed, name)
			}
			_, ok := users.Hit([]byte("user:7"))
			require.False(t, ok)
			_, ok = m.Get("user:7")
			require.False(t, ok)
		})
	}
}

func TestCallsDuringShutdownReturnErrClosed(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m := cache.NewManager(nil)
		spec := userSpec()
		spec.Share = true
		users := cache.NewCache(m, spec)
		require.NoError(t, users.Put(t.Context(), 7, ada(7)))
		find, _ := slowly()
		go func() { _, _ = users.RememberE(t.Context(), 8, find) }()
		synctest.Wait()
		done := make(chan error, 1)
		go func() { done <- m.Shutdown(t.Context()) }()
		synctest.Wait() // it waits for the load of 8
		for name, call := range afterwards(m, users) {
			require.ErrorIs(t, call(t.Context()), cache.ErrClosed, name)
		}
		_, ok := users.Hit([]byte("user:7"))
		require.False(t, ok)
		require.NoError(t, <-done)
	})
}

func TestShutdownMayBeCalledAgainAndAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m, _ := newFakeManager(t)
		find, _ := slowly()
		users := cache.NewCache(m, userSpec())
		go func() { _, _ = users.RememberE(t.Context(), 7, find) }()
		synctest.Wait()
		crowd(5, func(int) { require.NoError(t, m.Shutdown(t.Context())) })
		require.NoError(t, m.Shutdown(t.Context()))
	})
}

func TestShutdownWaitsForAnOpen(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := newFake()
		m := opening(t, func(context.Context) (drivers.Driver, error) { time.Sleep(loadTime); return f, nil })
		go func() { _ = m.PutWithContext(t.Context(), "k", 1, 0) }()
		synctest.Wait()
		require.NoError(t, m.Shutdown(t.Context()))
		require.Equal(t, 1, f.count("close"))
	})
}

func TestDriverThatOpensAfterShutdownIsClosed(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := newFake()
		m := opening(t, func(context.Context) (drivers.Driver, error) { time.Sleep(time.Second); return f, nil })
		go func() { _ = m.PutWithContext(t.Context(), "k", 1, 0) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), loadTime)
		defer cancel()
		require.ErrorIs(t, m.Shutdown(ctx), context.DeadlineExceeded)
		require.Zero(t, f.count("close"))
		time.Sleep(time.Second)
		require.Positive(t, f.count("close"))
	})
}

func TestShutdownEndsLoadsWithItsContext(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m := cache.NewManager(nil)
		users := cache.NewCache(m, userSpec())
		var cancelled atomic.Bool
		failed := make(chan error, 2)
		go func() {
			_, err := users.RememberE(t.Context(), 7, func(ctx context.Context, id int64) (*user, error) {
				defer cancelled.Store(true)
				return untilDone(ctx, id)
			})
			failed <- err
		}()
		go func() { // this loader is stuck
			_, err := users.RememberE(t.Context(), 8, func(context.Context, int64) (*user, error) {
				time.Sleep(time.Hour)
				return nil, errors.New("late")
			})
			failed <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), loadTime)
		defer cancel()
		start := time.Now()
		require.ErrorIs(t, m.Shutdown(ctx), context.DeadlineExceeded)
		require.Equal(t, loadTime, time.Since(start))
		require.Error(t, <-failed)
		require.Error(t, <-failed)
		synctest.Wait()
		require.True(t, cancelled.Load())
		time.Sleep(time.Hour) // the bubble wants the stuck one to end
	})
}

func TestShutdownLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		m := cache.NewManager(twoStores())
		require.NoError(t, m.Ready(t.Context()))
		users := cache.NewCache(m, userSpec())
		crowd(10, func(i int) { _, _ = users.RememberE(t.Context(), int64(i%3), loadUser) })
		require.NoError(t, m.Shutdown(t.Context()))
	}
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		runtime.Gosched()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func TestClosingAStoreClosesItsDriver(t *testing.T) {
	inBubble(t, func(t *testing.T) { // which wants the driver's goroutine to end
		d, err := memory.Open(t.Context(), memory.Options{})
		require.NoError(t, err)
		s := cache.NewStore(d, cache.StoreConfig{Name: "unused"})
		require.NoError(t, s.Close(t.Context()))
		require.ErrorIs(t, d.Ping(t.Context()), drivers.ErrClosed)
		require.ErrorIs(t, s.Put("k", 1, 0), cache.ErrClosed)
	})
}

// failingClose is a driver that cannot be closed in peace.
type failingClose struct{ *fake }

func (failingClose) Close() error { return errDown }

func TestShutdownReturnsTheErrorsOfItsDrivers(t *testing.T) {
	m := cache.NewManager(onDriver(t, failingClose{newFake()}))
	require.NoError(t, m.Ready(t.Context()))
	err := m.Shutdown(t.Context())
	require.ErrorIs(t, err, errDown)
	require.ErrorContains(t, err, `store "default"`)
}
