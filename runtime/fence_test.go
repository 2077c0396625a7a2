package cache_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/event"
)

// invalidations are the calls after which no load that began before may store its value. Each finds
// key user:7, and leaves it with the value of that name; "" is none.
var invalidations = map[string]struct {
	call func(ctx context.Context, m *cache.Manager, users *cache.Cache[int64, *user]) error
	left string
}{
	"Forget": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
		return users.Forget(ctx, 7)
	}, ""},
	"ForgetMany": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
		return users.ForgetMany(ctx, []int64{1, 7, 9})
	}, ""},
	"untyped Forget": {func(ctx context.Context, m *cache.Manager, _ *cache.Cache[int64, *user]) error {
		return m.ForgetWithContext(ctx, "user:7")
	}, ""},
	"Flush": {func(ctx context.Context, m *cache.Manager, _ *cache.Cache[int64, *user]) error {
		return m.FlushWithContext(ctx)
	}, ""},
	"Put": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
		return users.Put(ctx, 7, named("new"))
	}, "new"},
	"Add": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
		_, err := users.Add(ctx, 7, named("new"))
		return err
	}, "new"},
	"PutMany": {func(ctx context.Context, _ *cache.Manager, users *cache.Cache[int64, *user]) error {
		return users.PutMany(ctx, map[int64]*user{7: named("new")})
	}, "new"},
	"Increment": {func(ctx context.Context, m *cache.Manager, _ *cache.Cache[int64, *user]) error {
		_, err := m.IncrementWithContext(ctx, "user:7", 1)
		return err
	}, "1"},
}

func named(name string) *user { return &user{ID: 7, Name: name} }

// stored returns the name of the user under user:7, or the digits of a counter there, or "".
func stored(t *testing.T, m *cache.Manager) string {
	v, _ := m.GetWithContext(t.Context(), "user:7")
	switch v := v.(type) {
	case *user:
		return v.Name
	case int64:
		return string(rune('0' + v))
	}
	return ""
}

// heldLoad starts a load of user 7 that has read "old" and has not returned yet. finish lets it return,
// and gives what its caller got.
func heldLoad(t *testing.T, users *cache.Cache[int64, *user]) (finish func() *user) {
	release, got := make(chan struct{}), make(chan *user, 1)
	go func() {
		u, err := users.RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) {
			old := named("old")
			<-release
			return old, nil
		})
		require.NoError(t, err)
		got <- u
	}()
	synctest.Wait()
	return func() *user {
		close(release)
		u := <-got
		synctest.Wait()
		return u
	}
}

func TestLoadFromBeforeAnInvalidationIsNotStored(t *testing.T) {
	for name, invalidation := range invalidations {
		t.Run(name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, m *cache.Manager) {
				users := cache.NewCache(m, userSpec())
				finish := heldLoad(t, users)
				require.NoError(t, invalidation.call(t.Context(), m, users))
				require.Equal(t, "old", finish().Name, "its own caller gets the value")
				require.Equal(t, invalidation.left, stored(t, m))
				require.EqualValues(t, 1, refusedFills(t, m, "UserCache"))
			})
		})
	}
}

func TestReadAfterForgetJoinsNoOlderLoad(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		finish := heldLoad(t, users)
		require.NoError(t, users.Forget(t.Context(), 7))
		u, err := users.RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) { return named("new"), nil })
		require.NoError(t, err)
		require.Equal(t, "new", u.Name)
		finish()
		require.Equal(t, "new", stored(t, m))
	})
}

// TestReadDuringAForgetJoinsNoOlderLoad is more than was promised, and spares the reader an old value.
func TestReadDuringAForgetJoinsNoOlderLoad(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m, f := newFakeManager(t)
		users := cache.NewCache(m, userSpec())
		finish := heldLoad(t, users)
		deleting := newGate()
		f.on("forget", deleting.pass)
		forgotten := make(chan error, 1)
		go func() { forgotten <- users.Forget(t.Context(), 7) }()
		<-deleting.reached
		u, err := users.RememberE(t.Context(), 7, loadUser)
		require.NoError(t, err)
		require.Equal(t, "user 7", u.Name)
		close(deleting.opened)
		require.NoError(t, <-forgotten)
		finish()
	})
}

// TestLoadFromDuringAForgetIsNotStored is about a load that begins, and may read the database, before
// the Forget has returned.
func TestLoadFromDuringAForgetIsNotStored(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m, f := newFakeManager(t)
		users := cache.NewCache(m, userSpec())
		deleting := newGate()
		f.on("forget", deleting.pass)
		forgotten := make(chan error, 1)
		go func() { forgotten <- users.Forget(t.Context(), 7) }()
		<-deleting.reached
		finish := heldLoad(t, users)
		close(deleting.opened)
		require.NoError(t, <-forgotten)
		finish()
		require.Empty(t, stored(t, m))
	})
}

// TestForgetWaitsForAFillOnTheWire holds for a driver whose write is slow, and for two invalidations at
// once.
func TestForgetWaitsForAFillOnTheWire(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m, f := newFakeManager(t)
		users := cache.NewCache(m, userSpec())
		writing := newGate()
		f.on("put", writing.pass)
		go func() { _, _ = users.RememberE(t.Context(), 7, loadUser) }()
		<-writing.reached
		forgotten := make(chan error, 2)
		for range 2 {
			go func() { forgotten <- users.Forget(t.Context(), 7) }()
		}
		synctest.Wait()
		require.Empty(t, forgotten)
		require.Zero(t, f.count("forget"))
		close(writing.opened)
		require.NoError(t, <-forgotten)
		require.NoError(t, <-forgotten)
		require.Empty(t, stored(t, m))
	})
}

