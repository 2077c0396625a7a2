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
	"github.com/cachegen/cachegen/runtime/event"
)

var errBroken = errors.New("broken")

// explode is a loader that panics after a while.
func explode(context.Context, int64) (*user, error) {
	time.Sleep(loadTime)
	panic(errBroken)
}

// leave is a loader that ends its goroutine.
func leave(context.Context, int64) (*user, error) {
	time.Sleep(loadTime)
	runtime.Goexit()
	return nil, nil
}

// recovered calls f and returns what it panicked with.
func recovered(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func TestPanicReachesTheStarterWithItsStack(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		value := recovered(func() { _, _ = users.RememberE(t.Context(), 7, explode) })
		p, ok := value.(*cache.PanicError)
		require.True(t, ok, "%T", value)
		require.Equal(t, errBroken, p.Value)
		require.ErrorIs(t, p, errBroken)
		require.Contains(t, string(p.Stack), "explode")
		require.Contains(t, p.Error(), "explode")
		requireFree(t, users, 7)
	})
}

// requireFree requires that a key has no value and can be loaded at once.
func requireFree(t *testing.T, users *cache.Cache[int64, *user], id int64) {
	t.Helper()
	_, ok, err := users.Get(t.Context(), id)
	require.NoError(t, err)
	require.False(t, ok)
	start := time.Now()
	u, err := users.RememberE(t.Context(), id, loadUser)
	require.NoError(t, err)
	require.Equal(t, id, u.ID)
	require.Zero(t, time.Since(start))
}

func TestPanicIsAnErrorForTheOthers(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		go func() { _ = recovered(func() { _, _ = users.RememberE(t.Context(), 7, explode) }) }()
		synctest.Wait()
		crowd(20, func(int) {
			_, err := users.RememberE(t.Context(), 7, loadUser)
			var p *cache.PanicError
			require.ErrorAs(t, err, &p)
			require.ErrorIs(t, err, errBroken)
		})
		requireFree(t, users, 7)
	})
}

func TestPanicWithoutItsStarterIsAnEvent(t *testing.T) {
	for name, timeout := range map[string]time.Duration{"starter left": 0, "given up": 20 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				var seen recorder
				m := newManager(t, &cache.Config{OnEvent: seen.record})
				spec := userSpec()
				spec.Timeout = timeout
				users := cache.NewCache(m, spec)
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
				defer cancel()
				_, err := users.RememberE(ctx, 7, explode)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				time.Sleep(loadTime)
				require.Equal(t, 1, seen.count(event.Panic))
				require.ErrorIs(t, seen.all(event.Panic)[0].Err, errBroken)
			})
		})
	}
}

// TestPanicIsReportedWhileAnotherWaits is about a starter that left before the panic, when a caller that
// joined is still there.
func TestPanicIsReportedWhileAnotherWaits(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var seen recorder
		users := cache.NewCache(newManager(t, &cache.Config{OnEvent: seen.record}), userSpec())
		ctx, cancel := context.WithTimeout(t.Context(), loadTime/2)
		defer cancel()
		go func() { _, _ = users.RememberE(ctx, 7, explode) }()
		synctest.Wait()
		_, err := users.RememberE(t.Context(), 7, loadUser)
		require.ErrorIs(t, err, errBroken)
		require.Equal(t, 1, seen.count(event.Panic))
	})
}

func TestPanicThatIsSeenIsNoEvent(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var seen recorder
		users := cache.NewCache(newManager(t, &cache.Config{OnEvent: seen.record}), userSpec())
		require.NotNil(t, recovered(func() { _, _ = users.RememberE(t.Context(), 7, explode) }))
		require.Zero(t, seen.count(event.Panic))
		require.Equal(t, 1, seen.count(event.LoadError))
	})
}

func TestGoexitEndsTheStarterOnly(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		var ended, returned atomic.Bool
		go func() {
			defer ended.Store(true)
			_, _ = users.RememberE(t.Context(), 7, leave)
			returned.Store(true)
		}()
		synctest.Wait()
		_, err := users.RememberE(t.Context(), 7, loadUser)
		var p *cache.PanicError
		require.ErrorAs(t, err, &p)
		require.Nil(t, p.Value)
		require.ErrorContains(t, err, "Goexit")
		synctest.Wait()
		require.True(t, ended.Load())
		require.False(t, returned.Load())
		requireFree(t, users, 7)
	})
}

func TestUntypedLoaderPanicsInItsCaller(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		value := recovered(func() { _, _ = m.Remember("k", 0, func() any { panic("no") }) })
		p, ok := value.(*cache.PanicError)
		require.True(t, ok, "%T", value)
		require.Equal(t, "no", p.Value)
		require.False(t, m.Has("k"))
	})
}

// TestErrorThatWrapsAPanicIsAnError is about a loader that handled the panic of another load.
func TestErrorThatWrapsAPanicIsAnError(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		users := cache.NewCache(newManager(t, nil), userSpec())
		wrapped := errors.Join(errors.New("inner"), &cache.PanicError{Value: 1})
		_, err := users.RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) { return nil, wrapped })
		require.ErrorIs(t, err, wrapped)
	})
}
