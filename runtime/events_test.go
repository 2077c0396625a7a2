package cache_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/event"
)

func TestEventsTellWhatHappened(t *testing.T) {
	for name, tt := range map[string]struct {
		call func(ctx context.Context, m *cache.Manager, users *cache.Cache[int64, *user]) error
		want []event.Kind
	}{
		"miss and load": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
			_, err := users.RememberE(ctx, 8, loadUser)
			return err
		}, []event.Kind{event.Miss, event.Load, event.Write}},
		"hit": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
			_, err := users.RememberE(ctx, 7, loadUser)
			return err
		}, []event.Kind{event.Hit}},
		"get": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
			_, _, err := users.Get(ctx, 8)
			return err
		}, []event.Kind{event.Miss}},
		"failed load": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
			_, _ = users.RememberE(ctx, 8, func(context.Context, int64) (*user, error) { return nil, errBroken })
			return nil
		}, []event.Kind{event.Miss, event.LoadError}},
		"refresh": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
			_, err := users.Refresh(ctx, 7, loadUser)
			return err
		}, []event.Kind{event.Load, event.Write}},
		"refused fill": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
			_, err := users.RememberE(ctx, 8, func(ctx context.Context, id int64) (*user, error) { return ada(id), users.Forget(ctx, id) })
			return err
		}, []event.Kind{event.Miss, event.Forget, event.Load, event.RefusedFill}},
		"writes": {func(ctx context.Context, m *cache.Manager, users *cache.Cache[int64, *user]) error {
			if err := users.Put(ctx, 7, ada(7)); err != nil {
				return err
			}
			if err := users.Forget(ctx, 7); err != nil {
				return err
			}
			return m.Flush()
		}, []event.Kind{event.Write, event.Forget, event.Flush}},
		"untyped": {func(_ context.Context, m *cache.Manager, _ *cache.Cache[int64, *user]) error {
			m.Get("user:7")
			m.Get("none")
			_, err := m.Increment("n", 1)
			return err
		}, []event.Kind{event.Hit, event.Miss, event.Write}},
	} {
		t.Run(name, func(t *testing.T) {
			var seen recorder
			m := newManager(t, &cache.Config{OnEvent: seen.record})
			users := cache.NewCache(m, userSpec())
			require.NoError(t, users.Put(t.Context(), 7, ada(7)))
			seen.kinds()
			require.NoError(t, tt.call(t.Context(), m, users))
			require.Equal(t, tt.want, seen.kinds())
		})
	}
}

func TestEventNamesCacheAndStoreAndDuration(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var seen recorder
		c := twoStores()
		c.OnEvent = seen.record
		m := newManager(t, c)
		spec := userSpec()
		spec.Store = "session"
		find, _ := slowly()
		_, err := cache.NewCache(m, spec).RememberE(t.Context(), 7, find)
		require.NoError(t, err)
		require.Equal(t, []cache.Event{{
			Kind: event.Load, Store: "session", Cache: "UserCache", Op: "load", Duration: loadTime,
		}}, seen.all(event.Load))
	})
}

func TestKeysAreInEventsOnlyOnDemand(t *testing.T) {
	const id int64 = 7_777_777_777_777 // longer than the digits of a Duration, which events have too
	key := fmt.Sprint("user:", id)
	for _, asked := range []bool{false, true} {
		var seen recorder
		m := newManager(t, &cache.Config{OnEvent: seen.record, EventKeys: asked})
		users := cache.NewCache(m, userSpec())
		_, err := users.RememberE(t.Context(), id, loadUser)
		require.NoError(t, err)
		require.NoError(t, users.Forget(t.Context(), id))
		require.NoError(t, m.Put("k", 1, 0))
		keys := map[string]bool{}
		for _, e := range seen.events {
			keys[e.Key] = true
		}
		if asked {
			require.Equal(t, map[string]bool{key: true, "k": true}, keys)
			continue
		}
		require.Equal(t, map[string]bool{"": true}, keys)
		require.NotContains(t, fmt.Sprintf("%+v", seen.events), fmt.Sprint(id))
	}
}

func TestListenerThatPanicsHurtsNobody(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m := newManager(t, &cache.Config{OnEvent: func(cache.Event) { panic("no") }})
		users := cache.NewCache(m, userSpec())
		find, loads := slowly()
		crowd(10, func(int) {
			u, err := users.RememberE(t.Context(), 7, find)
			require.NoError(t, err)
			require.Equal(t, ada(7), u)
		})
		require.EqualValues(t, 1, loads.Load())
		require.NoError(t, users.Forget(t.Context(), 7))
		require.NoError(t, m.Flush())
	})
}

