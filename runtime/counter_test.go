package cache_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/keys"
)

func rateSpec() cache.Spec[int64, int64] {
	return cache.Spec[int64, int64]{
		Name: "RateCounter", Pattern: "rate:{id int}", TTL: time.Minute,
		AppendKey: func(dst []byte, id int64) ([]byte, error) { return keys.AppendInt(append(dst, "rate:"...), id), nil },
	}
}

func TestFirstIncrementSetsTheTimeToLive(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		rate := cache.NewCounter(m, rateSpec())
		key, err := rate.Key(7)
		require.NoError(t, err)
		require.Equal(t, "rate:7", key)
		for i := range int64(6) {
			n, err := rate.Increment(t.Context(), 7, 2)
			require.NoError(t, err)
			require.Equal(t, 2*(i+1), n)
			time.Sleep(9 * time.Second)
		}
		n, err := rate.Decrement(t.Context(), 7, 1)
		require.NoError(t, err)
		require.EqualValues(t, 11, n)
		time.Sleep(6 * time.Second) // a minute after the first
		n, err = rate.Get(t.Context(), 7)
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = rate.Increment(t.Context(), 7, 1)
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
	})
}

func TestCounterForgets(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		rate := cache.NewCounter(m, rateSpec())
		_, err := rate.Increment(t.Context(), 7, 5)
		require.NoError(t, err)
		n, err := rate.Get(t.Context(), 7)
		require.NoError(t, err)
		require.EqualValues(t, 5, n)
		n, err = rate.Get(t.Context(), 8)
		require.NoError(t, err)
		require.Zero(t, n)
		require.NoError(t, rate.Forget(t.Context(), 7))
		n, err = rate.Get(t.Context(), 7)
		require.NoError(t, err)
		require.Zero(t, n)
	})
}

func TestConcurrentIncrementsAreExact(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		rate := cache.NewCounter(m, rateSpec())
		crowd(64, func(int) {
			for range 100 {
				_, err := rate.Increment(t.Context(), 7, 1)
				require.NoError(t, err)
			}
		})
		n, err := rate.Get(t.Context(), 7)
		require.NoError(t, err)
		require.EqualValues(t, 6400, n)
	})
}

func TestCounterThatWouldOverflowIsKept(t *testing.T) {
	m := newManager(t, nil)
	rate := cache.NewCounter(m, rateSpec())
	_, err := rate.Increment(t.Context(), 7, math.MaxInt64)
	require.NoError(t, err)
	_, err = rate.Increment(t.Context(), 7, 1)
	require.ErrorIs(t, err, drivers.ErrOverflow)
	_, err = rate.Decrement(t.Context(), 7, math.MinInt64)
	require.ErrorIs(t, err, drivers.ErrOverflow)
	n, err := rate.Get(t.Context(), 7)
	require.NoError(t, err)
	require.EqualValues(t, math.MaxInt64, n)
}

// TestCounterIncrementsATypedValue holds for values that are kept live, too.
func TestCounterIncrementsATypedValue(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		spec := rateSpec()
		spec.Name = "Rates"
		rates, rate := cache.NewCache(m, spec), cache.NewCounter(m, rateSpec())
		require.NoError(t, rates.Put(t.Context(), 7, 41))
		n, err := rate.Increment(t.Context(), 7, 1)
		require.NoError(t, err)
		require.EqualValues(t, 42, n)
		v, err := rates.RememberE(t.Context(), 7, func(context.Context, int64) (int64, error) { return 0, errBroken })
		require.NoError(t, err)
		require.EqualValues(t, 42, v)
	})
}

func TestDisabledCounterCountsNothing(t *testing.T) {
	m := newManager(t, &cache.Config{Caches: map[string]cache.CacheConfig{"RateCounter": {Disabled: true}}})
	n, err := cache.NewCounter(m, rateSpec()).Increment(t.Context(), 7, 1)
	require.NoError(t, err)
	require.Zero(t, n)
	require.False(t, m.Has("rate:7"))
}
