package cache_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/msgp"
)

const loadTime = 50 * time.Millisecond

// slowly returns a loader that takes loadTime, and the count of its runs.
func slowly() (find func(context.Context, int64) (*user, error), loads *atomic.Int64) {
	loads = new(atomic.Int64)
	return func(ctx context.Context, id int64) (*user, error) {
		loads.Add(1)
		time.Sleep(loadTime)
		return ada(id), nil
	}, loads
}

func ada(id int64) *user { return &user{ID: id, Name: "Ada", Roles: []string{"admin"}} }

// crowd calls f on n goroutines at once and returns when all have returned.
func crowd(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func TestColdKeyIsLoadedOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		find, loads := slowly()
		start := time.Now()
		crowd(500, func(int) {
			u, err := users.RememberE(t.Context(), 7, find)
			require.NoError(t, err)
			require.Equal(t, ada(7), u)
		})
		require.EqualValues(t, 1, loads.Load())
		require.Less(t, time.Since(start), 2*loadTime)
	})
}

func TestStaggeredCallersShareOneLoad(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		for round := range int64(200) {
			find, loads := slowly()
			crowd(20, func(i int) {
				time.Sleep(time.Duration(i) * loadTime / 10) // some come after it has landed
				_, err := users.RememberE(t.Context(), round, find)
				require.NoError(t, err)
			})
			require.EqualValues(t, 1, loads.Load(), "round %d", round)
		}
	})
}

func TestUntypedAndTypedCallersShareOneLoad(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		find, loads := slowly()
		untyped := func() (any, error) { return find(t.Context(), 7) }
		crowd(20, func(i int) {
			var got any
			var err error
			if i%2 == 0 {
				got, err = users.RememberE(t.Context(), 7, find)
			} else {
				got, err = m.RememberEWithContext(t.Context(), "user:7", time.Minute, untyped)
			}
			require.NoError(t, err)
			require.Equal(t, ada(7), got)
		})
		require.EqualValues(t, 1, loads.Load())
	})
}

// TestLookDuringAFillLoadsNothing is about a caller that finds nothing while a fill is on its way to the
// store, and wants a load when that flight has gone.
func TestLookDuringAFillLoadsNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m, f := newFakeManager(t)
		users := cache.NewCache(m, userSpec())
		find, loads := slowly()
		filling, looked := newGate(), newGate()
		f.on("put", filling.pass)
		go func() { _, _ = users.RememberE(t.Context(), 7, find) }()
		<-filling.reached

		f.then("get", looked.pass)
		go func() {
			u, err := users.RememberE(t.Context(), 7, find)
			require.NoError(t, err)
			require.Equal(t, ada(7), u)
		}()
		<-looked.reached
		close(filling.opened)
		synctest.Wait()
		f.then("get", nil)
		close(looked.opened)
		synctest.Wait()
		require.EqualValues(t, 1, loads.Load())
	})
}

func TestJoinersAreReleasedBeforeTheWrite(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m, f := newFakeManager(t)
		users := cache.NewCache(m, userSpec())
		find, loads := slowly()
		filling := newGate()
		f.on("put", filling.pass)
		var starter, joiners atomic.Int64
		call := func(returned *atomic.Int64) {
			_, err := users.RememberE(t.Context(), 7, find)
			require.NoError(t, err)
			returned.Add(1)
		}
		go call(&starter)
		synctest.Wait()
		for range 10 {
			go call(&joiners)
		}
		<-filling.reached
		synctest.Wait()
		require.EqualValues(t, 10, joiners.Load())
		require.Zero(t, starter.Load(), "the starter returns after the write")

		go call(&joiners) // the flight can be joined until its value is stored
		synctest.Wait()
		require.EqualValues(t, 11, joiners.Load())
		require.EqualValues(t, 1, loads.Load())

		close(filling.opened)
		synctest.Wait()
		require.EqualValues(t, 1, starter.Load())
	})
}

func TestEachCallerOwnsItsCopy(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		find, _ := slowly()
		crowd(50, func(i int) {
			u, err := users.RememberE(t.Context(), 7, find)
			require.NoError(t, err)
			require.Equal(t, ada(7), u)
			u.Name, u.Roles[0] = fmt.Sprint(i), "changed" // the race detector watches
		})
		u, ok, err := users.Get(t.Context(), 7)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, ada(7), u)
	})
}