func TestListenerMayCallTheCache(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var m *cache.Manager
		m = newManager(t, &cache.Config{OnEvent: func(e cache.Event) {
			if e.Cache != "" {
				_, _ = m.Increment("events", 1)
			}
		}})
		_, err := cache.NewCache(m, userSpec()).RememberE(t.Context(), 7, loadUser)
		require.NoError(t, err)
		n, _ := m.Get("events")
		require.Equal(t, int64(3), n)
	})
}

func TestStatisticsCount(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		ctx := t.Context()
		for range 3 {
			_, err := users.RememberE(ctx, 7, loadUser)
			require.NoError(t, err)
			_, _ = cache.NewCache(m, userSpec()).RememberE(ctx, 8, func(context.Context, int64) (*user, error) { return nil, errBroken })
		}
		_, ok := m.Get("user:7")
		require.True(t, ok)
		m.Get("none")
		require.Equal(t, cache.CacheStats{
			Cache: "UserCache", Store: "default", Hits: 2, Misses: 4, Loads: 1, Errors: 3,
		}, stats(t, m, "UserCache"))
		untyped := stats(t, m, "")
		require.EqualValues(t, 1, untyped.Hits)
		require.EqualValues(t, 1, untyped.Misses)
	})
}

func TestStatisticsMeasureTheStore(t *testing.T) {
	m := newManager(t, &cache.Config{Stores: map[string]cache.StoreConfig{"default": {Driver: "memory", MaxBytes: 1 << 20}}})
	require.Empty(t, m.Stats(), "no store was used yet")
	require.NoError(t, m.Put("k", make([]byte, 1000), 0))
	_, err := m.Increment("n", 1)
	require.NoError(t, err)
	row := stats(t, m, "")
	require.EqualValues(t, 2, row.Entries)
	require.Greater(t, row.Bytes, int64(1000))
}

func TestHitsAreCountedOnTheFastPath(t *testing.T) {
	m := newManager(t, nil)
	spec := userSpec()
	spec.Share = true
	users := cache.NewCache(m, spec)
	require.NoError(t, users.Put(t.Context(), 7, ada(7)))
	for range 5 {
		_, ok := users.Hit([]byte("user:7"))
		require.True(t, ok)
	}
	require.EqualValues(t, 5, stats(t, m, "UserCache").Hits)
}

func TestFastPathIsLeftToListeners(t *testing.T) {
	var seen recorder
	users := cache.NewCache(newManager(t, &cache.Config{OnEvent: seen.record}), userSpec())
	require.NoError(t, users.Put(t.Context(), 7, ada(7)))
	_, ok := users.Hit([]byte("user:7"))
	require.False(t, ok, "it would report nothing")
	_, err := users.RememberE(t.Context(), 7, loadUser)
	require.NoError(t, err)
	require.Equal(t, 1, seen.count(event.Hit))
}

func TestNobodyListeningCostsNothing(t *testing.T) {
	m := newManager(t, nil)
	ctx := t.Context()
	spec := userSpec()
	spec.Share = true
	users := cache.NewCache(m, spec)
	require.NoError(t, users.Put(ctx, 7, ada(7)))
	key := []byte("user:7")
	require.Zero(t, testing.AllocsPerRun(100, func() { users.Hit(key) }))
	require.NoError(t, m.Put("n", time.Duration(1), 0))
	quiet := testing.AllocsPerRun(100, func() { _ = m.ForgetWithContext(ctx, "none") })
	loud := newManager(t, &cache.Config{OnEvent: func(cache.Event) {}})
	require.LessOrEqual(t, quiet, testing.AllocsPerRun(100, func() { _ = loud.ForgetWithContext(ctx, "none") }))
}

// TestErrorsInEventsShowNoKey: an error's own text may hold the key, and an event's does not.
func TestErrorsInEventsShowNoKey(t *testing.T) {
	var seen []cache.Event
	m := newManager(t, &cache.Config{OnEvent: func(e cache.Event) { seen = append(seen, e) }})
	users := cache.NewCache(m, userSpec())
	_, err := users.RememberE(t.Context(), 7, func(ctx context.Context, id int64) (*user, error) { return ada(8), nil })
	require.ErrorContains(t, err, "user:7")
	_, err = users.RememberE(t.Context(), 7, func(ctx context.Context, id int64) (*user, error) {
		return users.RememberE(ctx, id, loadUser)
	})
	require.ErrorContains(t, err, "user:7")
	failed := 0
	for _, e := range seen {
		require.NotContains(t, fmt.Sprintf("%v %+v", e, e.Err), "user:")
		if e.Err != nil {
			failed++
		}
	}
	require.Equal(t, 2, failed)
	var mismatch *cache.KeyMismatchError
	require.ErrorAs(t, seen[1].Err, &mismatch)
}
