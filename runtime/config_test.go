package cache_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/keys"
)

func twoStores() *cache.Config {
	return &cache.Config{Default: "main", Stores: map[string]cache.StoreConfig{
		"main": {Driver: "memory"}, "session": {Driver: "memory"},
	}}
}

func TestValidateNamesEverythingThatIsWrong(t *testing.T) {
	c := twoStores()
	c.Default = "man"
	c.Stores["session"] = cache.StoreConfig{}
	c.Stores[" "] = cache.StoreConfig{Driver: "memory"}
	c.Caches = map[string]cache.CacheConfig{
		"A": {TTL: -time.Second},
		"B": {TTL: time.Second, Forever: true},
		"C": {Store: "sesion"},
	}
	err := c.Validate()
	for _, part := range []string{
		`no store "man"; did you mean "main"?`, `store "session"`, "no driver named", "empty name",
		`cache "A": TTL`, `cache "B": set TTL or Forever`, `cache "C": cachegen: no store "sesion"; did you mean "session"?`,
	} {
		require.ErrorContains(t, err, part)
	}
	require.ErrorIs(t, err, drivers.ErrTTL)
}

func TestValidateAsksNoRegistry(t *testing.T) {
	require.NoError(t, cache.Config{}.Validate())
	require.NoError(t, cache.Config{Stores: map[string]cache.StoreConfig{"default": {Driver: "linked-later"}}}.Validate())
}

func TestDefaultStoreIsFoundByName(t *testing.T) {
	memory := cache.StoreConfig{Driver: "memory"}
	for want, c := range map[string]cache.Config{
		"default": {Stores: map[string]cache.StoreConfig{"default": memory, "other": memory}},
		"only":    {Stores: map[string]cache.StoreConfig{"only": memory}},
		"named":   {Default: "named", Stores: map[string]cache.StoreConfig{"default": memory, "named": memory}},
	} {
		m := newManager(t, &c)
		require.NoError(t, m.Put("k", 1, 0))
		s, err := m.Store(want)
		require.NoError(t, err)
		require.True(t, s.Has("k"), want)
	}
	_, err := newManager(t, &cache.Config{Stores: map[string]cache.StoreConfig{"a": memory, "b": memory}}).DefaultStore()
	require.ErrorContains(t, err, "name one of the stores a, b")
}

func TestManagerCopiesItsConfiguration(t *testing.T) {
	var got cache.StoreConfig
	name := register(t, func(_ context.Context, c cache.StoreConfig) (drivers.Driver, error) {
		got = c
		return newFake(), nil
	})
	c := &cache.Config{Prefix: "app", Stores: map[string]cache.StoreConfig{
		"default": {Driver: name, Prefix: "eu", Addrs: []string{"a:1"}, Options: map[string]string{"o": "1"}},
	}}
	m := newManager(t, c)
	c.Stores["default"].Options["o"], c.Stores["default"].Addrs[0] = "2", "b:2"
	delete(c.Stores, "default")
	require.NoError(t, m.Ready(t.Context()))
	require.Equal(t, cache.StoreConfig{
		Driver: name, Prefix: "app.eu", Addrs: []string{"a:1"}, Options: map[string]string{"o": "1"},
	}, got)
}

func TestNamedStoresAreApart(t *testing.T) {
	m := newManager(t, twoStores())
	session, err := m.StoreWithContext(t.Context(), "session")
	require.NoError(t, err)
	require.NoError(t, session.Put("k", "in session", 0))
	require.False(t, m.Has("k"))
	require.NoError(t, m.Flush())
	require.True(t, session.Has("k"))
	spec := userSpec()
	spec.Store = "session"
	require.NoError(t, cache.NewCache(m, spec).Put(t.Context(), 7, ada(7)))
	require.True(t, session.Has("user:7"))
}

