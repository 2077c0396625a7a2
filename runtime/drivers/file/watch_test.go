//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

func watching(t *testing.T, d *file.Driver, name string) (<-chan struct{}, func()) {
	t.Helper()
	wake, stop, err := d.Watch(t.Context(), name)
	require.NoError(t, err)
	return wake, stop
}

// requireWake waits for a wake-up.
func requireWake(t *testing.T, wake <-chan struct{}) {
	t.Helper()
	select {
	case <-wake:
	case <-time.After(patient):
		require.Fail(t, "a wake-up was lost")
	}
}

// TestWatchAnotherStore stands for another process: an ending is told within the pause, by a clock
// that only moves when nothing happens, and nothing else is.
func TestWatchAnotherStore(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d, other := still(t, path), still(t, path)
		for i := range 20 {
			name := fmt.Sprint("lock ", i%3)
			granted(t, other, name, "o", time.Hour)
			wake, stop := watching(t, d, name)
			time.Sleep(time.Second)
			require.Empty(t, wake, "nothing has ended")
			if i%2 == 0 {
				_, err := other.Unlock(t.Context(), name, "o")
				require.NoError(t, err)
			} else {
				require.NoError(t, other.ForceUnlock(t.Context(), name))
			}
			ended := time.Now()
			requireWake(t, wake)
			require.LessOrEqual(t, time.Since(ended), 50*time.Millisecond)
			granted(t, other, name, "again", time.Hour)
			require.NoError(t, other.ForceUnlock(t.Context(), name))
			requireWake(t, wake)
			stop()
		}
	})
}

// TestWatchOwnStore: an ending in the same process is told at once, to those who watch that lock.
func TestWatchOwnStore(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := still(t, path)
		wake, stop := watching(t, d, "l")
		defer stop()
		others := make([]<-chan struct{}, 100) // some of them in the same shard
		for i := range others {
			var stop func()
			others[i], stop = watching(t, d, fmt.Sprint("other", i))
			defer stop()
		}
		granted(t, d, "l", "o", time.Hour)
		time.Sleep(time.Second)
		begun := time.Now()
		_, err := d.Unlock(t.Context(), "l", "o")
		require.NoError(t, err)
		requireWake(t, wake)
		require.Equal(t, begun, time.Now())
		time.Sleep(time.Second)
		require.Empty(t, wake, "it is told once")
		for _, other := range others {
			require.Empty(t, other)
		}
	})
}

// TestWatchCostsLittle counts the looks at a shard, for many watchers of many locks.
func TestWatchCostsLittle(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := still(t, path)
		var looks atomic.Int64
		d.FailAt(func(step string) error {
			if step == "look" {
				looks.Add(1)
			}
			return nil
		})
		for i := range 1000 {
			_, stop := watching(t, d, fmt.Sprint(i%500))
			defer stop()
		}
		looks.Store(0)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.LessOrEqual(t, looks.Load(), int64(32*20*2), "20 a second for each shard")
		require.Greater(t, looks.Load(), int64(32*19*2))
	})
}

// TestWatchEnds: there is one goroutine while anybody watches, and none after that, nor after Close.
func TestWatchEnds(t *testing.T) {
	path := t.TempDir()
	d, err := file.Open(t.Context(), file.Options{Path: path, Now: time.Now})
	require.NoError(t, err)
	polls := func() int { return strings.Count(stacks(), "drivers/file.(*watchers).add.func1(") }
	for range 3 {
		_, first := watching(t, d, "a")
		_, second := watching(t, d, "b")
		first()
		first()
		require.Equal(t, 1, polls())
		second()
		require.Equal(t, 0, polls())
	}
	wake, stop := watching(t, d, "a")
	require.NoError(t, d.Close())
	require.Equal(t, 0, polls())
	require.Empty(t, wake)
	stop()
	_, _, err = d.Watch(t.Context(), "a")
	require.ErrorIs(t, err, drivers.ErrClosed)
}

// passOn is the part of a process in TestProcessesHandOver: it takes the lock when it is told that it
// may be free, and gives it back.
func passOn(path, arg string) error {
	d, err := join(path)
	if err != nil {
		return err
	}
	turns, err := strconv.Atoi(arg)
	if err != nil {
		return err
	}
	rerun.Ready()
	owner := fmt.Sprint(time.Now().UnixNano())
	ctx := context.Background()
	wake, stop, err := d.Watch(ctx, "ball")
	if err != nil {
		return err
	}
	defer stop()
	for range turns {
		for {
			g, err := d.Lock(ctx, "ball", owner, time.Hour)
			if err != nil {
				return err
			}
			if g.Won() {
				break
			}
			select {
			case <-wake:
			case <-time.After(patient):
				return fmt.Errorf("a wake-up was lost")
			}
		}
		runtime.Gosched()
		if _, err := d.Unlock(ctx, "ball", owner); err != nil {
			return err
		}
	}
	return nil
}

// TestProcessesHandOver passes a lock around among processes that ask only when they are told to.
func TestProcessesHandOver(t *testing.T) {
	t.Parallel()
	turns := fmt.Sprint(choose(25, 2500))
	rerun.Together(t, "pass", fastDir(t), processes, func(int) string { return turns })
}
