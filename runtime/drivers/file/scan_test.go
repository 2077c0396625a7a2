//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// scanned returns how often each key with the prefix is yielded.
func scanned(t *testing.T, d *file.Driver, prefix string) map[string]int {
	t.Helper()
	keys := map[string]int{}
	for key, err := range d.Scan(t.Context(), prefix) {
		require.NoError(t, err)
		keys[key]++
	}
	return keys
}

// TestScanReadsOnlyEntries: among files of all other kinds, and whatever the length of the key.
func TestScanReadsOnlyEntries(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	ctx := t.Context()
	want := map[string]int{}
	for _, size := range []int{1, 100, 1000, 1001, 5000, 1 << 20} {
		key := strings.Repeat("k", size)
		want[key]++
		put(t, d, key, "v")
	}
	require.NoError(t, d.Put(ctx, "expired", nil, time.Nanosecond))
	granted(t, d, "lock", "o", time.Hour)
	acquired(t, d, "leased", "t", time.Hour, false)
	_, err := d.Take(ctx, "limit", drivers.Rate{Limit: 1, Period: time.Hour}, 1)
	require.NoError(t, err)
	acquired(t, d, "k", "t", time.Hour, true)
	entry := files(t, path, "v")[0]
	content, err := os.ReadFile(entry)
	require.NoError(t, err)
	bogus := filepath.Join(filepath.Dir(entry), "v"+strings.Repeat("0", 40))
	require.NoError(t, os.WriteFile(bogus, content, 0o600)) // in a place that is not its own
	require.NoError(t, os.Symlink(entry, bogus[:len(bogus)-1]+"1"))
	require.NoError(t, os.Mkdir(bogus[:len(bogus)-1]+"2", 0o700))
	require.NoError(t, os.WriteFile(bogus[:len(bogus)-1]+"3", content[:20], 0o600))
	require.Equal(t, want, scanned(t, d, ""))
	require.Empty(t, scanned(t, d, "x"))
}

// TestScanWhileOthersWrite: no key that has a value all along is missed, though it is written again
// and again in another process.
func TestScanWhileOthersWrite(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"on disk": t.TempDir(), "in memory": fastDir(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, other := still(t, path), still(t, path)
			const many = 300
			for i := range many {
				put(t, d, fmt.Sprint("key ", i), "v")
			}
			var stop atomic.Bool
			var writers sync.WaitGroup
			writers.Go(func() {
				for i := 0; !stop.Load(); i++ {
					if err := other.Put(context.Background(), fmt.Sprint("key ", i%many), []byte(fmt.Sprint(i)), 0); err != nil {
						t.Error(err)
						return
					}
				}
			})
			for range choose(5, 200) {
				if n := len(scanned(t, d, "key ")); n != many {
					t.Errorf("%d keys; want %d", n, many)
				}
			}
			stop.Store(true)
			writers.Wait()
		})
	}
}

// TestScanHoldsNoShardInPeace: it waits for a writer only if names change while it lists them.
func TestScanHoldsNoShardInPeace(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := open(t, file.Options{Path: path, Now: time.Now, Timeout: 50 * time.Millisecond})
	put(t, still(t, path), "k", "v")
	writer := rerun.Start(t, "hang", path, "")
	shard := filepath.Dir(only(t, path))
	require.NoError(t, os.Chtimes(shard, time.Time{}, time.Now().Add(-time.Minute)))
	require.Equal(t, map[string]int{"k": 1}, scanned(t, d, ""))
	require.NoError(t, os.Chtimes(shard, time.Time{}, time.Now().Add(time.Minute)))
	for _, err := range d.Scan(t.Context(), "") {
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	writer.Kill()
	require.Equal(t, map[string]int{"k": 1}, scanned(t, d, ""))
}

// TestScanObeysItsContext, and ends with the store.
func TestScanObeysItsContext(t *testing.T) {
	t.Parallel()
	d := open(t, file.Options{Path: t.TempDir(), Now: time.Now})
	keys, items := manyItems(100)
	require.NoError(t, d.PutMany(t.Context(), items, 0))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen, last := 0, error(nil)
	for key, err := range d.Scan(ctx, "") {
		require.Equal(t, err == nil, key != "")
		last = err
		if seen++; seen == 50 {
			cancel()
		}
	}
	require.ErrorIs(t, last, context.Canceled)
	require.Equal(t, 51, seen)
	for _, err := range d.Scan(t.Context(), "") {
		last = err
		require.NoError(t, d.Close())
	}
	require.ErrorIs(t, last, drivers.ErrClosed)
	require.Len(t, keys, 100)
}
