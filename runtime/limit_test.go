package cache_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/keys"
)

// apiSpec allows three in a minute.
func apiSpec() cache.LimitSpec[int64] {
	return cache.LimitSpec[int64]{
		Name: "APILimit", Pattern: "api:{id int}", Rate: drivers.Rate{Limit: 3, Period: time.Minute},
		AppendKey: func(dst []byte, id int64) ([]byte, error) { return keys.AppendInt(append(dst, "api:"...), id), nil },
	}
}

// limiting is a fake that can limit, or fails to.
type limiting struct {
	*fake
	err error
}

func (l limiting) Take(_ context.Context, _ string, r drivers.Rate, n int64) (drivers.Allowance, error) {
	return drivers.Allowance{OK: true, Remaining: r.Capacity() - n}, l.err
}

func TestLimitAllowsWhatItsRateDoes(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		ctx, api := t.Context(), cache.NewLimit(newManager(t, nil), apiSpec())
		key, err := api.Key(7)
		require.NoError(t, err)
		require.Equal(t, "api:7", key)
		for i := range int64(3) {
			a, err := api.Allow(ctx, 7)
			require.NoError(t, err)
			require.Equal(t, cache.Allowance{OK: true, Remaining: 2 - i, ResetAfter: time.Duration(i+1) * 20 * time.Second}, a)
		}
		a, err := api.Allow(ctx, 7)
		require.NoError(t, err)
		require.Equal(t, cache.Allowance{RetryAfter: 20 * time.Second, ResetAfter: time.Minute}, a)
		a, err = api.Allow(ctx, 8)
		require.NoError(t, err)
		require.True(t, a.OK, "another key has its own")

		time.Sleep(20 * time.Second)
		a, err = api.Allow(ctx, 7)
		require.NoError(t, err)
		require.True(t, a.OK)
	})
}

func TestLimitTakesAllOrNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		ctx, api := t.Context(), cache.NewLimit(newManager(t, nil), apiSpec())
		a, err := api.AllowN(ctx, 7, 2)
		require.NoError(t, err)
		require.Equal(t, cache.Allowance{OK: true, Remaining: 1, ResetAfter: 40 * time.Second}, a)
		a, err = api.AllowN(ctx, 7, 2)
		require.NoError(t, err)
		require.Equal(t, cache.Allowance{Remaining: 1, RetryAfter: 20 * time.Second, ResetAfter: 40 * time.Second}, a)
		a, err = api.AllowN(ctx, 7, 1)
		require.NoError(t, err)
		require.True(t, a.OK, "a refusal took nothing")
	})
}

func TestLimitRefusesNumbersThatCanNeverBeTaken(t *testing.T) {
	spec := apiSpec()
	spec.Rate.Burst = 2
	api := cache.NewLimit(newManager(t, nil), spec)
	for n, want := range map[int64]string{
		3:  `cachegen: limit APILimit on store "default": 3 can never be taken: the rate allows 2 at once`,
		0:  `cachegen: limit APILimit on store "default": 0 cannot be taken`,
		-1: "-1 cannot be taken",
	} {
		a, err := api.AllowN(t.Context(), 7, n)
		require.ErrorContains(t, err, want)
		require.Zero(t, a)
	}
}

func TestLimitIsApartFromAValueOfTheSameKey(t *testing.T) {
	m := newManager(t, nil)
	api := cache.NewLimit(m, apiSpec())
	require.NoError(t, m.Put("api:7", "value", 0))
	_, err := api.AllowN(t.Context(), 7, 3)
	require.NoError(t, err)
	require.NoError(t, m.Forget("api:7"))
	a, err := api.Allow(t.Context(), 7)
	require.NoError(t, err)
	require.False(t, a.OK)
}

func TestStoreThatIsDownAllowsNothing(t *testing.T) {
	var events recorder
	c := onDriver(t, limiting{newFake(), errDown})
	c.OnEvent = events.record
	m := newManager(t, c)
	a, err := cache.NewLimit(m, apiSpec()).Allow(t.Context(), 7)
	require.ErrorIs(t, err, errDown)
	require.ErrorContains(t, err, `limit APILimit on store "default"`)
	require.Zero(t, a, "whatever the driver returned beside its error")
	require.Equal(t, []event.Kind{event.StoreError}, events.kinds())
	require.EqualValues(t, 1, stats(t, m, "APILimit").Errors)
}

func TestStoreThatCannotLimit(t *testing.T) {
	c := onDriver(t, newFake())
	m := newManager(t, c)
	api := cache.NewLimit(m, apiSpec())
	a, err := api.Allow(t.Context(), 7)
	require.ErrorIs(t, err, drivers.ErrUnsupported)
	require.ErrorContains(t, err, `limit APILimit on store "default"`)
	require.Zero(t, a)
	err = m.Ready(t.Context())
	require.ErrorIs(t, err, drivers.ErrUnsupported)
	require.ErrorContains(t, err, `limit APILimit on store "default"`)

	c.Caches = map[string]cache.CacheConfig{"APILimit": {Disabled: true}}
	m = newManager(t, c)
	cache.NewLimit(m, apiSpec())
	require.NoError(t, m.Ready(t.Context()), "a limit that is disabled needs no store")
}

func TestLimitAfterShutdown(t *testing.T) {
	m := cache.NewManager(nil)
	api := cache.NewLimit(m, apiSpec())
	require.NoError(t, m.Shutdown(t.Context()))
	a, err := api.Allow(t.Context(), 7)
	require.ErrorIs(t, err, cache.ErrClosed)
	require.Zero(t, a)
}

