package cache_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/msgp"
)

type (
	level  int8
	labels map[string]string
	point  struct{ X, Y float64 }
	order  struct {
		ID    uint64
		Lines []point
		Notes map[string]*point
		At    time.Time
		Raw   []byte
		Level level
	}
)

var noon = time.Date(2024, 2, 29, 12, 0, 0, 123456789, time.UTC).Local()

// catalogue are values that have to come back as they are.
var catalogue = map[string]any{
	"bool": true, "string": "text", "empty string": "", "bytes": []byte{0, 1, 255}, "empty bytes": []byte{},
	"int": 1, "int8": int8(math.MinInt8), "int16": int16(-2), "int32": int32(-3), "int64": int64(math.MinInt64),
	"uint": uint(1), "uint8": uint8(255), "uint16": uint16(2), "uint32": uint32(3), "uint64": uint64(math.MaxUint64),
	"beyond a float": int64(1<<53 + 1), "float32": float32(0.1), "float64": 0.1, "infinity": math.Inf(-1),
	"minus zero": math.Copysign(0, -1), "time": noon, "duration": time.Hour,
	"named int": level(3), "named map": labels{"a": "b"}, "struct": point{1, 2}, "pointer": &point{3, 4},
	"slice": []point{{1, 2}}, "pointers": []*point{{1, 2}, nil}, "map": map[string]point{"a": {1, 2}}, "int keys": map[int]string{1: "a"},
	"array": [2]int{1, 2}, "strings": []string{"a"}, "nested": [][]int64{{1}, nil, {}},
	"record": order{ID: 1, Lines: []point{{1, 2}}, Notes: map[string]*point{"n": {}}, At: noon, Raw: []byte{1}, Level: 2},
	"any": map[string]any{
		"int8": int8(1), "uint64": uint64(2), "float32": float32(3), "list": []any{"a", int16(1), nil, []byte("b")},
		"time": noon, "map": map[string]any{"b": true}, "strings": []string{"a"}, "nil": nil,
	},
	"anys": []any{1, "a", int64(2)},
}

func TestValuesComeBackAsTheTypeTheyWere(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		for name, want := range catalogue {
			require.NoError(t, m.Put(name, want, time.Hour), name)
			got, ok := m.Get(name)
			require.True(t, ok, name)
			require.Equal(t, want, got, name)
			got, err := m.RememberE("loaded "+name, time.Hour, func() (any, error) { return want, nil })
			require.NoError(t, err, name)
			require.Equal(t, want, got, name)
			got, err = m.RememberE("loaded "+name, time.Hour, func() (any, error) { return nil, errBroken })
			require.NoError(t, err, name)
			require.Equal(t, want, got, name)
		}
		got, _ := m.Get("minus zero")
		require.True(t, math.Signbit(got.(float64)))
		require.NoError(t, m.Put("nan", math.NaN(), 0))
		got, _ = m.Get("nan")
		require.True(t, math.IsNaN(got.(float64)))
	})
}

func TestValuesAreCopies(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		mine := []string{"a"}
		require.NoError(t, m.Put("k", mine, 0))
		mine[0] = "changed"
		for range 2 {
			got, _ := m.Get("k")
			require.Equal(t, []string{"a"}, got)
			got.([]string)[0] = "changed"
		}
	})
}

// untyped is the untyped API in one of its four forms.
type untyped struct {
	get         func(string) (any, bool)
	getString   func(string) (string, bool)
	has         func(string) bool
	many        func([]string) map[string]any
	put         func(string, any, time.Duration) error
	add         func(string, any, time.Duration) (bool, error)
	forever     func(string, any) error
	putMany     func(map[string]any, time.Duration) error
	forget      func(string) error
	flush       func() error
	increment   func(string, int64) (int64, error)
	incrementT  func(string, int64, time.Duration) (int64, error)
	decrement   func(string, int64) (int64, error)
	remember    func(string, time.Duration, func() any) (any, error)
	rememberE   func(string, time.Duration, func() (any, error)) (any, error)
	rememberF   func(string, func() any) (any, error)
	rememberFE  func(string, func() (any, error)) (any, error)
	lock        func(string, time.Duration) cache.Lock
	restoreLock func(string, string) cache.Lock
}

