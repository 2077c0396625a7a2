//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// manyItems returns keys that stand in all shards, with values.
func manyItems(n int) (keys []string, items []drivers.Item) {
	for i := range n {
		keys = append(keys, fmt.Sprint("many ", i))
		items = append(items, drivers.Item{Key: keys[i], Value: []byte("value")})
	}
	return keys, items
}

func acquired(t *testing.T, d *file.Driver, key, token string, ttl time.Duration, replace bool) {
	t.Helper()
	leases, err := d.Acquire(t.Context(), []string{key}, token, ttl, replace)
	require.NoError(t, err)
	require.Len(t, leases, 1)
	require.True(t, leases[0].Won)
}

// fill reports whether the value was stored.
func fill(t *testing.T, d *file.Driver, key, token, value string) bool {
	t.Helper()
	stored, err := d.Fill(t.Context(), []drivers.Item{{Key: key, Value: []byte(value)}}, token, 0)
	require.NoError(t, err)
	require.Len(t, stored, 1)
	return stored[0]
}

// holds looks whether token holds the lease of key.
func holds(t *testing.T, d *file.Driver, key, token string) bool {
	t.Helper()
	held, err := d.Renew(t.Context(), []string{key}, token, 0)
	require.NoError(t, err)
	require.Len(t, held, 1)
	return held[0]
}

// TestLookAtALease takes no lock: it is answered while another process hangs in a write.
func TestLookAtALease(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	acquired(t, d, "k", "token", time.Hour, false)
	writer := rerun.Start(t, "hang", path, "")
	require.True(t, holds(t, d, "k", "token"))
	require.False(t, holds(t, d, "k", "another"))
	require.False(t, holds(t, d, "free", "token"))
	writer.Kill()
	require.NoError(t, d.Forget(t.Context(), "k"))
	require.False(t, holds(t, d, "k", "token"))
}

// TestLeaseBesideAValue: a lease changes nothing about the value: neither its time to live, nor that it
// is a counter.
func TestLeaseBesideAValue(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	now := &steppedClock{}
	d := open(t, file.Options{Path: path, Now: now.now})
	ctx := t.Context()
	_, err := d.Increment(ctx, "k", 41, time.Hour)
	require.NoError(t, err)
	before, err := os.ReadFile(only(t, path))
	require.NoError(t, err)
	for _, token := range []string{"", "token", string(make([]byte, 1<<16-1))} {
		acquired(t, d, "k", token, time.Minute, true)
		requireValue(t, d, "k", "41")
		held, err := d.Renew(ctx, []string{"k"}, token, 3*time.Hour)
		require.NoError(t, err)
		require.Equal(t, []bool{true}, held)
		require.NoError(t, d.Release(ctx, []string{"k"}, "another"))
		require.NoError(t, d.Release(ctx, []string{"k"}, token))
		after, err := os.ReadFile(only(t, path))
		require.NoError(t, err)
		require.Equal(t, before, after)
	}
	acquired(t, d, "k", "token", 3*time.Hour, true)
	now.offset.Store(int64(2 * time.Hour))
	requireMiss(t, d, "k")
	d.Sweep()
	require.True(t, fill(t, d, "k", "token", "new"), "the lease outlives the value")
	requireValue(t, d, "k", "new")
	_, err = d.Acquire(ctx, []string{"k"}, string(make([]byte, 1<<16)), time.Hour, true)
	require.ErrorContains(t, err, "the token of 65536 bytes is too long")
}

// TestLateLease: a lease that has ended fills nothing, also if nobody else has taken it.
func TestLateLease(t *testing.T) {
	t.Parallel()
	now := &steppedClock{}
	d := open(t, file.Options{Path: t.TempDir(), Now: now.now})
	acquired(t, d, "k", "late", time.Minute, false)
	now.offset.Store(int64(time.Minute))
	require.False(t, fill(t, d, "k", "late", "v"))
	held, err := d.Renew(t.Context(), []string{"k"}, "late", time.Hour)
	require.NoError(t, err)
	require.Equal(t, []bool{false}, held)
	requireMiss(t, d, "k")
}

// TestLeasesAreSwept when they have ended, and are not taken for values before.
func TestLeasesAreSwept(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, file.Options{Path: path, MaxBytes: 10 * 4096})
		for i := range 40 {
			acquired(t, d, fmt.Sprint("short", i), "t", time.Second, false)
			acquired(t, d, fmt.Sprint("long", i), "t", time.Hour, false)
		}
		put(t, d, "value", "v")
		acquired(t, d, "value", "t", time.Hour, true)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		require.Len(t, files(t, path, "v"), 41)
		requireValue(t, d, "value", "v")
		for i := range 40 {
			require.True(t, fill(t, d, fmt.Sprint("long", i), "t", "v"))
		}
	})
}

// TestFlushEndsLeasesForGood: also one that Flush did not see, because its file was elsewhere.
func TestFlushEndsLeasesForGood(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	acquired(t, d, "k", "old", time.Hour, false)
	require.True(t, holds(t, d, "k", "old"))
	lease, err := os.ReadFile(only(t, path))
	require.NoError(t, err)
	name, state := only(t, path), beside(t, path, "v", "lock")
	require.NoError(t, d.Flush(t.Context()))
	require.NoError(t, os.WriteFile(name, lease, 0o600))
	require.False(t, holds(t, d, "k", "old"))
	require.False(t, fill(t, d, "k", "old", "from before"))
	acquired(t, d, "k", "new", time.Hour, false)
	require.NoError(t, d.Flush(t.Context()))
	require.NoError(t, os.Remove(state), "and what the shard remembers is lost")
	require.NoError(t, os.WriteFile(name, lease, 0o600))
	require.False(t, holds(t, d, "k", "old"))
	require.False(t, fill(t, d, "k", "old", "from before"))
	requireMiss(t, d, "k")
}

// TestTooLarge: a value over the bound is refused whichever way it comes, and the old one stays.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	const limit = 100
	d := open(t, file.Options{Path: path, MaxBytes: limit, Now: time.Now})
	ctx := t.Context()
	put(t, d, "k", "old")
	acquired(t, d, "k", "t", time.Hour, true)
	large := []drivers.Item{{Key: "k", Value: make([]byte, limit+1)}}
	_, err := d.Fill(ctx, large, "t", 0)
	require.ErrorIs(t, err, drivers.ErrTooLarge)
	require.ErrorIs(t, d.PutMany(ctx, large, 0), drivers.ErrTooLarge)
	require.ErrorIs(t, d.Put(ctx, "k", large[0].Value, 0), drivers.ErrTooLarge)
	_, err = d.Add(ctx, "other", large[0].Value, 0)
	require.ErrorIs(t, err, drivers.ErrTooLarge)
	requireValue(t, d, "k", "old")
	requireMiss(t, d, "other")
	require.Empty(t, files(t, path, "new"))
	require.NoError(t, d.Put(ctx, "k", large[0].Value[:limit], 0))
	g, err := d.Lock(ctx, "l", string(make([]byte, 1000)), time.Hour)
	require.NoError(t, err)
	require.True(t, g.Won(), "a lock is no value")
	_, err = d.Lock(ctx, "m", string(make([]byte, 1<<16)), time.Hour)
	require.ErrorContains(t, err, "too large")
}
