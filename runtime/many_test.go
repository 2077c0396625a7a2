package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
)

// batching is a fake that reads and writes many keys at once.
type batching struct{ *fake }

func (b batching) GetMany(ctx context.Context, keys []string) ([][]byte, error) {
	b.mu.Lock()
	b.calls["get many"]++
	b.mu.Unlock()
	out := make([][]byte, len(keys))
	for i, key := range keys {
		value, found, err := b.Get(ctx, key)
		if err != nil {
			return out, err
		}
		if found {
			out[i] = value
		}
	}
	return out, nil
}

func (b batching) PutMany(ctx context.Context, items []drivers.Item, ttl time.Duration) error {
	b.mu.Lock()
	b.calls["put many"]++
	b.mu.Unlock()
	for _, it := range items {
		if err := b.Put(ctx, it.Key, it.Value, ttl); err != nil {
			return err
		}
	}
	return nil
}

// findMany is a loader of many users that are all there but those over 100, and remembers what it was
// asked for.
type findMany struct{ asked [][]int64 }

func (f *findMany) load(_ context.Context, ids []int64) (map[int64]*user, error) {
	f.asked = append(f.asked, ids)
	out := map[int64]*user{999: ada(999)} // nobody asked for it
	for _, id := range ids {
		if id < 100 {
			out[id] = ada(id)
		}
	}
	return out, nil
}

func TestRememberManyLoadsWhatIsMissing(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users, find := cache.NewCache(m, userSpec()), &findMany{}
		require.NoError(t, users.Put(t.Context(), 2, ada(2)))
		got, err := users.RememberMany(t.Context(), []int64{1, 2, 101, 3, 1}, find.load)
		require.NoError(t, err)
		require.Equal(t, map[int64]*user{1: ada(1), 2: ada(2), 3: ada(3)}, got)
		got, err = users.RememberMany(t.Context(), []int64{1, 2, 3}, find.load)
		require.NoError(t, err)
		require.Len(t, got, 3)
		got, err = users.RememberMany(t.Context(), nil, find.load)
		require.NoError(t, err)
		require.Empty(t, got)
		require.Equal(t, [][]int64{{1, 101, 3}}, find.asked)
		require.False(t, m.Has("user:999"))

		time.Sleep(15 * time.Minute)
		require.False(t, has(t, users, 1))
	})
}

func TestRememberManyReturnsWhatItHasWithAnError(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		require.NoError(t, users.Put(t.Context(), 2, ada(2)))
		got, err := users.RememberMany(t.Context(), []int64{1, 2}, func(context.Context, []int64) (map[int64]*user, error) {
			return map[int64]*user{1: ada(1)}, errBroken
		})
		require.ErrorIs(t, err, errBroken)
		require.Equal(t, map[int64]*user{2: ada(2)}, got)
		require.False(t, has(t, users, 1))
	})
}

func TestRememberManyLeavesNilOut(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		got, err := users.RememberMany(t.Context(), []int64{1}, func(context.Context, []int64) (map[int64]*user, error) {
			return map[int64]*user{1: nil}, nil
		})
		require.NoError(t, err)
		require.Empty(t, got)
		require.False(t, has(t, users, 1))
	})
}

func TestRememberManyObeysTheTimeout(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		spec := userSpec()
		spec.Timeout = 20 * time.Millisecond
		users := cache.NewCache(newManager(t, nil), spec)
		_, err := users.RememberMany(t.Context(), []int64{1}, func(ctx context.Context, _ []int64) (map[int64]*user, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		})
		require.ErrorContains(t, err, "timeout of 20ms")
	})
}

func TestRememberManyThatPanicsFreesItsKeys(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		users := cache.NewCache(newManager(t, nil), userSpec())
		require.Equal(t, "no", recovered(func() {
			_, _ = users.RememberMany(t.Context(), []int64{7}, func(context.Context, []int64) (map[int64]*user, error) { panic("no") })
		}))
		requireFree(t, users, 7)
		require.True(t, has(t, users, 7))
	})
}

func TestManyAndPutManyAndForgetMany(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		require.NoError(t, users.PutMany(t.Context(), map[int64]*user{1: ada(1), 2: ada(2), 3: ada(3)}))
		require.NoError(t, users.PutMany(t.Context(), nil))
		got, err := users.Many(t.Context(), []int64{1, 1, 2, 9})
		require.NoError(t, err)
		require.Equal(t, map[int64]*user{1: ada(1), 2: ada(2)}, got)
		require.NoError(t, users.ForgetMany(t.Context(), []int64{1, 2, 2, 9}))
		require.NoError(t, users.ForgetMany(t.Context(), nil))
		got, err = users.Many(t.Context(), []int64{1, 2, 3})
		require.NoError(t, err)
		require.Equal(t, map[int64]*user{3: ada(3)}, got)
		require.Error(t, users.PutMany(t.Context(), map[int64]*user{1: nil}))
	})
}

func TestDriverThatCanDoesManyAtOnce(t *testing.T) {
	d := batching{newFake()}
	m := newManager(t, onDriver(t, d))
	users, find := cache.NewCache(m, userSpec()), &findMany{}
	_, err := users.RememberMany(t.Context(), []int64{1, 2, 3}, find.load)
	require.NoError(t, err)
	require.NoError(t, m.PutMany(map[string]any{"a": 1, "b": 2}, 0))
	require.Len(t, m.Many([]string{"a", "b", "c"}), 2)
	require.NoError(t, users.ForgetMany(t.Context(), []int64{1, 2, 3}))
	require.Equal(t, 2, d.count("get many"))
	require.Equal(t, 2, d.count("put many"))
	require.Equal(t, 1, d.count("forget"))
}

func TestBatchThatFailsHalfWayLoadsTheRest(t *testing.T) {
	d := batching{newFake()}
	m := newManager(t, onDriver(t, d))
	users, find := cache.NewCache(m, userSpec()), &findMany{}
	require.NoError(t, users.PutMany(t.Context(), map[int64]*user{1: ada(1), 2: ada(2)}))
	d.on("get", func(_ context.Context, key string) error {
		if key == "user:2" {
			return errDown
		}
		return nil
	})
	got, err := users.RememberMany(t.Context(), []int64{1, 2}, find.load)
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, [][]int64{{2}}, find.asked)
	got, err = users.Many(t.Context(), []int64{1, 2})
	require.ErrorIs(t, err, errDown)
	require.Equal(t, map[int64]*user{1: ada(1)}, got)
}