func managerForm(m *cache.Manager) untyped {
	return untyped{
		m.Get, m.GetString, m.Has, m.Many, m.Put, m.Add, m.Forever, m.PutMany, m.Forget, m.Flush, m.Increment, m.IncrementTTL,
		m.Decrement, m.Remember, m.RememberE, m.RememberForever, m.RememberForeverE, m.Lock, m.RestoreLock,
	}
}

func storeForm(s *cache.Store) untyped {
	return untyped{
		s.Get, s.GetString, s.Has, s.Many, s.Put, s.Add, s.Forever, s.PutMany, s.Forget, s.Flush, s.Increment, s.IncrementTTL,
		s.Decrement, s.Remember, s.RememberE, s.RememberForever, s.RememberForeverE, s.Lock, s.RestoreLock,
	}
}

// with gives a method that takes a context the form of one that takes none.
func with[A, R any](ctx context.Context, f func(context.Context, A) R) func(A) R {
	return func(a A) R { return f(ctx, a) }
}

func with1[A, R, S any](ctx context.Context, f func(context.Context, A) (R, S)) func(A) (R, S) {
	return func(a A) (R, S) { return f(ctx, a) }
}

func with2[A, B, R, S any](ctx context.Context, f func(context.Context, A, B) (R, S)) func(A, B) (R, S) {
	return func(a A, b B) (R, S) { return f(ctx, a, b) }
}

func with2e[A, B, R any](ctx context.Context, f func(context.Context, A, B) R) func(A, B) R {
	return func(a A, b B) R { return f(ctx, a, b) }
}

func with3[A, B, C, R, S any](ctx context.Context, f func(context.Context, A, B, C) (R, S)) func(A, B, C) (R, S) {
	return func(a A, b B, c C) (R, S) { return f(ctx, a, b, c) }
}

func with3e[A, B, C, R any](ctx context.Context, f func(context.Context, A, B, C) R) func(A, B, C) R {
	return func(a A, b B, c C) R { return f(ctx, a, b, c) }
}

func managerContextForm(ctx context.Context, m *cache.Manager) untyped {
	return untyped{
		with1(ctx, m.GetWithContext), with1(ctx, m.GetStringWithContext), with(ctx, m.HasWithContext), with(ctx, m.ManyWithContext),
		with3e(ctx, m.PutWithContext), with3(ctx, m.AddWithContext), with2e(ctx, m.ForeverWithContext), with2e(ctx, m.PutManyWithContext),
		with(ctx, m.ForgetWithContext), func() error { return m.FlushWithContext(ctx) },
		with2(ctx, m.IncrementWithContext), with3(ctx, m.IncrementTTLWithContext), with2(ctx, m.DecrementWithContext),
		with3(ctx, m.RememberWithContext), with3(ctx, m.RememberEWithContext), with2(ctx, m.RememberForeverWithContext),
		with2(ctx, m.RememberForeverEWithContext), m.Lock, m.RestoreLock,
	}
}

func storeContextForm(ctx context.Context, s *cache.Store) untyped {
	return untyped{
		with1(ctx, s.GetCtx), with1(ctx, s.GetStringCtx), with(ctx, s.HasCtx), with(ctx, s.ManyCtx),
		with3e(ctx, s.PutCtx), with3(ctx, s.AddCtx), with2e(ctx, s.ForeverCtx), with2e(ctx, s.PutManyCtx),
		with(ctx, s.ForgetCtx), func() error { return s.FlushCtx(ctx) },
		with2(ctx, s.IncrementCtx), with3(ctx, s.IncrementTTLCtx), with2(ctx, s.DecrementCtx),
		with3(ctx, s.RememberCtx), with3(ctx, s.RememberECtx), with2(ctx, s.RememberForeverCtx),
		with2(ctx, s.RememberForeverECtx), s.Lock, s.RestoreLock,
	}
}