func TestReadyReportsEverythingThatIsWrong(t *testing.T) {
	name := register(t, func(context.Context, cache.StoreConfig) (drivers.Driver, error) { return nil, errDown })
	c := twoStores()
	c.Stores["remote"] = cache.StoreConfig{Driver: name}
	c.Caches = map[string]cache.CacheConfig{"UserCach": {TTL: time.Minute}, "Bad": {TTL: -1}}
	m := newManager(t, c)
	cache.NewCache(m, userSpec())

	other := userSpec()
	other.Name, other.Pattern = "Pages", "user:{path string}"
	cache.NewCache(m, other)
	lost := userSpec()
	lost.Name, lost.Store = "Lost", "nowhere"
	cache.NewCache(m, lost)
	cache.NewCache(m, cache.Spec[int64, chan int]{Name: "Bad", AppendKey: userSpec().AppendKey})

	err := m.Ready(t.Context())
	require.ErrorIs(t, err, errDown)
	for _, part := range []string{
		`store "remote"`,
		`UserCache (user:{ID int} of *cache_test.user) and Pages (user:{path string} of *cache_test.user) in store "main" can both have the key "user:`,
		`Lost: cachegen: no store "nowhere"`,
		`no cache "UserCach"; did you mean "UserCache"?`,
		"Bad: cachegen/codec: chan int", `cache "Bad": TTL`,
	} {
		require.ErrorContains(t, err, part)
	}
}

func TestReadyOfASoundManagerIsQuiet(t *testing.T) {
	m := newManager(t, twoStores())
	for range 3 { // an accessor may be made for every request
		cache.NewCache(m, userSpec())
	}
	elsewhere := userSpec()
	elsewhere.Name, elsewhere.Store = "Elsewhere", "session"
	cache.NewCache(m, elsewhere)
	require.NoError(t, m.Ready(t.Context()))
	require.Len(t, m.Stats(), 4, "two stores and two caches")
}

// TestReadySeesTwoPackagesWithOneNameAndPattern is about accessors of two modules that both call
// themselves UserCache.
func TestReadySeesTwoPackagesWithOneNameAndPattern(t *testing.T) {
	type user struct{ ID int64 }
	m := newManager(t, nil)
	cache.NewCache(m, userSpec())
	cache.NewCache(m, cache.Spec[int64, user]{Name: "UserCache", Pattern: "user:{ID int}", AppendKey: userSpec().AppendKey})
	require.ErrorContains(t, m.Ready(t.Context()), "can both have the key")
}

func TestMistakeOfASpecIsAnErrorOfEveryCall(t *testing.T) {
	good := userSpec()
	for name, change := range map[string]func(*cache.Spec[int64, *user]){
		"without a name":                func(s *cache.Spec[int64, *user]) { s.Name = "" },
		"Spec.AppendKey is nil":         func(s *cache.Spec[int64, *user]) { s.AppendKey = nil },
		"Spec.Timeout is negative":      func(s *cache.Spec[int64, *user]) { s.Timeout = -1 },
		"Spec.Pattern":                  func(s *cache.Spec[int64, *user]) { s.Pattern = "user:{" },
		"invalid time to live: -1ns is": func(s *cache.Spec[int64, *user]) { s.TTL = -1 },
		`no store "elsewhere"`:          func(s *cache.Spec[int64, *user]) { s.Store = "elsewhere" },
	} {
		spec := good
		change(&spec)
		m := newManager(t, nil)
		users := cache.NewCache(m, spec)
		_, err := users.RememberE(t.Context(), 7, loadUser)
		require.ErrorContains(t, err, name)
		require.ErrorContains(t, users.Put(t.Context(), 7, ada(7)), name)
		require.ErrorContains(t, users.Forget(t.Context(), 7), name)
		require.ErrorContains(t, m.Ready(t.Context()), name)
		if spec.Name != "" && spec.AppendKey != nil {
			got, err := cache.NewCache(newManager(t, nil), good).RememberE(t.Context(), 7, loadUser)
			require.NoError(t, err)
			require.NotNil(t, got)
		}
	}
}

func TestMistakeOfOneCacheIsNotAnothers(t *testing.T) {
	m := newManager(t, nil)
	bad := userSpec()
	bad.Timeout = -1
	cache.NewCache(m, bad)
	_, err := cache.NewCache(m, userSpec()).RememberE(t.Context(), 7, loadUser)
	require.NoError(t, err)
}

