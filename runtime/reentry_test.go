package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
)

func TestLoaderThatAsksForItsOwnKeyGetsAnError(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		again := func(ctx context.Context, id int64) (*user, error) { return users.RememberE(ctx, id, loadUser) }
		untyped := func(ctx context.Context, _ int64) (*user, error) {
			return cache.RememberTWithContext(m, ctx, "user:7", 0, func() (*user, error) { return ada(7), nil })
		}
		refresh := func(ctx context.Context, id int64) (*user, error) { return users.Refresh(ctx, id, loadUser) }
		through := func(ctx context.Context, id int64) (*user, error) {
			return users.RememberE(ctx, id+1, backTo(users, id))
		}
		for name, find := range map[string]func(context.Context, int64) (*user, error){
			"direct": again, "untyped": untyped, "refresh": refresh, "through another key": through,
		} {
			start := time.Now()
			_, err := users.RememberE(t.Context(), 7, find)
			require.ErrorIs(t, err, cache.ErrReentrant, name)
			require.Zero(t, time.Since(start), name)
		}
		u, err := users.RememberE(t.Context(), 7, loadUser)
		require.NoError(t, err)
		require.EqualValues(t, 7, u.ID)
	})
}

// backTo is a loader that asks for id whatever it is asked for.
func backTo(users *cache.Cache[int64, *user], id int64) func(context.Context, int64) (*user, error) {
	return func(ctx context.Context, _ int64) (*user, error) { return users.RememberE(ctx, id, loadUser) }
}

func TestReentryIsOfOneStore(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m := newManager(t, &cache.Config{Default: "a", Stores: map[string]cache.StoreConfig{"a": {Driver: "memory"}, "b": {Driver: "memory"}}})
		spec := userSpec()
		spec.Store = "b"
		outer, inner := cache.NewCache(m, userSpec()), cache.NewCache(m, spec)
		u, err := outer.RememberE(t.Context(), 7, func(ctx context.Context, id int64) (*user, error) {
			return inner.RememberE(ctx, id, loadUser)
		})
		require.NoError(t, err)
		require.EqualValues(t, 7, u.ID)
	})
}

// TestReentryWithoutTheContextEnds is about loaders that lose the ctx they are given.
func TestReentryWithoutTheContextEnds(t *testing.T) {
	lost := func(users **cache.Cache[int64, *user], deadline time.Duration) func(context.Context, int64) (*user, error) {
		return func(_ context.Context, id int64) (*user, error) {
			ctx, cancel := context.WithTimeout(context.Background(), deadline)
			defer cancel()
			return (*users).RememberE(ctx, id, loadUser)
		}
	}
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		start := time.Now()
		_, err := users.RememberE(t.Context(), 7, lost(&users, time.Second))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(start), "at the inner deadline")

		spec := userSpec()
		spec.Name, spec.Timeout = "Timed", 100*time.Millisecond
		users = cache.NewCache(m, spec)
		start = time.Now()
		_, err = users.RememberE(t.Context(), 7, lost(&users, time.Second))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, spec.Timeout, time.Since(start), "at the timeout")
	})
}