func TestUntypedMethodsInAllTheirForms(t *testing.T) {
	forms := map[string]func(*testing.T, *cache.Manager) untyped{
		"manager":              func(_ *testing.T, m *cache.Manager) untyped { return managerForm(m) },
		"manager with context": func(t *testing.T, m *cache.Manager) untyped { return managerContextForm(t.Context(), m) },
		"store":                func(t *testing.T, m *cache.Manager) untyped { return storeForm(defaultOf(t, m)) },
		"store with context":   func(t *testing.T, m *cache.Manager) untyped { return storeContextForm(t.Context(), defaultOf(t, m)) },
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, m *cache.Manager) {
				u := form(t, m)
				checkReads(t, u)
				checkWrites(t, u)
				checkNumbers(t, u)
				checkRemember(t, u)
			})
			inBubble(t, func(t *testing.T) { checkLock(t, form(t, newManager(t, nil))) })
		})
	}
}

func defaultOf(t *testing.T, m *cache.Manager) *cache.Store {
	s, err := m.DefaultStore()
	require.NoError(t, err)
	return s
}

func checkReads(t *testing.T, u untyped) {
	_, ok := u.get("a")
	require.False(t, ok)
	require.NoError(t, u.put("a", "text", time.Minute))
	require.NoError(t, u.forever("b", 2))
	v, ok := u.get("a")
	require.True(t, ok)
	require.Equal(t, "text", v)
	str, ok := u.getString("a")
	require.True(t, ok)
	require.Equal(t, "text", str)
	_, ok = u.getString("b")
	require.False(t, ok)
	require.True(t, u.has("b"))
	require.Equal(t, map[string]any{"a": "text", "b": 2}, u.many([]string{"a", "b", "c", "a"}))
	require.Empty(t, u.many(nil))
	time.Sleep(time.Minute)
	require.Equal(t, map[string]any{"b": 2}, u.many([]string{"a", "b"}))
}

func checkWrites(t *testing.T, u untyped) {
	added, err := u.add("c", 1, time.Minute)
	require.NoError(t, err)
	require.True(t, added)
	added, err = u.add("c", 2, time.Minute)
	require.NoError(t, err)
	require.False(t, added)
	require.NoError(t, u.putMany(map[string]any{"d": 1, "e": "2"}, time.Minute))
	require.NoError(t, u.putMany(nil, time.Minute))
	require.Equal(t, map[string]any{"c": 1, "d": 1, "e": "2"}, u.many([]string{"c", "d", "e"}))
	require.NoError(t, u.forget("c"))
	require.NoError(t, u.forget("c"))
	require.False(t, u.has("c"))
	require.ErrorContains(t, u.putMany(map[string]any{"x": make(chan int)}, 0), `key "x"`)
	require.Error(t, u.put("x", func() {}, 0))
	require.NoError(t, u.flush())
	require.Empty(t, u.many([]string{"a", "b", "d", "e"}))
}

func checkNumbers(t *testing.T, u untyped) {
	n, err := u.incrementT("n", 5, time.Minute)
	require.NoError(t, err)
	require.EqualValues(t, 5, n)
	time.Sleep(30 * time.Second)
	n, err = u.incrementT("n", 1, time.Hour)
	require.NoError(t, err)
	require.EqualValues(t, 6, n)
	n, err = u.decrement("n", 2)
	require.NoError(t, err)
	require.EqualValues(t, 4, n)
	time.Sleep(30 * time.Second)
	require.False(t, u.has("n"), "it lives as long as it was made for")
	n, err = u.increment("n", -1)
	require.NoError(t, err)
	require.EqualValues(t, -1, n)
	_, err = u.decrement("n", math.MinInt64)
	require.ErrorIs(t, err, drivers.ErrOverflow)
}