func TestConfigChangesACache(t *testing.T) {
	ctx := t.Context()
	changed := func(cc cache.CacheConfig) (*cache.Manager, *cache.Cache[int64, *user]) {
		c := twoStores()
		c.Caches = map[string]cache.CacheConfig{"UserCache": cc}
		m := newManager(t, c)
		return m, cache.NewCache(m, userSpec())
	}
	m, users := changed(cache.CacheConfig{Store: "session"})
	require.NoError(t, users.Put(ctx, 7, ada(7)))
	require.False(t, m.Has("user:7"))

	m, users = changed(cache.CacheConfig{Disabled: true})
	for want := range 2 {
		loads := 0
		_, err := users.RememberE(ctx, 7, func(context.Context, int64) (*user, error) { loads++; return ada(7), nil })
		require.NoError(t, err)
		require.Equal(t, 1, loads, want)
	}
	require.NoError(t, users.Put(ctx, 7, ada(7)))
	require.False(t, m.Has("user:7"))

	for name, cc := range map[string]cache.CacheConfig{"negative": {TTL: -1}, "both": {TTL: 1, Forever: true}, "no store": {Store: "x"}} {
		_, users = changed(cc)
		_, err := users.RememberE(ctx, 7, loadUser)
		require.Error(t, err, name)
	}
}

func TestConfigChangesTheTimeToLive(t *testing.T) {
	for name, tt := range map[string]struct {
		change cache.CacheConfig
		lives  []time.Duration // how long after the write it is looked for
		gone   time.Duration   // when it is gone; 0: never
	}{
		"unchanged": {cache.CacheConfig{}, []time.Duration{15*time.Minute - 1}, 15 * time.Minute},
		"shorter":   {cache.CacheConfig{TTL: time.Minute}, []time.Duration{time.Minute - 1}, time.Minute},
		"for ever":  {cache.CacheConfig{Forever: true}, []time.Duration{1000 * time.Hour}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				c := onDriver(t, newFake())
				c.Caches = map[string]cache.CacheConfig{"UserCache": tt.change}
				users := cache.NewCache(newManager(t, c), userSpec())
				_, err := users.RememberE(t.Context(), 7, loadUser)
				require.NoError(t, err)
				start := time.Now()
				for _, d := range tt.lives {
					time.Sleep(time.Until(start.Add(d)))
					require.True(t, has(t, users, 7), d)
				}
				if tt.gone > 0 {
					time.Sleep(time.Until(start.Add(tt.gone)))
					require.False(t, has(t, users, 7))
				}
			})
		})
	}
}

func has(t *testing.T, users *cache.Cache[int64, *user], id int64) bool {
	t.Helper()
	ok, err := users.Has(t.Context(), id)
	require.NoError(t, err)
	return ok
}

func TestCachesMayBeMadeAtOnce(t *testing.T) {
	m := newManager(t, nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			cache.NewCache(m, userSpec())
			cache.NewCache(m, cache.Spec[int64, chan int]{Name: "Bad", AppendKey: userSpec().AppendKey})
			_ = m.Ready(t.Context())
			_ = m.Stats()
		})
	}
	wg.Wait()
}

// TestFirstPutOfAStoreIsShared is about values that were put before anything had opened the store.
func TestFirstPutOfAStoreIsShared(t *testing.T) {
	for name, put := range map[string]func(ctx context.Context, users *cache.Cache[int64, *user], u *user) error{
		"Put": func(ctx context.Context, users *cache.Cache[int64, *user], u *user) error {
			return users.Put(ctx, 7, u)
		},
		"Add": func(ctx context.Context, users *cache.Cache[int64, *user], u *user) error {
			_, err := users.Add(ctx, 7, u)
			return err
		},
		"PutMany": func(ctx context.Context, users *cache.Cache[int64, *user], u *user) error {
			return users.PutMany(ctx, map[int64]*user{7: u})
		},
	} {
		spec := userSpec()
		spec.Share = true
		users, u := cache.NewCache(newManager(t, nil), spec), ada(7)
		require.NoError(t, put(t.Context(), users, u), name)
		got, ok := users.Hit(keys.AppendInt([]byte("user:"), 7))
		require.True(t, ok, name)
		require.Same(t, u, got, name)
	}
}
