package cache_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

func TestEveryWaiterGetsTheLoadersError(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		crowd(20, func(int) {
			u, err := users.RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) {
				time.Sleep(loadTime)
				return nil, errBroken
			})
			require.ErrorIs(t, err, errBroken)
			require.Nil(t, u)
		})
		requireFree(t, users, 7)
	})
}

func TestRefreshThatFailsKeepsTheValue(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		require.NoError(t, users.Put(t.Context(), 7, ada(7)))
		_, err := users.Refresh(t.Context(), 7, func(context.Context, int64) (*user, error) { return nil, errBroken })
		require.ErrorIs(t, err, errBroken)
		require.Equal(t, "Ada", stored(t, m))
		u, err := users.Refresh(t.Context(), 7, loadUser)
		require.NoError(t, err)
		require.Equal(t, "user 7", u.Name)
		require.Equal(t, "user 7", stored(t, m))
	})
}

// keepsNil requires that a cache of V returns a loaded nil, loads again, and refuses to store one.
func keepsNil[V any](t *testing.T, m *cache.Manager, name string) {
	var none V
	c := cache.NewCache(m, cache.Spec[int64, V]{Name: name, AppendKey: func(dst []byte, _ int64) ([]byte, error) {
		return append(dst, name...), nil
	}})
	loads := 0
	for range 2 {
		v, err := c.RememberE(t.Context(), 1, func(context.Context, int64) (V, error) { loads++; return none, nil })
		require.NoError(t, err, name)
		require.Nil(t, v, name)
	}
	require.Equal(t, 2, loads, name)
	require.False(t, m.Has(name), name)
	require.ErrorIs(t, c.Put(t.Context(), 1, none), engine.ErrNilValue, name)
}

func TestNilIsReturnedAndNotStored(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		keepsNil[*user](t, m, "pointer")
		keepsNil[[]string](t, m, "slice")
		keepsNil[map[string]int](t, m, "map")
		keepsNil[any](t, m, "any")
		v, err := m.RememberE("untyped", 0, func() (any, error) { return nil, nil })
		require.NoError(t, err)
		require.Nil(t, v)
		v, err = m.RememberE("untyped", 0, func() (any, error) { return (*user)(nil), nil })
		require.NoError(t, err)
		require.Nil(t, v)
		require.False(t, m.Has("untyped"))
		require.ErrorIs(t, m.Put("untyped", nil, 0), engine.ErrNilValue)
	})
}

func TestValueOfAnotherKeyIsNotStored(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		other := func(context.Context, int64) (*user, error) { return ada(8), nil }
		want := &cache.KeyMismatchError{Cache: "UserCache", Want: "user:7", Got: "user:8"}
		_, err := users.RememberE(t.Context(), 7, other)
		require.Equal(t, want, err)
		_, err = users.RememberMany(t.Context(), []int64{7}, func(context.Context, []int64) (map[int64]*user, error) {
			return map[int64]*user{7: ada(8)}, nil
		})
		require.Equal(t, want, err)
		require.False(t, m.Has("user:7"))
		require.False(t, m.Has("user:8"))
	})
}

func TestNegativeTimeToLiveIsRefusedEverywhere(t *testing.T) {
	ctx, m := t.Context(), newManager(t, nil)
	users := cache.NewCache(m, userSpec())
	bad := userSpec()
	bad.Name, bad.TTL = "Bad", -time.Second
	badUsers := cache.NewCache(m, bad)
	loaded := false
	load := func() (any, error) { loaded = true; return 1, nil }
	find := func(context.Context, int64) (*user, error) { loaded = true; return ada(7), nil }
	calls := map[string]func() error{
		"PutTTL":    func() error { return users.PutTTL(ctx, 7, ada(7), -1) },
		"Put":       func() error { return m.Put("k", 1, -1) },
		"PutMany":   func() error { return m.PutMany(map[string]any{"k": 1}, -1) },
		"Add":       func() error { _, err := m.Add("k", 1, -1); return err },
		"RememberE": func() error { _, err := m.RememberE("k", -1, load); return err },
		"RememberT": func() error {
			_, err := cache.RememberT(m, "k", -1, func() (int, error) { loaded = true; return 1, nil })
			return err
		},
		"IncrementTTL":  func() error { _, err := m.IncrementTTL("k", 1, -1); return err },
		"of the cache":  func() error { _, err := badUsers.RememberE(ctx, 7, find); return err },
		"Refresh":       func() error { _, err := badUsers.Refresh(ctx, 7, find); return err },
		"cache Put":     func() error { return badUsers.Put(ctx, 7, ada(7)) },
		"cache PutMany": func() error { return badUsers.PutMany(ctx, map[int64]*user{7: ada(7)}) },
		"lock":          func() error { _, err := m.Lock("k", -1).Get(ctx); return err },
		"lock without":  func() error { _, err := m.Lock("k", 0).Get(ctx); return err },
	}
	for name, call := range calls {
		require.ErrorIs(t, call(), drivers.ErrTTL, name)
	}
	require.False(t, loaded)
}