func checkRemember(t *testing.T, u untyped) {
	loads := 0
	load := func() any { loads++; return loads }
	loadE := func() (any, error) { return load(), nil }
	fail := func() (any, error) { return nil, errBroken }
	calls := []func(key string) (any, error){
		func(key string) (any, error) { return u.remember(key, time.Minute, load) },
		func(key string) (any, error) { return u.rememberE(key, time.Minute, loadE) },
		func(key string) (any, error) { return u.rememberF(key, load) },
		func(key string) (any, error) { return u.rememberFE(key, loadE) },
	}
	for i, call := range calls {
		for range 2 {
			v, err := call(string(rune('p' + i)))
			require.NoError(t, err)
			require.Equal(t, i+1, v)
		}
	}
	_, err := u.rememberE("fails", 0, fail)
	require.ErrorIs(t, err, errBroken)
	_, err = u.rememberFE("fails", fail)
	require.ErrorIs(t, err, errBroken)
	time.Sleep(time.Minute)
	require.Len(t, u.many([]string{"p", "q", "r", "s"}), 2)
}

func checkLock(t *testing.T, u untyped) {
	l := u.lock("job", time.Minute)
	got, err := l.Get(t.Context())
	require.NoError(t, err)
	require.True(t, got)
	require.NoError(t, u.restoreLock("job", l.Owner()).Release(t.Context()))
}

func TestIncrementActsOnAValue(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		require.NoError(t, m.Put("n", 41, time.Minute))
		time.Sleep(30 * time.Second)
		n, err := m.Increment("n", 1)
		require.NoError(t, err)
		require.EqualValues(t, 42, n)
		v, _ := m.Get("n")
		require.Equal(t, int64(42), v)
		i, ok, err := cache.GetAs[int](m, "n")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, 42, i)
		_, _, err = cache.GetAs[string](m, "n")
		require.ErrorAs(t, err, new(*cache.TypeError))
		time.Sleep(30 * time.Second)
		require.False(t, m.Has("n"), "its time to live was kept")

		require.NoError(t, m.Put("s", "text", 0))
		_, err = m.Increment("s", 1)
		require.ErrorIs(t, err, drivers.ErrNotNumber)
		str, _ := m.GetString("s")
		require.Equal(t, "text", str)
	})
}

func TestCounterDoesNotFitEveryInteger(t *testing.T) {
	m := newManager(t, nil)
	_, err := m.Increment("n", 300)
	require.NoError(t, err)
	_, _, err = cache.GetAs[int8](m, "n")
	require.ErrorAs(t, err, new(*cache.TypeError))
	i, ok, err := cache.GetAs[uint16](m, "n")
	require.NoError(t, err)
	require.True(t, ok)
	require.EqualValues(t, 300, i)
}

func TestSlotOfAnotherTypeIsATypeErrorAndStays(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		require.NoError(t, m.Put("user:7", "text", 0))
		users := cache.NewCache(m, userSpec())
		calls := map[string]func() (any, error){
			"RememberT": func() (any, error) { return cache.RememberT(m, "user:7", 0, func() (int, error) { return 1, nil }) },
			"RememberTc": func() (any, error) {
				return cache.RememberTWithContext(m, t.Context(), "user:7", 0, func() (int, error) { return 1, nil })
			},
			"GetAs":     func() (any, error) { v, _, err := cache.GetAs[int](m, "user:7"); return v, err },
			"GetAsc":    func() (any, error) { v, _, err := cache.GetAsWithContext[int](m, t.Context(), "user:7"); return v, err },
			"RememberE": func() (any, error) { v, err := users.RememberE(t.Context(), 7, loadUser); return v, err },
			"Get":       func() (any, error) { v, _, err := users.Get(t.Context(), 7); return v, err },
			"Many":      func() (any, error) { _, err := users.Many(t.Context(), []int64{7}); return nil, err },
		}
		for name, call := range calls {
			v, err := call()
			var mismatch *cache.TypeError
			require.ErrorAs(t, err, &mismatch, name)
			require.Equal(t, "user:7", mismatch.Key, name)
			require.Equal(t, "string", mismatch.Got, name)
			require.Zero(t, v, name)
		}
		str, _ := m.GetString("user:7")
		require.Equal(t, "text", str)
	})
}

