package cache_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
)

func TestLargeValuesAreRefusedWhole(t *testing.T) {
	for name, d := range map[string]func(*testing.T) drivers.Driver{
		"leases": func(t *testing.T) drivers.Driver { return newBackend(t) },
		"plain":  func(t *testing.T) drivers.Driver { return newFake() },
	} {
		t.Run(name, func(t *testing.T) {
			seen := &recorder{}
			c := onDriver(t, d(t))
			c.OnEvent = seen.record
			store := c.Stores["default"]
			store.MaxValueBytes = 1000
			c.Stores["default"] = store
			m := newManager(t, c)
			users, ctx := cache.NewCache(m, userSpec()), t.Context()
			large := &user{ID: 7, Name: strings.Repeat("x", 1000)}
			require.NoError(t, users.Put(ctx, 7, ada(7)))
			require.NoError(t, m.Put("number", 1, 0))

			require.ErrorIs(t, users.Put(ctx, 7, large), drivers.ErrTooLarge)
			require.ErrorIs(t, users.PutMany(ctx, map[int64]*user{7: large, 8: ada(8)}), drivers.ErrTooLarge)
			_, err := users.Add(ctx, 9, large)
			require.ErrorIs(t, err, drivers.ErrTooLarge)
			require.ErrorContains(t, err, "raise MaxValueBytes")
			require.ErrorIs(t, m.Put("text", large.Name, 0), drivers.ErrTooLarge)
			got, ok, err := users.Get(ctx, 7)
			require.NoError(t, err)
			require.True(t, ok, "the old value is kept")
			require.Equal(t, ada(7), got)
			require.False(t, m.Has("user:8"))

			for range 2 { // each call loads: nothing is stored, and nothing is in the way
				u, err := users.RememberE(ctx, 10, func(context.Context, int64) (*user, error) {
					return &user{ID: 10, Name: large.Name}, nil
				})
				require.NoError(t, err)
				require.Equal(t, large.Name, u.Name)
			}
			many, err := users.RememberMany(ctx, []int64{11, 12}, func(context.Context, []int64) (map[int64]*user, error) {
				return map[int64]*user{11: {ID: 11, Name: large.Name}, 12: ada(12)}, nil
			})
			require.NoError(t, err)
			require.Len(t, many, 2)
			require.True(t, m.Has("user:12"))
			require.False(t, m.Has("user:11"))
			failed := seen.all(event.StoreError)
			require.ErrorIs(t, failed[len(failed)-1].Err, drivers.ErrTooLarge)
		})
	}
	err := cache.Config{Stores: map[string]cache.StoreConfig{"a": {Driver: "memory", MaxValueBytes: -1}}}.Validate()
	require.ErrorContains(t, err, "MaxValueBytes")
}

func TestKeysOfAStore(t *testing.T) {
	m := newManager(t, nil)
	require.NoError(t, m.PutMany(map[string]any{"user:1": 1, "user:2": 2, "post:1": 3}, 0))
	s, err := m.DefaultStore()
	require.NoError(t, err)
	found := map[string]bool{}
	for key, err := range s.Keys("user:") {
		require.NoError(t, err)
		found[key] = true
	}
	require.Equal(t, []string{"user:1", "user:2"}, slices.Sorted(maps.Keys(found)))
	for range s.Keys("") {
		break
	}
	without := cache.NewStore(newFake(), cache.StoreConfig{Name: "plain"})
	for _, err := range without.Keys("") {
		require.ErrorIs(t, err, drivers.ErrUnsupported)
		require.ErrorContains(t, err, "plain")
	}
	require.NoError(t, without.Close(t.Context()))
	for _, err := range without.Keys("") {
		require.ErrorIs(t, err, cache.ErrClosed)
	}
}