func TestForgetThatWaitsObeysItsContext(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m, f := newFakeManager(t)
		users := cache.NewCache(m, userSpec())
		f.on("put", hang)
		go func() { _, _ = users.RememberE(t.Context(), 7, loadUser) }()
		synctest.Wait()
		for name, call := range map[string]func(context.Context) error{
			"forget": func(ctx context.Context) error { return users.Forget(ctx, 7) },
			"flush":  m.FlushWithContext,
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			start := time.Now()
			require.ErrorIs(t, call(ctx), context.DeadlineExceeded, name)
			require.Equal(t, 10*time.Millisecond, time.Since(start), name)
			cancel()
		}
		require.Zero(t, f.count("forget"))
	})
}

// TestOverlappingForgetsKeepTheFence is about a fill that one Forget waits for while another one comes
// and goes.
func TestOverlappingForgetsKeepTheFence(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m, f := newFakeManager(t)
		users := cache.NewCache(m, userSpec())
		deleting := newGate()
		f.on("forget", deleting.pass)
		forgotten := make(chan error, 2)
		go func() { forgotten <- users.Forget(t.Context(), 7) }()
		<-deleting.reached
		finish := heldLoad(t, users)
		f.on("forget", nil)
		go func() { forgotten <- users.Forget(t.Context(), 7) }()
		require.NoError(t, <-forgotten, "the second one")
		finish()
		require.Empty(t, stored(t, m), "the first Forget is still under way")
		close(deleting.opened)
		require.NoError(t, <-forgotten)
		require.Empty(t, stored(t, m))
	})
}

// TestWriteOvertakesALateFill is about a fill that failed by its timeout and takes effect all the same,
// with the next command that the backend executes.
func TestWriteOvertakesALateFill(t *testing.T) {
	for _, name := range []string{"Forget", "ForgetMany", "Flush", "Put", "PutMany"} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				m, f := newFakeManager(t)
				users := cache.NewCache(m, userSpec())
				f.then("put", func(ctx context.Context, key string) error {
					late := f.raw(key)
					f.mu.Lock()
					delete(f.values, key)
					f.mu.Unlock()
					landing(f, key, late)
					return hang(ctx, key)
				})
				_, err := users.RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) { return named("old"), nil })
				require.NoError(t, err)
				require.NoError(t, invalidations[name].call(t.Context(), m, users))
				require.Equal(t, invalidations[name].left, stored(t, m))
			})
		})
	}
}

// landing makes the next operation of f, whichever it is, put value under key when it has taken effect.
func landing(f *fake, key string, value []byte) {
	ops := []string{"get", "put", "forget", "flush"}
	land := func(context.Context, string) error {
		for _, op := range ops {
			f.then(op, nil)
		}
		f.set(key, value)
		return nil
	}
	for _, op := range ops {
		f.then(op, land)
	}
}

func TestRememberManyIsFencedForEachKey(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		release, got := make(chan struct{}), make(chan map[int64]*user, 1)
		go func() {
			us, err := users.RememberMany(t.Context(), []int64{6, 7}, func(context.Context, []int64) (map[int64]*user, error) {
				<-release
				return map[int64]*user{6: ada(6), 7: ada(7)}, nil
			})
			require.NoError(t, err)
			got <- us
		}()
		synctest.Wait()
		require.NoError(t, users.Forget(t.Context(), 7))
		close(release)
		require.Equal(t, map[int64]*user{6: ada(6), 7: ada(7)}, <-got)
		us, err := users.Many(t.Context(), []int64{6, 7})
		require.NoError(t, err)
		require.Equal(t, map[int64]*user{6: ada(6)}, us)
		require.EqualValues(t, 1, refusedFills(t, m, "UserCache"))
	})
}

func TestLoaderMayInvalidateItsOwnKey(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		u, err := users.RememberE(t.Context(), 7, func(ctx context.Context, id int64) (*user, error) {
			return ada(id), users.Forget(ctx, id)
		})
		require.NoError(t, err)
		require.Equal(t, ada(7), u)
		require.Empty(t, stored(t, m))
	})
}

// TestListenerMayInvalidateTheKeyItHearsOf holds for single and for batch loads.
func TestListenerMayInvalidateTheKeyItHearsOf(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var users *cache.Cache[int64, *user]
		c := &cache.Config{OnEvent: func(e cache.Event) {
			if e.Kind == event.Write && e.Op == "fill" {
				require.NoError(t, users.ForgetMany(t.Context(), []int64{6, 7}))
			}
		}}
		users = cache.NewCache(newManager(t, c), userSpec())
		_, err := users.RememberE(t.Context(), 7, loadUser)
		require.NoError(t, err)
		_, err = users.RememberMany(t.Context(), []int64{6, 7}, func(context.Context, []int64) (map[int64]*user, error) {
			return map[int64]*user{6: ada(6), 7: ada(7)}, nil
		})
		require.NoError(t, err)
		us, err := users.Many(t.Context(), []int64{6, 7})
		require.NoError(t, err)
		require.Empty(t, us)
	})
}
