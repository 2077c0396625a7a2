package database_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// waitUntil asks until cond is true.
func waitUntil(t *testing.T, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(patient)
	for !cond() {
		require.True(t, time.Now().Before(deadline), "it did not come true")
		runtime.Gosched()
	}
}

// TestSweep: what has expired goes, more of it than one step removes, and nothing else does, whoever
// wrote it.
func TestSweep(t *testing.T) {
	t.Parallel()
	const many = 1200
	path, ctx := newPath(t), t.Context()
	d, other := open(t, database.Options{Path: path}), open(t, database.Options{Path: path, Prefix: "other"})
	db := look(t, path)
	items := make([]drivers.Item, many)
	for i := range items {
		items[i] = drivers.Item{Key: fmt.Sprint(i), Value: []byte("v")}
	}
	require.NoError(t, d.PutMany(ctx, items, time.Millisecond))
	require.NoError(t, other.Put(ctx, "expired", nil, time.Millisecond))
	put(t, d, "forever", "v")
	require.NoError(t, d.Put(ctx, "long", []byte("v"), time.Hour))
	_, err := d.Increment(ctx, "number", 1, time.Hour)
	require.NoError(t, err)
	_, err = d.Acquire(ctx, []string{"leased"}, "t", time.Hour, false)
	require.NoError(t, err)
	_, err = d.Acquire(ctx, []string{"was leased"}, "t", time.Millisecond, false)
	require.NoError(t, err)
	_, err = d.Lock(ctx, "lock", "o", time.Millisecond)
	require.NoError(t, err)
	_, err = d.Take(ctx, "used", drivers.Rate{Limit: 1, Period: time.Hour}, 1)
	require.NoError(t, err)
	_, err = d.Take(ctx, "was used", drivers.Rate{Limit: 1, Period: time.Millisecond}, 1)
	require.NoError(t, err)
	require.Equal(t, many+9, count(t, db))

	const left = 6 // forever, long, number, leased, used, and the lock's last grant
	waitUntil(t, func() bool { d.Sweep(ctx); return count(t, db) == left })
	requireValue(t, d, "forever", "v")
	requireValue(t, d, "long", "v")
	stored, err := d.Fill(ctx, []drivers.Item{{Key: "leased", Value: []byte("v")}}, "t", 0)
	require.NoError(t, err)
	require.Equal(t, []bool{true}, stored)
}

// TestSweepLooksAgain: a row that was rewritten is looked at when its new time is over, and not removed
// before.
func TestSweepLooksAgain(t *testing.T) {
	t.Parallel()
	path, ctx := newPath(t), t.Context()
	d, db := open(t, database.Options{Path: path}), look(t, path)
	require.NoError(t, d.Put(ctx, "longer", nil, time.Millisecond))
	require.NoError(t, d.Put(ctx, "longer", []byte("v"), time.Hour))
	var before, after int64
	due := func(into *int64) {
		require.NoError(t, db.QueryRow("SELECT sweep FROM cachegen").Scan(into))
	}
	due(&before)
	waitUntil(t, func() bool { d.Sweep(ctx); due(&after); return after != before })
	require.InDelta(t, time.Now().Add(time.Hour).UnixMicro(), after, float64(time.Minute.Microseconds()))
	requireValue(t, d, "longer", "v")
}

// TestClose: nothing of a store is left when Close has returned, its goroutine least of all.
func TestClose(t *testing.T) {
	for range 3 {
		d := open(t, database.Options{Path: newPath(t)})
		put(t, d, "k", "v")
		require.NoError(t, d.Close())
		require.NotContains(t, stacks(), "database.(*Driver)", "right after Close")
	}
	waitUntil(t, func() bool { return !strings.Contains(stacks(), "connectionOpener") })
}

// stacks returns what all goroutines do.
func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}
