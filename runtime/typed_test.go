package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
)

func TestTypedReadsAndWrites(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		ctx, users := t.Context(), cache.NewCache(m, userSpec())
		key, err := users.Key(7)
		require.NoError(t, err)
		require.Equal(t, "user:7", key)
		require.False(t, has(t, users, 7))
		added, err := users.Add(ctx, 7, ada(7))
		require.NoError(t, err)
		require.True(t, added)
		added, err = users.Add(ctx, 7, named("other"))
		require.NoError(t, err)
		require.False(t, added)
		u, ok, err := users.Get(ctx, 7)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, ada(7), u)
		require.NoError(t, users.PutTTL(ctx, 7, named("short"), time.Second))
		require.NoError(t, users.Forever(ctx, 8, ada(8)))
		time.Sleep(time.Second)
		require.False(t, has(t, users, 7))
		time.Sleep(time.Hour)
		require.True(t, has(t, users, 8))
	})
}

func TestEveryWayToRemember(t *testing.T) {
	always := func(_ context.Context, id int64) *user { return ada(id) }
	for name, tt := range map[string]struct {
		call    func(ctx context.Context, users *cache.Cache[int64, *user]) (*user, error)
		forever bool
	}{
		"Remember": {func(ctx context.Context, users *cache.Cache[int64, *user]) (*user, error) {
			return users.Remember(ctx, 7, always)
		}, false},
		"RememberE": {func(ctx context.Context, users *cache.Cache[int64, *user]) (*user, error) {
			return users.RememberE(ctx, 7, loadUser)
		}, false},
		"RememberForever": {func(ctx context.Context, users *cache.Cache[int64, *user]) (*user, error) {
			return users.RememberForever(ctx, 7, always)
		}, true},
		"RememberForeverE": {func(ctx context.Context, users *cache.Cache[int64, *user]) (*user, error) {
			return users.RememberForeverE(ctx, 7, loadUser)
		}, true},
		"Refresh": {func(ctx context.Context, users *cache.Cache[int64, *user]) (*user, error) {
			return users.Refresh(ctx, 7, loadUser)
		}, false},
		"Wrap": {func(ctx context.Context, users *cache.Cache[int64, *user]) (*user, error) {
			return users.Wrap(loadUser)(ctx, 7)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, m *cache.Manager) {
				spec := userSpec()
				spec.TTL = time.Minute
				users := cache.NewCache(m, spec)
				u, err := tt.call(t.Context(), users)
				require.NoError(t, err)
				require.EqualValues(t, 7, u.ID)
				time.Sleep(time.Minute - 1)
				require.True(t, has(t, users, 7))
				time.Sleep(time.Nanosecond)
				require.Equal(t, tt.forever, has(t, users, 7))
			})
		})
	}
}

func TestRefreshOverwrites(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		require.NoError(t, users.Put(t.Context(), 7, named("old")))
		find, loads := slowly()
		crowd(10, func(int) {
			u, err := users.Refresh(t.Context(), 7, find)
			require.NoError(t, err)
			require.Equal(t, "Ada", u.Name)
		})
		require.EqualValues(t, 1, loads.Load())
		require.Equal(t, "Ada", stored(t, m))
	})
}

// TestCacheOfAny: a hit is the value that was stored, whatever its type and form.
func TestCacheOfAny(t *testing.T) {
	ctx := t.Context()
	values := cache.NewCache(newManager(t, nil), cache.Spec[string, any]{
		Name: "Values", AppendKey: func(dst []byte, k string) ([]byte, error) { return append(dst, k...), nil },
	})
	for _, want := range []any{1, "text", []int{1, 2}, map[string]any{"n": uint8(1)}} {
		require.NoError(t, values.Put(ctx, "k", want))
		if v, ok := values.Hit([]byte("k")); ok {
			require.Equal(t, want, v)
		}
		v, err := values.RememberE(ctx, "k", func(context.Context, string) (any, error) { return nil, errBroken })
		require.NoError(t, err)
		require.Equal(t, want, v)
	}
}
