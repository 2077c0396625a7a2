package cache_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
)

// locksIn runs a test of locks in a bubble.
func locksIn(t *testing.T, test func(t *testing.T, m *cache.Manager)) {
	inBubble(t, func(t *testing.T) { test(t, newManager(t, nil)) })
}

func take(t *testing.T, l cache.Lock) bool {
	t.Helper()
	got, err := l.Get(t.Context())
	require.NoError(t, err)
	return got
}

func TestLockHasOneOwnerAtATime(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		first, second := m.Lock("job", time.Minute), m.Lock("job", time.Minute)
		require.NotEqual(t, first.Owner(), second.Owner())
		require.True(t, take(t, first))
		require.False(t, take(t, second))
		require.False(t, take(t, first), "nor does its owner get it twice")
		require.ErrorIs(t, second.Release(t.Context()), cache.ErrLockLost)
		require.NoError(t, first.Release(t.Context()))
		require.True(t, take(t, second))
		require.ErrorIs(t, first.Release(t.Context()), cache.ErrLockLost)
	})
}

func TestLockEndsByItself(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		first, second := m.Lock("job", time.Minute), m.Lock("job", time.Minute)
		require.True(t, take(t, first))
		time.Sleep(time.Minute - 1)
		require.False(t, take(t, second))
		time.Sleep(time.Nanosecond)
		require.True(t, take(t, second))
		require.ErrorIs(t, first.Release(t.Context()), cache.ErrLockLost)
		require.False(t, take(t, first), "a late release changes nothing")
	})
}

func TestLockIsRestoredByItsOwner(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		l := m.Lock("job", time.Minute)
		require.True(t, take(t, l))
		require.ErrorIs(t, m.RestoreLock("job", "somebody").Release(t.Context()), cache.ErrLockLost)
		restored := m.RestoreLock("job", l.Owner())
		require.Equal(t, l.Owner(), restored.Owner())
		require.NoError(t, restored.Release(t.Context()))
		require.True(t, take(t, m.Lock("job", time.Minute)))
		_, err := restored.Get(t.Context())
		require.ErrorIs(t, err, drivers.ErrTTL)
	})
}

func TestForceReleaseEndsAnyLock(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		require.True(t, take(t, m.Lock("job", time.Minute)))
		require.NoError(t, m.Lock("job", time.Minute).ForceRelease(t.Context()))
		require.True(t, take(t, m.Lock("job", time.Minute)))
	})
}

func TestRunHoldsTheLock(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		ran := false
		err := m.Lock("job", time.Minute).Run(t.Context(), func(ctx context.Context) error {
			ran = true
			require.False(t, take(t, m.Lock("job", time.Minute)))
			require.ErrorIs(t, m.Lock("job", time.Minute).Run(ctx, func(context.Context) error {
				t.Error("it ran twice")
				return nil
			}), cache.ErrLocked)
			return errBroken
		})
		require.ErrorIs(t, err, errBroken)
		require.True(t, ran)
		require.True(t, take(t, m.Lock("job", time.Minute)))
	})
}

func TestContextOfRunEndsBeforeTheLock(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		err := m.Lock("job", time.Minute).Run(t.Context(), func(ctx context.Context) error {
			<-ctx.Done()
			require.False(t, take(t, m.Lock("job", time.Minute)), "the lock is still held")
			require.ErrorIs(t, context.Cause(ctx), cache.ErrLockLost)
			return ctx.Err()
		})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, cache.ErrLockLost, "it was released in time")
	})
}

func TestRunThatTookTooLongSaysSo(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		err := m.Lock("job", time.Minute).Run(t.Context(), func(context.Context) error {
			time.Sleep(time.Minute)
			require.True(t, take(t, m.Lock("job", time.Minute)))
			return nil
		})
		require.ErrorIs(t, err, cache.ErrLockLost)
		require.False(t, take(t, m.Lock("job", time.Minute)), "the new owner's lock is kept")
	})
}

func TestRunReleasesWhateverHappens(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		l := m.Lock("job", time.Minute)
		require.Equal(t, "no", recovered(func() { _ = l.Run(t.Context(), func(context.Context) error { panic("no") }) }))
		require.True(t, take(t, l))
		require.NoError(t, l.Release(t.Context()))

		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, l.Run(ctx, func(context.Context) error { cancel(); return nil }))
		require.True(t, take(t, l))
	})
}

func TestRunsExcludeEachOther(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		var inside, runs atomic.Int64
		crowd(50, func(i int) {
			time.Sleep(time.Duration(i) * time.Millisecond)
			err := m.Lock("job", time.Minute).Run(t.Context(), func(context.Context) error {
				require.EqualValues(t, 1, inside.Add(1))
				time.Sleep(10 * time.Millisecond)
				inside.Add(-1)
				runs.Add(1)
				return nil
			})
			if err != nil {
				require.ErrorIs(t, err, cache.ErrLocked)
			}
		})
		require.Greater(t, runs.Load(), int64(1))
	})
}

func TestLockIsApartFromValues(t *testing.T) {
	locksIn(t, func(t *testing.T, m *cache.Manager) {
		users := cache.NewCache(m, userSpec())
		l := users.Lock(7, time.Minute)
		require.True(t, take(t, l))
		require.False(t, take(t, m.Lock("user:7", time.Minute)), "typed and untyped locks of one key are one")
		require.False(t, m.Has("user:7"))
		require.NoError(t, users.Put(t.Context(), 7, ada(7)))
		_, err := m.Increment("n", 1)
		require.NoError(t, err)
		require.True(t, take(t, m.Lock("n", time.Minute)))
		require.NoError(t, m.Flush())
		require.False(t, take(t, m.Lock("user:7", time.Minute)), "flush keeps locks")
		require.NoError(t, l.Release(t.Context()))
	})
}

func TestDriverWithoutLocksIsAnError(t *testing.T) {
	m, _ := newFakeManager(t)
	l := m.Lock("job", time.Minute)
	_, err := l.Get(t.Context())
	require.ErrorIs(t, err, drivers.ErrUnsupported)
	require.ErrorIs(t, l.Release(t.Context()), drivers.ErrUnsupported)
	require.ErrorIs(t, l.ForceRelease(t.Context()), drivers.ErrUnsupported)
	err = l.Run(t.Context(), func(context.Context) error { return errors.New("it ran") })
	require.ErrorIs(t, err, drivers.ErrUnsupported)
	require.NotContains(t, err.Error(), "it ran")
}

func TestZeroLockIsAnError(t *testing.T) {
	var l cache.Lock
	_, err := l.Get(t.Context())
	require.ErrorContains(t, err, "of no use")
	require.Error(t, l.Release(t.Context()))
}
