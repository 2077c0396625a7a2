package cache_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
)

// asked counts the questions for locks, and hides that the driver beneath can tell when one is free.
type asked struct {
	drivers.Driver
	drivers.Locker
	times atomic.Int64
}

func (a *asked) Lock(ctx context.Context, name, owner string, ttl time.Duration) (drivers.Grant, error) {
	a.times.Add(1)
	return a.Locker.Lock(ctx, name, owner, ttl)
}

// watched is asked with its driver's ability to tell.
type watched struct {
	*asked
	drivers.Watcher
}

// lockStores runs a test on a store whose driver tells when a lock is free, and on one that does not.
func lockStores(t *testing.T, test func(t *testing.T, s *cache.Store, d *asked)) {
	for _, tells := range []bool{true, false} {
		t.Run(map[bool]string{true: "watched", false: "asked"}[tells], func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				m, err := memory.Open(t.Context(), memory.Options{})
				require.NoError(t, err)
				d := &asked{Driver: m, Locker: m}
				var driver drivers.Driver = d
				if tells {
					driver = watched{d, m}
				}
				s := cache.NewStore(driver, cache.StoreConfig{})
				defer func() { require.NoError(t, s.Close(context.Background())) }()
				test(t, s, d)
			})
		})
	}
}

func nothing(context.Context) error { return nil }

func TestBlockWaitsForTheLock(t *testing.T) {
	lockStores(t, func(t *testing.T, s *cache.Store, d *asked) {
		first := s.Lock("job", time.Hour)
		require.True(t, take(t, first))
		start := time.Now()
		time.AfterFunc(10*time.Second, func() { require.NoError(t, first.Release(t.Context())) })
		require.NoError(t, s.Lock("job", time.Minute).Block(t.Context(), time.Minute, func(ctx context.Context) error {
			require.False(t, take(t, s.Lock("job", time.Minute)))
			return nil
		}))
		require.Less(t, time.Since(start), 10*time.Second+200*time.Millisecond)
		require.Less(t, d.times.Load(), int64(10*20), "at most 20 questions a second")
		require.True(t, take(t, s.Lock("job", time.Minute)), "it was released")
	})
}

// TestBlockIsToldAtOnce: a lock that is given back in the same process, whether the driver tells or not.
func TestBlockIsToldAtOnce(t *testing.T) {
	for _, end := range []func(cache.Lock, context.Context) error{cache.Lock.Release, cache.Lock.ForceRelease} {
		lockStores(t, func(t *testing.T, s *cache.Store, _ *asked) {
			first := s.Lock("job", time.Hour)
			require.True(t, take(t, first))
			start := time.Now()
			time.AfterFunc(10*time.Second, func() { require.NoError(t, end(first, t.Context())) })
			require.NoError(t, s.Lock("job", time.Minute).Block(t.Context(), time.Minute, nothing))
			require.Equal(t, 10*time.Second, time.Since(start))
		})
	}
}

func TestBlockGivesUp(t *testing.T) {
	lockStores(t, func(t *testing.T, s *cache.Store, _ *asked) {
		require.True(t, take(t, s.Lock("job", time.Hour)))
		never := func(context.Context) error { t.Error("it ran"); return nil }
		start := time.Now()
		err := s.Lock("job", time.Minute).Block(t.Context(), 3*time.Second, never)
		require.ErrorIs(t, err, cache.ErrLocked)
		require.Equal(t, 3*time.Second, time.Since(start))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		crowd(5, func(int) { // one of them asks, the others wait for it
			err := s.Lock("job", time.Minute).Block(ctx, time.Hour, never)
			require.ErrorIs(t, err, context.DeadlineExceeded)
		})
		require.Equal(t, 4*time.Second, time.Since(start))
		require.ErrorIs(t, s.Lock("job", time.Minute).Block(t.Context(), 0, never), cache.ErrLocked)
		require.ErrorIs(t, s.Lock("job", -1).Block(t.Context(), time.Hour, never), drivers.ErrTTL)
	})
}

func TestBlockTakesALockThatEndsByItself(t *testing.T) {
	lockStores(t, func(t *testing.T, s *cache.Store, _ *asked) {
		require.True(t, take(t, s.Lock("job", 50*time.Millisecond)))
		start := time.Now()
		require.NoError(t, s.Lock("job", time.Minute).Block(t.Context(), time.Minute, nothing))
		require.LessOrEqual(t, time.Since(start), 51*time.Millisecond)
	})
}

