//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

const (
	processes = 4
	threads   = 4 // goroutines in each
)

// each is how many turns each of them has.
var each = choose(50, 1000)

// manyTurns runs fn in several goroutines, and returns their errors.
func manyTurns(fn func(thread, turn int) error) error {
	errs := make([]error, threads)
	var wg sync.WaitGroup
	for thread := range threads {
		wg.Go(func() {
			for turn := range each {
				errs[thread] = errors.Join(errs[thread], fn(thread, turn))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func incrementALot(path, _ string) error {
	d, err := join(path)
	if err != nil {
		return err
	}
	rerun.Ready()
	return manyTurns(func(int, int) error {
		_, err := d.Increment(context.Background(), "n", 1, time.Hour)
		return err
	})
}

// TestProcessesCount: no increment is lost among processes, and the first one sets the time to live.
func TestProcessesCount(t *testing.T) {
	t.Parallel()
	path := fastDir(t)
	rerun.Together(t, "increment", path, processes, strconv.Itoa)
	requireValue(t, still(t, path), "n", fmt.Sprint(processes*threads*each))
}

func addALot(path, id string) error {
	d, err := join(path)
	if err != nil {
		return err
	}
	rerun.Ready()
	return manyTurns(func(_, turn int) error {
		key := fmt.Sprint("key ", turn)
		added, err := d.Add(context.Background(), key, []byte(id), 0)
		if added {
			fmt.Println(key, id)
		}
		return err
	})
}

// TestProcessesAdd: each key has one winner, and the winner's value.
func TestProcessesAdd(t *testing.T) {
	t.Parallel()
	path := fastDir(t)
	lines := rerun.Together(t, "add", path, processes, strconv.Itoa)
	require.Len(t, lines, each)
	d := still(t, path)
	for _, line := range lines {
		requireValue(t, d, line[:len(line)-2], line[len(line)-1:])
	}
}

func lockALot(path, id string) error {
	d, err := join(path)
	if err != nil {
		return err
	}
	rerun.Ready()
	return manyTurns(func(thread, turn int) error {
		return lockOnce(d, path, fmt.Sprint(id, thread, turn))
	})
}

// lockOnce takes the lock, as soon as it is free, and gives it back.
func lockOnce(d *file.Driver, path, owner string) error {
	ctx := context.Background()
	for won := false; !won; {
		got, err := d.Lock(ctx, "l", owner, time.Hour)
		if err != nil {
			return err
		}
		won = got.Won()
	}
	if err := alone(path); err != nil {
		return err
	}
	held, err := d.Unlock(ctx, "l", owner)
	if err == nil && !held {
		err = errors.New("the lock was not held any more")
	}
	return err
}

// alone fails if another call is under way in any process.
func alone(path string) error {
	inside := filepath.Join(path, "inside")
	f, err := os.OpenFile(inside, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(inside))
}

// TestProcessesLock: one owner at a time in all processes.
func TestProcessesLock(t *testing.T) {
	t.Parallel()
	path := fastDir(t)
	rerun.Together(t, "lock", path, processes, strconv.Itoa)
	held, err := still(t, path).Unlock(t.Context(), "l", "anyone")
	require.NoError(t, err)
	require.False(t, held)
}

func writeFresh(path, id string) error {
	d, err := join(path)
	if err != nil {
		return err
	}
	rerun.Ready()
	ctx := context.Background()
	return manyTurns(func(thread, turn int) error {
		key := fmt.Sprint(id, thread)
		if err := d.Put(ctx, key, []byte("expired"), time.Nanosecond); err != nil {
			return err
		}
		if err := d.Put(ctx, key, []byte("fresh"), 0); err != nil {
			return err
		}
		value, found, err := d.Get(ctx, key)
		if err == nil && (!found || string(value) != "fresh") {
			err = fmt.Errorf("a fresh write is gone: %q, %t", value, found)
		}
		return err
	})
}

// TestProcessesSweep: sweeps in several processes never remove what has just replaced an expired
// entry.
func TestProcessesSweep(t *testing.T) {
	t.Parallel()
	path := fastDir(t)
	var done atomic.Bool
	var sweepers sync.WaitGroup
	for range 2 {
		d := still(t, path)
		sweepers.Go(func() {
			for !done.Load() {
				d.Sweep()
			}
		})
	}
	rerun.Together(t, "fresh", path, processes, strconv.Itoa)
	done.Store(true)
	sweepers.Wait()
	require.Len(t, files(t, path, "v"), processes*threads)
}

// TestFlushInAnotherStore: what was there before Flush is gone for everybody, what comes after it
// stays.
func TestFlushInAnotherStore(t *testing.T) {
	t.Parallel()
	path := fastDir(t)
	d, other := still(t, path), still(t, path)
	for i := range 100 {
		key := fmt.Sprint(i)
		put(t, other, key, "before")
		require.NoError(t, d.Flush(t.Context()))
		requireMiss(t, other, key)
		put(t, other, key, "after")
		requireValue(t, d, key, "after")
	}
}
