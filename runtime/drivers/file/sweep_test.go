//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// size returns the disk space that the values of the store at path take, in blocks.
func size(t *testing.T, path string) (total int64) {
	for _, name := range files(t, path, "v") {
		info, err := os.Stat(name)
		require.NoError(t, err)
		total += (info.Size() + 4095) / 4096 * 4096
	}
	return total
}

// TestSweepRemovesWhatExpired, values and locks, and nothing else, without being asked.
func TestSweepRemovesWhatExpired(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, file.Options{Path: path})
		ctx := t.Context()
		for i := range 300 {
			require.NoError(t, d.Put(ctx, fmt.Sprint("short", i), nil, time.Second))
			_, err := d.Increment(ctx, fmt.Sprint("count", i), 1, time.Second)
			require.NoError(t, err)
			_, err = d.Lock(ctx, fmt.Sprint("lock", i), "o", time.Second)
			require.NoError(t, err)
		}
		require.NoError(t, d.Put(ctx, "long", []byte("v"), time.Hour))
		put(t, d, "for ever", "v")
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		require.Len(t, files(t, path, "v"), 2)
		require.Empty(t, files(t, path, "l[0-9a-f]*"))
		requireValue(t, d, "long", "v")
		requireValue(t, d, "for ever", "v")
	})
}

// TestBoundedByBytes writes far more than the store may hold: the sweeper is called when it is full.
func TestBoundedByBytes(t *testing.T) {
	t.Parallel()
	path := fastDir(t)
	synctest.Test(t, func(t *testing.T) {
		const limit = 1 << 20
		d := open(t, file.Options{Path: path, MaxBytes: limit})
		for i := range 2000 {
			require.NoError(t, d.Put(t.Context(), fmt.Sprint(i), make([]byte, 1000), 0))
		}
		time.Sleep(10 * time.Second) // much less than the pause between sweeps
		synctest.Wait()
		require.LessOrEqual(t, size(t, path), int64(limit))
		require.Greater(t, size(t, path), int64(limit/2))
		require.ErrorIs(t, d.Put(t.Context(), "large", make([]byte, limit+1), 0), drivers.ErrTooLarge)
		requireMiss(t, d, "large")
	})
}

// TestOldestGoFirst fills a store with entries of known age.
func TestOldestGoFirst(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := open(t, file.Options{Path: path, MaxBytes: 80 * 4096, Now: time.Now})
	ctx := t.Context()
	known := map[string]bool{}
	age := func(i int) { // dates the file that has just been written
		for _, name := range files(t, path, "[vl][0-9a-f]*") {
			if !known[name] {
				require.NoError(t, os.Chtimes(name, time.Time{}, time.Unix(int64(i), 0)))
				known[name] = true
			}
		}
	}
	n, err := d.Increment(ctx, "counter", 7, 0)
	require.NoError(t, err)
	require.EqualValues(t, 7, n)
	age(0)
	got, err := d.Lock(ctx, "lock", "o", time.Hour)
	require.NoError(t, err)
	require.True(t, got.Won())
	age(0)
	for i := range 80 {
		put(t, d, fmt.Sprint(i), "v")
		age(i)
	}
	d.Sweep()
	require.Len(t, files(t, path, "v"), 81, "80 blocks are not too many")
	put(t, d, "one more", "v")
	d.Sweep()
	for i := range 80 {
		if i < 11 { // 70 of 81 blocks are seven eighths of the limit
			requireMiss(t, d, fmt.Sprint(i))
		} else {
			requireValue(t, d, fmt.Sprint(i), "v")
		}
	}
	requireValue(t, d, "one more", "v")
	requireValue(t, d, "counter", "7")
	held, err := d.Unlock(ctx, "lock", "o")
	require.NoError(t, err)
	require.True(t, held)
}

// TestSweepLeavesOtherFiles: a file that somebody put there is no entry, whatever it is for.
func TestSweepLeavesOtherFiles(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	put(t, d, "k", "v")
	entry := only(t, path)
	others := []string{entry + ".bak", filepath.Join(filepath.Dir(entry), "README"), filepath.Join(filepath.Dir(entry), "v")}
	for _, name := range others {
		require.NoError(t, os.WriteFile(name, []byte("kept"), 0o600))
	}
	d.Sweep()
	require.NoError(t, d.Flush(t.Context()))
	require.NoFileExists(t, entry)
	for _, name := range others {
		require.FileExists(t, name)
	}
}

// TestSweepGoesOnAfterAnError: a shard that hangs costs the sweep of that shard only.
func TestSweepGoesOnAfterAnError(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := open(t, file.Options{Path: path, Timeout: time.Second, Now: time.Now})
	patiently := still(t, path)
	put(t, patiently, "k", "v") // the shard of the writer that hangs
	for i := range 100 {
		require.NoError(t, patiently.Put(context.Background(), fmt.Sprint(i), nil, time.Nanosecond))
	}
	writer := rerun.Start(t, "hang", path, "")
	d.Sweep()
	left := len(files(t, path, "v"))
	require.Greater(t, left, 1, "those of the shard that hangs")
	require.Less(t, left, 20)
	writer.Kill()
	patiently.Sweep()
	require.Len(t, files(t, path, "v"), 1)
}