func TestWaitersOfAProcessAskInTurn(t *testing.T) {
	lockStores(t, func(t *testing.T, s *cache.Store, d *asked) {
		const waiters = 100
		first := s.Lock("job", time.Hour)
		require.True(t, take(t, first))
		var mu sync.Mutex
		var order []int
		var all sync.WaitGroup
		for i := range waiters {
			all.Go(func() {
				require.NoError(t, s.Lock("job", time.Hour).Block(t.Context(), time.Hour, func(context.Context) error {
					mu.Lock()
					defer mu.Unlock()
					order = append(order, i)
					return nil
				}))
			})
			synctest.Wait() // each is in line before the next comes
		}
		before := d.times.Load()
		require.LessOrEqual(t, before, int64(4), "the first alone asks")
		require.NoError(t, first.Release(t.Context()))
		all.Wait()
		require.IsIncreasing(t, order)
		require.Len(t, order, waiters)
		require.Less(t, d.times.Load()-before, int64(3*waiters+10))
	})
}

func TestCloseEndsWaitingForLocks(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		m, err := memory.Open(t.Context(), memory.Options{})
		require.NoError(t, err)
		s := cache.NewStore(m, cache.StoreConfig{})
		require.True(t, take(t, s.Lock("job", time.Hour)))
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				err := s.Lock("job", time.Hour).Block(t.Context(), time.Hour, nothing)
				require.ErrorIs(t, err, cache.ErrClosed)
			})
		}
		synctest.Wait()
		require.NoError(t, s.Close(t.Context()))
		all.Wait()
	})
}

func TestExtendMovesTheEnd(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		start := time.Now()
		l := m.Lock("job", time.Minute)
		err := l.Run(t.Context(), func(ctx context.Context) error {
			child, cancel := context.WithCancel(ctx)
			defer cancel()
			time.Sleep(30 * time.Second)
			require.NoError(t, l.Extend(child, 10*time.Minute))
			require.NoError(t, ctx.Err())
			<-ctx.Done()
			require.ErrorIs(t, context.Cause(ctx), cache.ErrLockLost)
			require.False(t, take(t, m.Lock("job", time.Minute)), "the lock is still held")
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, 30*time.Second+9*time.Minute, time.Since(start))

		require.ErrorIs(t, l.Extend(t.Context(), time.Minute), cache.ErrLockLost)
		require.True(t, take(t, l))
		require.ErrorIs(t, m.Lock("job", time.Minute).Extend(t.Context(), time.Minute), cache.ErrLockLost)
		require.ErrorIs(t, l.Extend(t.Context(), 0), drivers.ErrTTL)
		require.NoError(t, m.RestoreLock("job", l.Owner()).Extend(t.Context(), time.Hour))
		time.Sleep(59 * time.Minute)
		require.False(t, take(t, m.Lock("job", time.Minute)))
	})
}

// guarded is data whose keeper refuses what comes from an owner of the past.
type guarded struct {
	fence int64
	value string
}

func (g *guarded) write(fence int64, value string) bool {
	if fence < g.fence {
		return false
	}
	g.fence, g.value = fence, value
	return true
}

func TestFenceKeepsOutAPausedHolder(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		var data guarded
		err := m.Lock("job", time.Minute).Run(t.Context(), func(ctx context.Context) error {
			slow, err := m.Lock("job", time.Minute).Fence(ctx)
			require.ErrorIs(t, err, cache.ErrLockLost, "another owner of the same lock: %d", slow)
			return nil
		})
		require.NoError(t, err)
		l := m.Lock("job", time.Minute)
		err = l.Run(t.Context(), func(ctx context.Context) error {
			paused, err := l.Fence(ctx)
			require.NoError(t, err)
			time.Sleep(2 * time.Minute) // it knows nothing of its pause
			next := m.Lock("job", time.Minute)
			require.True(t, take(t, next))
			fence, err := m.RestoreLock("job", next.Owner()).Fence(t.Context())
			require.NoError(t, err)
			require.Greater(t, fence, paused)
			require.True(t, data.write(fence, "new"))
			require.False(t, data.write(paused, "old"))
			return nil
		})
		require.ErrorIs(t, err, cache.ErrLockLost)
		require.Equal(t, "new", data.value)
		_, err = l.Fence(t.Context())
		require.ErrorIs(t, err, cache.ErrLockLost)
	})
}
