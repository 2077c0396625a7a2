package cache_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/registry"
)

var errDown = errors.New("connection refused")

// observed returns a manager on a fake that is open, and what it reports.
func observed(t *testing.T, f *fake) (*cache.Manager, *recorder) {
	seen := &recorder{}
	c := onDriver(t, f)
	c.OnEvent = seen.record
	m := newManager(t, c)
	require.NoError(t, m.Ready(t.Context()))
	return m, seen
}

func TestStoreThatFailsDoesNotFailALoad(t *testing.T) {
	for name, broken := range map[string]hook{"refused": failing(errDown), "hanging": bounded(hang)} {
		for _, op := range []string{"get", "put"} {
			t.Run(name+" "+op, func(t *testing.T) {
				inBubble(t, func(t *testing.T) {
					f := newFake()
					m, seen := observed(t, f)
					users := cache.NewCache(m, userSpec())
					f.on(op, broken)
					u, err := users.RememberE(t.Context(), 7, loadUser)
					require.NoError(t, err)
					require.EqualValues(t, 7, u.ID)
					us, err := users.RememberMany(t.Context(), []int64{8}, func(context.Context, []int64) (map[int64]*user, error) {
						return map[int64]*user{8: ada(8)}, nil
					})
					require.NoError(t, err)
					require.Equal(t, map[int64]*user{8: ada(8)}, us)
					v, err := m.RememberEWithContext(t.Context(), "k", 0, func() (any, error) { return "v", nil })
					require.NoError(t, err)
					require.Equal(t, "v", v)
					require.Equal(t, 3, seen.count(event.StoreError))
					require.EqualValues(t, 2, stats(t, m, "UserCache").Errors)
				})
			})
		}
	}
}

// bounded gives a hook the operation timeout that drivers promise.
func bounded(h hook) hook {
	return func(ctx context.Context, key string) error {
		ctx, cancel := context.WithTimeout(ctx, drivers.DefaultTimeout)
		defer cancel()
		return h(ctx, key)
	}
}

func TestStoreThatHasFailedIsLeftAloneByTheLoad(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := newFake()
		m, _ := observed(t, f)
		users := cache.NewCache(m, userSpec())
		f.on("get", failing(errDown))
		_, err := users.RememberE(t.Context(), 7, loadUser)
		require.NoError(t, err)
		_, err = users.RememberMany(t.Context(), []int64{8}, func(context.Context, []int64) (map[int64]*user, error) {
			return map[int64]*user{8: ada(8)}, nil
		})
		require.NoError(t, err)
		require.Zero(t, f.count("put"), "the caller would wait for the store twice")
	})
}

func TestFailedWritesAndInvalidationsAreErrors(t *testing.T) {
	f := newFake()
	m, seen := observed(t, f)
	users := cache.NewCache(m, userSpec())
	for _, op := range []string{"get", "put", "add", "forget", "flush", "increment"} {
		f.on(op, failing(errDown))
	}
	ctx := t.Context()
	calls := map[string]func() error{
		"Put":            func() error { return users.Put(ctx, 7, ada(7)) },
		"PutMany":        func() error { return users.PutMany(ctx, map[int64]*user{7: ada(7)}) },
		"Add":            func() error { _, err := users.Add(ctx, 7, ada(7)); return err },
		"Forget":         func() error { return users.Forget(ctx, 7) },
		"ForgetMany":     func() error { return users.ForgetMany(ctx, []int64{7}) },
		"Get":            func() error { _, _, err := users.Get(ctx, 7); return err },
		"Has":            func() error { _, err := users.Has(ctx, 7); return err },
		"Many":           func() error { _, err := users.Many(ctx, []int64{7}); return err },
		"untyped Put":    func() error { return m.Put("k", 1, 0) },
		"untyped Add":    func() error { _, err := m.Add("k", 1, 0); return err },
		"untyped Forget": func() error { return m.Forget("k") },
		"Flush":          m.Flush,
		"Increment":      func() error { _, err := m.Increment("k", 1); return err },
	}
	for name, call := range calls {
		seen.kinds()
		require.ErrorIs(t, call(), errDown, name)
		require.True(t, seen.has(event.StoreError), name)
	}
	_, ok := m.Get("k")
	require.False(t, ok, "an untyped read has no error")
}