// envelope is what another process stored of v, whose type nobody has named here.
func envelope[T any](t *testing.T, key string, v T) []byte {
	typ, err := codec.For[T]()
	require.NoError(t, err)
	b, err := typ.Append(nil, key, msgp.Header{}, v)
	require.NoError(t, err)
	return b
}

func TestUnknownTypeIsAMissUntilItIsNamed(t *testing.T) {
	type first struct{ A int }
	type second struct{ B int }
	type third struct{ C int }
	f := newFake()
	m, seen := observed(t, f)
	f.set("first", envelope(t, "first", first{1}))
	f.set("second", envelope(t, "second", second{2}))
	f.set("third", envelope(t, "third", &third{3}))
	for _, key := range []string{"first", "second", "third"} {
		seen.kinds()
		require.False(t, m.Has(key), key)
		require.Equal(t, []event.Kind{event.UnknownType, event.Miss}, seen.kinds(), key)
	}
	v, ok, err := cache.GetAs[first](m, "first")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, first{1}, v)

	w, err := cache.RememberT(m, "second", 0, func() (second, error) { return second{}, errBroken })
	require.NoError(t, err)
	require.Equal(t, second{2}, w)

	require.NoError(t, cache.Register[*third]())
	x, ok := m.Get("third")
	require.True(t, ok)
	require.Equal(t, &third{3}, x)
	require.Error(t, cache.Register[chan int]())
}

// flip returns b with one bit of its last byte changed.
func flip(b []byte) []byte {
	b = append([]byte{}, b...)
	b[len(b)-1] ^= 1
	return b
}

func TestBytesThatDoNotDecodeAreAMissAndOverwritten(t *testing.T) {
	good := envelope(t, "user:7", ada(7))
	for name, bad := range map[string][]byte{
		"empty": {}, "text": []byte("hello"), "json": []byte(`{"ID":7}`), "cut": good[:len(good)-1], "longer": append(good[:len(good):len(good)], 0),
		"bit rot": flip(good), "header only": good[:42], "magic only": good[:1], "hostile": {0xdd, 0xff, 0xff, 0xff, 0xff},
		"another key": envelope(t, "user:8", ada(8)),
	} {
		f := newFake()
		m, seen := observed(t, f)
		users := cache.NewCache(m, userSpec())
		f.set("user:7", bad)
		_, ok, err := users.Get(t.Context(), 7)
		require.NoError(t, err, name)
		require.False(t, ok, name)
		require.Equal(t, []event.Kind{event.DecodeError, event.Miss}, seen.kinds(), name)
		require.False(t, m.Has("user:7"), name)
		require.Contains(t, seen.kinds(), event.DecodeError, name)

		u, err := users.RememberE(t.Context(), 7, loadUser)
		require.NoError(t, err, name)
		require.EqualValues(t, 7, u.ID, name)
		_, ok, err = users.Get(t.Context(), 7)
		require.NoError(t, err, name)
		require.True(t, ok, name)
	}
}

func TestEveryFlippedBitIsAMiss(t *testing.T) {
	f := newFake()
	m, _ := observed(t, f)
	users := cache.NewCache(m, userSpec())
	good := envelope(t, "user:7", ada(7))
	for i := range 8 * len(good) {
		bad := append([]byte{}, good...)
		bad[i/8] ^= 1 << (i % 8)
		f.set("user:7", bad)
		_, ok, err := users.Get(t.Context(), 7)
		require.NoError(t, err, "bit %d", i)
		require.False(t, ok, "bit %d", i)
		require.False(t, m.Has("user:7"), "bit %d", i)
	}
	f.set("user:7", good)
	require.True(t, m.Has("user:7"))
}

func TestAnotherVersionIsAMiss(t *testing.T) {
	m, _ := newFakeManager(t)
	require.NoError(t, cache.NewCache(m, userSpec()).Put(t.Context(), 7, ada(7)))
	spec := userSpec()
	spec.Version = "2"
	_, ok, err := cache.NewCache(m, spec).Get(t.Context(), 7)
	require.NoError(t, err)
	require.False(t, ok)
}