// bag has a generated copy, so that it is kept live in memory.
type bag struct{ Items []string }

var _ = cache.Register(cache.Codec[*bag]{
	Append: func(b []byte, v *bag) []byte { panic("bags are not encoded in memory") },
	Read:   func(*msgp.Reader) *bag { return nil },
	Clone:  func(v *bag) *bag { return &bag{slices.Clone(v.Items)} },
})

func TestEachCallerOwnsItsCopyOfALiveValue(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m := newManager(t, nil)
		bags := cache.NewCache(m, cache.Spec[int64, *bag]{Name: "Bags", AppendKey: userSpec().AppendKey})
		for range 2 { // a load, then hits
			crowd(50, func(int) {
				b, err := bags.RememberE(t.Context(), 7, func(context.Context, int64) (*bag, error) {
					time.Sleep(loadTime)
					return &bag{[]string{"a"}}, nil
				})
				require.NoError(t, err)
				require.Equal(t, []string{"a"}, b.Items)
				b.Items[0] = "changed" // the race detector watches
			})
		}
		v, _ := m.Get("user:7")
		require.Equal(t, &bag{[]string{"a"}}, v)
	})
}

func TestSharedValueIsOnePointer(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		spec := userSpec()
		spec.Share = true
		users := cache.NewCache(newManager(t, nil), spec)
		find, _ := slowly()
		first, err := users.RememberE(t.Context(), 7, find)
		require.NoError(t, err)
		crowd(20, func(int) {
			u, err := users.RememberE(t.Context(), 7, find)
			require.NoError(t, err)
			require.Same(t, first, u)
		})
	})
}

func TestJoinersShareThePointerToo(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		spec := userSpec()
		spec.Share = true
		users := cache.NewCache(newManager(t, nil), spec)
		find, _ := slowly()
		got := make([]*user, 20)
		crowd(len(got), func(i int) { got[i], _ = users.RememberE(t.Context(), 7, find) })
		for _, u := range got {
			require.Same(t, got[0], u)
		}
	})
}

// TestJoinerThatCannotReadTheValueLoadsItsOwn is about callers of one key that disagree on the version
// of its values.
func TestJoinerThatCannotReadTheValueLoadsItsOwn(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		first := cache.NewCache(m, userSpec())
		spec := userSpec()
		spec.Name, spec.Version = "Versioned", "2"
		second := cache.NewCache(m, spec)
		find, loads := slowly()
		go func() { _, _ = first.RememberE(t.Context(), 7, find) }()
		synctest.Wait()
		u, err := second.RememberE(t.Context(), 7, find)
		require.NoError(t, err)
		require.Equal(t, ada(7), u)
		require.EqualValues(t, 2, loads.Load())
	})
}

func TestValueThatCannotBeStoredIsReturnedToAll(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var seen recorder
		m := newManager(t, &cache.Config{OnEvent: seen.record})
		bad := func() (any, error) {
			time.Sleep(loadTime)
			return map[string]any{"c": make(chan int)}, nil
		}
		crowd(3, func(int) {
			v, err := m.RememberEWithContext(t.Context(), "k", 0, bad)
			require.NoError(t, err)
			require.Len(t, v, 1)
		})
		require.False(t, m.Has("k"))
		require.Positive(t, seen.count(event.StoreError))
	})
}

// TestFailedLoadIsNotJoined is about a caller that asks again the moment it has the error of a load that
// it joined, while that load is still being reported.
func TestFailedLoadIsNotJoined(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		reporting := newGate()
		users := cache.NewCache(newManager(t, &cache.Config{OnEvent: func(e cache.Event) {
			if e.Kind == event.Panic {
				_ = reporting.pass(t.Context(), "")
			}
		}}), userSpec())
		hasty, cancel := context.WithTimeout(t.Context(), loadTime/2)
		defer cancel()
		go func() { _, _ = users.RememberE(hasty, 7, explode) }()
		synctest.Wait()
		_, err := users.RememberE(t.Context(), 7, loadUser)
		require.ErrorIs(t, err, errBroken)
		u, err := users.RememberE(t.Context(), 7, loadUser)
		require.NoError(t, err)
		require.EqualValues(t, 7, u.ID)
		<-reporting.reached
		close(reporting.opened)
	})
}