func TestLimitReportsWhatItRefuses(t *testing.T) {
	var events recorder
	m := newManager(t, &cache.Config{OnEvent: events.record, EventKeys: true})
	api := cache.NewLimit(m, apiSpec())
	for _, n := range []int64{2, 2, 1, 1} {
		_, err := api.AllowN(t.Context(), 7, n)
		require.NoError(t, err)
	}
	require.Equal(t, []cache.Event{
		{Kind: event.OverLimit, Store: "default", Cache: "APILimit", Op: "take", Key: "api:7"},
		{Kind: event.OverLimit, Store: "default", Cache: "APILimit", Op: "take", Key: "api:7"},
	}, events.all(event.OverLimit))
	require.Equal(t, []event.Kind{event.Write, event.OverLimit, event.Write, event.OverLimit}, events.kinds())
	require.Equal(t, cache.CacheStats{Cache: "APILimit", Store: "default", OverLimit: 2}, stats(t, m, "APILimit"))
}

func TestDisabledLimitAllowsEverything(t *testing.T) {
	m := newManager(t, &cache.Config{Caches: map[string]cache.CacheConfig{"APILimit": {Disabled: true}}})
	api := cache.NewLimit(m, apiSpec())
	for range 5 {
		a, err := api.AllowN(t.Context(), 7, 100)
		require.NoError(t, err)
		require.Equal(t, cache.Allowance{OK: true, Remaining: 3}, a)
	}
}

func TestConfigGivesALimitAnotherStore(t *testing.T) {
	c := twoStores()
	c.Caches = map[string]cache.CacheConfig{"APILimit": {Store: "session"}}
	m := newManager(t, c)
	_, err := cache.NewLimit(m, apiSpec()).AllowN(t.Context(), 7, 3)
	require.NoError(t, err)
	elsewhere := apiSpec()
	elsewhere.Name, elsewhere.Store = "Elsewhere", "session"
	a, err := cache.NewLimit(m, elsewhere).Allow(t.Context(), 7)
	require.NoError(t, err)
	require.False(t, a.OK, "the other limit of that store has the same keys")
}

func TestConfigCannotGiveALimitATimeToLive(t *testing.T) {
	for _, change := range []cache.CacheConfig{{TTL: time.Minute}, {Forever: true}} {
		m := newManager(t, &cache.Config{Caches: map[string]cache.CacheConfig{"APILimit": change}})
		_, err := cache.NewLimit(m, apiSpec()).Allow(t.Context(), 7)
		require.ErrorContains(t, err, `cache "APILimit": it is a rate limit, which has no TTL`)
		require.ErrorContains(t, m.Ready(t.Context()), `cache "APILimit": it is a rate limit, which has no TTL`)
	}
}

func TestMistakeOfALimitSpecIsAnErrorOfEveryCall(t *testing.T) {
	for want, change := range map[string]func(*cache.LimitSpec[int64]){
		"a limit without a name":           func(s *cache.LimitSpec[int64]) { s.Name = "" },
		"APILimit: LimitSpec.AppendKey":    func(s *cache.LimitSpec[int64]) { s.AppendKey = nil },
		"APILimit: LimitSpec.Pattern":      func(s *cache.LimitSpec[int64]) { s.Pattern = "api:{" },
		"APILimit: LimitSpec.Rate":         func(s *cache.LimitSpec[int64]) { s.Rate.Limit = 0 },
		"a fixed window has none":          func(s *cache.LimitSpec[int64]) { s.Rate.Window, s.Rate.Burst = true, 1 },
		`APILimit: cachegen: no store "x"`: func(s *cache.LimitSpec[int64]) { s.Store = "x" },
	} {
		m, spec := newManager(t, nil), apiSpec()
		change(&spec)
		a, err := cache.NewLimit(m, spec).Allow(t.Context(), 7)
		require.Error(t, err, want)
		require.Zero(t, a)
		require.ErrorContains(t, m.Ready(t.Context()), want)
	}
}

func TestKeyOfALimitThatHasNoText(t *testing.T) {
	errNoText := errors.New("no text")
	spec := apiSpec()
	spec.AppendKey = func([]byte, int64) ([]byte, error) { return nil, errNoText }
	a, err := cache.NewLimit(newManager(t, nil), spec).Allow(t.Context(), 7)
	require.ErrorIs(t, err, errNoText)
	require.ErrorContains(t, err, "APILimit: key")
	require.Zero(t, a)
}

// TestReadyComparesLimitsWithLimits: a cache, whose keys are apart, may have the same pattern.
func TestReadyComparesLimitsWithLimits(t *testing.T) {
	m := newManager(t, nil)
	for range 3 {
		cache.NewLimit(m, apiSpec())
	}
	users := userSpec()
	users.Pattern = apiSpec().Pattern
	cache.NewCache(m, users)
	require.NoError(t, m.Ready(t.Context()))
	require.Len(t, m.Stats(), 3, "a store, a limit and a cache")

	other := apiSpec()
	other.Rate.Limit = 5
	cache.NewLimit(m, other)
	require.ErrorContains(t, m.Ready(t.Context()),
		`APILimit (api:{id int}, 3 in 1m0s) and APILimit (api:{id int}, 5 in 1m0s) in store "default" can both have the key "api:0"`)
}
