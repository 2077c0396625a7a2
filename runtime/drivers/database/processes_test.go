package database_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

const (
	processes = 4
	threads   = 4  // goroutines in each
	each      = 50 // turns of each of them
)

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

// TestProcessesCount: no increment is lost among processes.
func TestProcessesCount(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	rerun.Together(t, "increment", path, processes, strconv.Itoa)
	requireValue(t, open(t, database.Options{Path: path}), "n", fmt.Sprint(processes*threads*each))
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
	path := newPath(t)
	lines := rerun.Together(t, "add", path, processes, strconv.Itoa)
	require.Len(t, lines, each)
	d := open(t, database.Options{Path: path})
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
		return lockOnce(d, filepath.Dir(path), fmt.Sprint(id, thread, turn))
	})
}

// lockOnce takes the lock, as soon as it is free, and gives it back.
func lockOnce(d *database.Driver, dir, owner string) error {
	ctx := context.Background()
	for won := false; !won; {
		got, err := d.Lock(ctx, "l", owner, time.Hour)
		if err != nil {
			return err
		}
		won = got.Won()
	}
	if err := alone(dir); err != nil {
		return err
	}
	held, err := d.Unlock(ctx, "l", owner)
	if err == nil && !held {
		err = errors.New("the lock was not held any more")
	}
	return err
}

// alone fails if another call is under way in any process.
func alone(dir string) error {
	inside := filepath.Join(dir, "inside")
	f, err := os.OpenFile(inside, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(inside))
}

// TestProcessesLock: one owner at a time in all processes.
func TestProcessesLock(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	rerun.Together(t, "lock", path, processes, strconv.Itoa)
	held, err := open(t, database.Options{Path: path}).Unlock(t.Context(), "l", "anyone")
	require.NoError(t, err)
	require.False(t, held)
}

func openFirst(path, id string) error {
	rerun.Ready()
	d, err := join(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Put(context.Background(), id, []byte(id), 0), d.Close())
}

// TestProcessesMakeTheFile: many make the same file and table at once, and none fails.
func TestProcessesMakeTheFile(t *testing.T) {
	t.Parallel()
	for range 3 {
		path := newPath(t)
		const many = 6
		rerun.Together(t, "first", path, many, strconv.Itoa)
		d := open(t, database.Options{Path: path})
		for id := range many {
			requireValue(t, d, fmt.Sprint(id), fmt.Sprint(id))
		}
	}
}

// TestWritersOfOneKey: 32 writers of one process and one key lose nothing, through several stores.
func TestWritersOfOneKey(t *testing.T) {
	t.Parallel()
	const writers, turns = 32, 25
	path, ctx := newPath(t), t.Context()
	stores := []*database.Driver{open(t, database.Options{Path: path}), open(t, database.Options{Path: path, MaxConnections: 1})}
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			d := stores[i%len(stores)]
			for range turns {
				if _, err := d.Increment(ctx, "n", 1, 0); err != nil {
					t.Errorf("Increment: %v", err)
				}
				if err := d.Put(ctx, "k", fmt.Append(nil, i), 0); err != nil {
					t.Errorf("Put: %v", err)
				}
			}
		})
	}
	wg.Wait()
	requireValue(t, stores[0], "n", fmt.Sprint(writers*turns))
	value, found, err := stores[1].Get(ctx, "k")
	require.NoError(t, err)
	require.True(t, found && len(value) > 0)
}
