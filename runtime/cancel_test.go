package cache_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/event"
)

// untilDone is a loader that runs until its ctx ends.
func untilDone(ctx context.Context, _ int64) (*user, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestStarterThatLeavesFailsNobody(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		find, loads := slowly()
		starting, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		go func() {
			_, err := users.RememberE(starting, 7, find)
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}()
		synctest.Wait()
		crowd(100, func(int) {
			u, err := users.RememberE(t.Context(), 7, find)
			require.NoError(t, err)
			require.Equal(t, ada(7), u)
		})
		require.EqualValues(t, 1, loads.Load())
	})
}

// TestLoadThatFailsByItsStarterIsRunByAnother is about loaders that use the ctx of their own caller.
func TestLoadThatFailsByItsStarterIsRunByAnother(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		var loads atomic.Int64
		captured := func(ctx context.Context) func(context.Context, int64) (*user, error) {
			return func(_ context.Context, id int64) (*user, error) {
				loads.Add(1)
				select {
				case <-ctx.Done():
					return nil, ctx.Err()
				case <-time.After(loadTime):
					return ada(id), nil
				}
			}
		}
		starting, cancel := context.WithCancel(t.Context())
		go func() { _, _ = users.RememberE(starting, 7, captured(starting)) }()
		synctest.Wait()
		time.AfterFunc(10*time.Millisecond, cancel)
		crowd(100, func(int) {
			u, err := users.RememberE(t.Context(), 7, captured(t.Context()))
			require.NoError(t, err)
			require.Equal(t, ada(7), u)
		})
		require.LessOrEqual(t, loads.Load(), int64(2))
	})
}

func TestFollowerObeysItsOwnDeadline(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		find, loads := slowly()
		go func() { _, _ = users.RememberE(t.Context(), 7, find) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := users.RememberE(ctx, 7, find)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 10*time.Millisecond, time.Since(start))

		u, err := users.RememberE(t.Context(), 7, find)
		require.NoError(t, err, "the load goes on")
		require.Equal(t, ada(7), u)
		require.EqualValues(t, 1, loads.Load())
	})
}

func TestLoadIsCancelledWhenAllHaveLeft(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		var ended atomic.Bool
		find := func(ctx context.Context, id int64) (*user, error) {
			defer ended.Store(true)
			return untilDone(ctx, id)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				_, err := users.RememberE(ctx, 7, find)
				require.ErrorIs(t, err, context.Canceled)
			})
		}
		synctest.Wait()
		require.False(t, ended.Load())
		cancel()
		wg.Wait()
		synctest.Wait()
		require.True(t, ended.Load())

		u, err := users.RememberE(t.Context(), 7, loadUser)
		require.NoError(t, err, "the key is free")
		require.EqualValues(t, 7, u.ID)
	})
}

func TestCancelledCallerIsServedByAHit(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var seen recorder
		m := newManager(t, &cache.Config{OnEvent: seen.record})
		users := cache.NewCache(m, userSpec())
		require.NoError(t, users.Put(t.Context(), 7, ada(7)))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		u, err := users.RememberE(ctx, 7, loadUser)
		require.NoError(t, err)
		require.Equal(t, ada(7), u)
		v, err := m.RememberEWithContext(ctx, "user:7", 0, func() (any, error) { return nil, errors.New("loaded") })
		require.NoError(t, err)
		require.Equal(t, ada(7), v)
		require.Zero(t, seen.count(event.StoreError))
	})
}

func TestCallerWhoseContextHasEndedStartsNoLoad(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	expired, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	for _, ctx := range []context.Context{cancelled, expired} {
		eachStore(t, func(t *testing.T, m *cache.Manager) {
			require.NoError(t, m.Ready(t.Context()))
			users := cache.NewCache(m, userSpec())
			find, loads := slowly()
			_, err := users.RememberE(ctx, 7, find)
			require.Equal(t, ctx.Err(), err)
			_, err = users.Refresh(ctx, 7, find)
			require.Equal(t, ctx.Err(), err)
			_, err = users.RememberMany(ctx, []int64{7}, func(context.Context, []int64) (map[int64]*user, error) {
				loads.Add(1)
				return nil, nil
			})
			require.Equal(t, ctx.Err(), err)
			_, _, err = users.Get(ctx, 7)
			require.ErrorIs(t, err, ctx.Err())
			synctest.Wait()
			require.Zero(t, loads.Load())
		})
	}
}

type traceKey struct{}

func TestLoaderSeesTheValuesOfItsStarter(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), traceKey{}, "abc"), time.Hour)
		defer cancel()
		_, err := users.RememberE(ctx, 7, func(ctx context.Context, id int64) (*user, error) {
			require.Equal(t, "abc", ctx.Value(traceKey{}))
			_, limited := ctx.Deadline()
			require.False(t, limited, "a caller's deadline is its own")
			return ada(id), nil
		})
		require.NoError(t, err)
	})
}

func TestTimeoutCancelsTheLoad(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		spec := userSpec()
		spec.Timeout = 20 * time.Millisecond
		users := cache.NewCache(m, spec)
		start := time.Now()
		crowd(10, func(int) {
			_, err := users.RememberE(t.Context(), 7, untilDone)
			require.ErrorIs(t, err, context.DeadlineExceeded)
		})
		require.Equal(t, spec.Timeout, time.Since(start))
	})
}

// TestLoaderThatIgnoresItsContextIsAbandoned holds for a timeout and for callers that leave.
func TestLoaderThatIgnoresItsContextIsAbandoned(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		spec := userSpec()
		spec.Timeout = 20 * time.Millisecond
		users := cache.NewCache(m, spec)
		deaf := func(_ context.Context, id int64) (*user, error) {
			time.Sleep(time.Second)
			return &user{ID: id, Name: "late"}, nil
		}
		start := time.Now()
		_, err := users.RememberE(t.Context(), 7, deaf)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "timeout of 20ms")
		require.Equal(t, spec.Timeout, time.Since(start))

		_, err = users.RememberE(t.Context(), 8, deaf)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		u, err := users.RememberE(t.Context(), 7, loadUser)
		require.NoError(t, err, "the key is free")
		require.Equal(t, "user 7", u.Name)

		time.Sleep(2 * time.Second) // by now the late values have come
		u, ok, err := users.Get(t.Context(), 7)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "user 7", u.Name)
		_, ok, err = users.Get(t.Context(), 8)
		require.NoError(t, err)
		require.False(t, ok)
	})
}

// TestLateValueOfACancelledLoadIsNotStored is about a caller that left a loader which ignores its ctx.
func TestLateValueOfACancelledLoadIsNotStored(t *testing.T) {
	eachStore(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		find, loads := slowly()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		_, err := users.RememberE(ctx, 7, find)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(2 * loadTime)
		_, ok, err := users.Get(t.Context(), 7)
		require.NoError(t, err)
		require.False(t, ok)
		require.EqualValues(t, 1, loads.Load())
	})
}