func TestNilLoaderIsAnError(t *testing.T) {
	ctx, m := t.Context(), newManager(t, nil)
	users := cache.NewCache(m, userSpec())
	require.NoError(t, users.Put(ctx, 7, ada(7)))
	calls := map[string]func() error{
		"Remember":         func() error { _, err := users.Remember(ctx, 7, nil); return err },
		"RememberE":        func() error { _, err := users.RememberE(ctx, 7, nil); return err },
		"RememberForever":  func() error { _, err := users.RememberForever(ctx, 7, nil); return err },
		"RememberForeverE": func() error { _, err := users.RememberForeverE(ctx, 7, nil); return err },
		"Refresh":          func() error { _, err := users.Refresh(ctx, 7, nil); return err },
		"RememberMany":     func() error { _, err := users.RememberMany(ctx, []int64{7}, nil); return err },
		"Wrap":             func() error { _, err := users.Wrap(nil)(ctx, 7); return err },
		"m.Remember":       func() error { _, err := m.Remember("k", 0, nil); return err },
		"m.RememberE":      func() error { _, err := m.RememberE("k", 0, nil); return err },
		"RememberT":        func() error { _, err := cache.RememberT[int](m, "k", 0, nil); return err },
		"RememberT ctx":    func() error { _, err := cache.RememberTWithContext[int](m, ctx, "k", 0, nil); return err },
		"Lock.Run":         func() error { return m.Lock("k", time.Second).Run(ctx, nil) },
	}
	for name, call := range calls {
		require.ErrorIs(t, call(), cache.ErrNilLoader, name)
	}
}

func TestKeyThatCannotBeUsedIsAnError(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		for _, key := range []string{"", strings.Repeat("k", engine.MaxKeyGiven+1)} {
			loaded := false
			calls := map[string]func() error{
				"Put":       func() error { return m.Put(key, 1, 0) },
				"PutMany":   func() error { return m.PutMany(map[string]any{key: 1}, 0) },
				"Add":       func() error { _, err := m.Add(key, 1, 0); return err },
				"Forget":    func() error { return m.Forget(key) },
				"Increment": func() error { _, err := m.Increment(key, 1); return err },
				"RememberE": func() error {
					_, err := m.RememberE(key, 0, func() (any, error) { loaded = true; return 1, nil })
					return err
				},
				"Lock": func() error { _, err := m.Lock(key, time.Second).Get(t.Context()); return err },
			}
			for name, call := range calls {
				err := call()
				var bad *cache.KeyError
				require.ErrorAs(t, err, &bad, name)
				require.Less(t, len(err.Error()), 300, name)
			}
			require.False(t, m.Has(key))
			require.False(t, loaded)
		}
	})
}

func TestKeyPartThatFailsIsAnError(t *testing.T) {
	spec := userSpec()
	spec.AppendKey = func([]byte, int64) ([]byte, error) { return nil, errBroken }
	users := cache.NewCache(newManager(t, nil), spec)
	_, err := users.RememberE(t.Context(), 7, loadUser)
	require.ErrorIs(t, err, errBroken)
	require.ErrorContains(t, err, "UserCache: key")
	require.ErrorIs(t, users.Forget(t.Context(), 7), errBroken)
	_, err = users.Lock(7, time.Second).Get(t.Context())
	require.ErrorIs(t, err, errBroken)
}

func TestLongKeysKeepTheirValues(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		long := strings.Repeat("k", engine.MaxKeyGiven-1)
		for _, key := range []string{long + "a", long + "b", long[:engine.MaxKey], long[:engine.MaxKey+1]} {
			require.NoError(t, m.Put(key, len(key), 0))
		}
		require.NoError(t, m.Put(long+"b", "b", 0))
		v, _ := m.Get(long + "a")
		require.Equal(t, len(long)+1, v)
		v, _ = m.Get(long + "b")
		require.Equal(t, "b", v)
		require.NoError(t, m.Forget(long+"a"))
		require.False(t, m.Has(long+"a"))
		n, err := m.Increment(long+"n", 1)
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
	})
}

// TestValueOfAnotherLongKeyIsAMiss is about two long keys whose hashes collide, and about a backend that
// answers with another key's value.
func TestValueOfAnotherLongKeyIsAMiss(t *testing.T) {
	f := newFake()
	m, seen := observed(t, f)
	long := strings.Repeat("k", 600)
	for _, keys := range [][2]string{{long + "a", long + "b"}, {"short a", "short b"}} {
		require.NoError(t, m.Put(keys[0], "value of a", 0))
		f.set(engine.StoredKey(keys[1]), f.raw(engine.StoredKey(keys[0])))
		kept := strings.Contains(string(f.raw(engine.StoredKey(keys[0]))), keys[0])
		require.Equal(t, engine.Hashed(keys[0]), kept, "the key that its hash stands for")
		seen.kinds()
		require.False(t, m.Has(keys[1]))
		require.True(t, seen.has(event.DecodeError))
		v, err := m.RememberE(keys[1], 0, func() (any, error) { return "value of b", nil })
		require.NoError(t, err)
		require.Equal(t, "value of b", v)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for want, err := range map[string]error{
		`cachegen: key "k" holds a string, not a int; forget it, or ask for its own type`:            &cache.TypeError{Key: "k", Want: "int", Got: "string"},
		`cachegen: C: the loader was asked for "a" and returned the value of "b"; it was not stored`: &cache.KeyMismatchError{Cache: "C", Want: "a", Got: "b"},
		`cachegen: key "k": bad`: &cache.KeyError{Key: "k", Reason: "bad"},
	} {
		require.EqualError(t, err, want)
	}
	require.NoError(t, errors.Unwrap(&cache.PanicError{Value: "text"}))
}