// permanent are configurations that can never work, with what the error has to be.
var permanent = map[string]struct {
	config cache.Config
	is     any
}{
	"unknown driver":    {cache.Config{Stores: map[string]cache.StoreConfig{"default": {Driver: "memroy"}}}, new(*registry.NotFoundError)},
	"not linked driver": {cache.Config{Stores: map[string]cache.StoreConfig{"default": {Driver: "redis"}}}, new(*drivers.NotLinkedError)},
	"no driver":         {cache.Config{Stores: map[string]cache.StoreConfig{"default": {}}}, new(*drivers.ConfigError)},
	"bad field":         {cache.Config{Stores: map[string]cache.StoreConfig{"default": {Driver: "memory", MaxEntries: -1}}}, new(*drivers.ConfigError)},
	"unknown default":   {cache.Config{Default: "main", Stores: map[string]cache.StoreConfig{"default": {Driver: "memory"}}}, new(*registry.NotFoundError)},
	"no default":        {cache.Config{Stores: map[string]cache.StoreConfig{"a": {Driver: "memory"}, "b": {Driver: "memory"}}}, new(*drivers.ConfigError)},
}

func TestStoreThatCannotExistIsAnErrorOfEveryCall(t *testing.T) {
	linked := cache.Drivers().Override("redis", nil) // other tests of this package import it
	t.Cleanup(func() { cache.Drivers().Override("redis", linked) })
	for name, tt := range permanent {
		t.Run(name, func(t *testing.T) {
			m := newManager(t, &tt.config)
			users := cache.NewCache(m, userSpec())
			ctx := t.Context()
			must := func(call string, err error) {
				t.Helper()
				require.Error(t, err, call)
				require.True(t, errors.As(err, tt.is), "%s: %T %v", call, err, err)
			}
			_, err := users.RememberE(ctx, 7, loadUser)
			must("RememberE", err)
			_, err = users.Refresh(ctx, 7, loadUser)
			must("Refresh", err)
			_, err = users.RememberMany(ctx, []int64{7}, func(context.Context, []int64) (map[int64]*user, error) { return nil, nil })
			must("RememberMany", err)
			_, _, err = users.Get(ctx, 7)
			must("Get", err)
			must("Put", users.Put(ctx, 7, ada(7)))
			must("Forget", users.Forget(ctx, 7))
			_, err = m.RememberE("k", 0, func() (any, error) { return 1, nil })
			must("untyped RememberE", err)
			_, err = m.Increment("k", 1)
			must("Increment", err)
			_, err = m.Lock("k", time.Second).Get(ctx)
			must("Lock", err)
			_, err = m.DefaultStore()
			must("DefaultStore", err)
			must("Ready", m.Ready(ctx))
		})
	}
}

func TestUnknownStoreIsAnError(t *testing.T) {
	m := newManager(t, nil)
	_, err := m.Store("defualt")
	require.ErrorContains(t, err, `did you mean "default"?`)
	spec := userSpec()
	spec.Store = "session"
	_, err = cache.NewCache(m, spec).RememberE(t.Context(), 7, loadUser)
	require.ErrorContains(t, err, `no store "session"`)
	require.ErrorContains(t, m.Ready(t.Context()), "UserCache")
}

// opening returns a manager whose store is opened by open, and whose store "other" is in memory.
func opening(t *testing.T, open func(ctx context.Context) (drivers.Driver, error)) *cache.Manager {
	name := register(t, func(ctx context.Context, _ cache.StoreConfig) (drivers.Driver, error) { return open(ctx) })
	return newManager(t, &cache.Config{Default: "default", Stores: map[string]cache.StoreConfig{
		"default": {Driver: name}, "other": {Driver: "memory"},
	}})
}

func TestFailedOpenIsTriedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		attempts := 0
		m := opening(t, func(context.Context) (drivers.Driver, error) {
			if attempts++; attempts < 3 {
				return nil, errDown
			}
			return newFake(), nil
		})
		require.ErrorIs(t, m.Put("k", 1, 0), errDown)
		v, err := m.RememberE("k", 0, func() (any, error) { return 2, nil })
		require.NoError(t, err)
		require.Equal(t, 2, v, "the load does without the store")
		require.NoError(t, m.Put("k", 3, 0))
		require.Equal(t, 3, attempts)
	})
}

func TestFirstCallsOpenOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var attempts atomic.Int64
		m := opening(t, func(context.Context) (drivers.Driver, error) {
			attempts.Add(1)
			time.Sleep(10 * time.Millisecond)
			return newFake(), nil
		})
		crowd(100, func(int) { require.NoError(t, m.PutWithContext(t.Context(), "k", 1, 0)) })
		require.EqualValues(t, 1, attempts.Load())
	})
}

func TestSlowOpenBlocksNoOtherStore(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m := opening(t, func(ctx context.Context) (drivers.Driver, error) { return nil, hang(ctx, "") })
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = m.PutWithContext(ctx, "k", 1, 0) }()
		synctest.Wait()
		start := time.Now()
		other, err := m.Store("other")
		require.NoError(t, err)
		require.NoError(t, other.Put("k", 1, 0))
		require.Zero(t, time.Since(start))
		cancel()
	})
}

func TestStoreIsOpenedUnderItsCallersContext(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m := opening(t, func(ctx context.Context) (drivers.Driver, error) {
			if ctx.Value(traceKey{}) != "abc" {
				return nil, errDown
			}
			return nil, hang(ctx, "")
		})
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), traceKey{}, "abc"), 10*time.Millisecond)
		defer cancel()
		start := time.Now()
		require.ErrorIs(t, m.PutWithContext(ctx, "k", 1, 0), context.DeadlineExceeded)
		require.Equal(t, 10*time.Millisecond, time.Since(start))
	})
}

// TestOpenThatItsCallerGaveUpIsMadeAgain is about a caller that waited for the attempt of another one,
// whose ctx ended.
func TestOpenThatItsCallerGaveUpIsMadeAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var attempts atomic.Int64
		m := opening(t, func(ctx context.Context) (drivers.Driver, error) {
			if attempts.Add(1) == 1 {
				return nil, hang(ctx, "")
			}
			return newFake(), nil
		})
		hasty, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		go func() { _ = m.PutWithContext(hasty, "k", 1, 0) }()
		synctest.Wait()
		require.NoError(t, m.PutWithContext(t.Context(), "k", 1, 0))
		require.EqualValues(t, 2, attempts.Load())
	})
}

func TestFactoryThatIgnoresItsContextIsNotWaitedFor(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m := opening(t, func(context.Context) (drivers.Driver, error) {
			time.Sleep(time.Minute)
			return newFake(), nil
		})
		start := time.Now()
		require.ErrorIs(t, m.Put("k", 1, 0), context.DeadlineExceeded)
		require.Equal(t, drivers.DefaultTimeout, time.Since(start))
	})
}

func TestFactoryThatPanicsIsAnError(t *testing.T) {
	m := opening(t, func(context.Context) (drivers.Driver, error) { panic("no") })
	require.ErrorContains(t, m.Put("k", 1, 0), "panicked: no")
	m = opening(t, func(context.Context) (drivers.Driver, error) { return nil, nil })
	require.ErrorContains(t, m.Put("k", 1, 0), "neither a driver nor an error")
}

// TestHangingStoreLeavesTimeToTheLoader is about callers in a hurry, and stores that hang when they are
// opened or asked: drivers that watch nothing but the end of their ctx.
func TestHangingStoreLeavesTimeToTheLoader(t *testing.T) {
	stores := map[string]func(t *testing.T) *cache.Manager{
		"when opened": func(t *testing.T) *cache.Manager {
			return opening(t, func(ctx context.Context) (drivers.Driver, error) { return nil, hang(ctx, "") })
		},
		"when asked": func(t *testing.T) *cache.Manager {
			m, f := newFakeManager(t)
			f.on("get", hang)
			return m
		},
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				users := cache.NewCache(open(t), userSpec())
				find, _ := slowly()
				hurry := func() context.Context {
					ctx, cancel := context.WithTimeout(t.Context(), 4*loadTime)
					t.Cleanup(cancel)
					return ctx
				}
				u, err := users.RememberE(hurry(), 7, find)
				require.NoError(t, err)
				require.Equal(t, ada(7), u)
				us, err := users.RememberMany(hurry(), []int64{7}, func(ctx context.Context, _ []int64) (map[int64]*user, error) {
					u, err := find(ctx, 7)
					return map[int64]*user{7: u}, err
				})
				require.NoError(t, err)
				require.Len(t, us, 1)
			})
		})
	}
}
