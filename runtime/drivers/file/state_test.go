//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// steppedClock can be set, also backwards.
type steppedClock struct{ offset atomic.Int64 }

func (c *steppedClock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// at opens a store whose clock is off by the given time, as after a restart.
func at(t *testing.T, path string, offset time.Duration) *file.Driver {
	c := &steppedClock{}
	c.offset.Store(int64(offset))
	return open(t, file.Options{Path: path, Now: c.now})
}

// granted takes a free lock and returns its number.
func granted(t *testing.T, d *file.Driver, name, owner string, ttl time.Duration) int64 {
	t.Helper()
	g, err := d.Lock(t.Context(), name, owner, ttl)
	require.NoError(t, err)
	require.True(t, g.Won())
	return g.Fence
}

// TestFencesGrow over restarts, endings of every kind, sweeps and a clock that is set back by years.
func TestFencesGrow(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	last := granted(t, at(t, path, 0), "l", "first", time.Hour)
	for name, end := range map[string]func(d *file.Driver){
		"unlock": func(d *file.Driver) {
			_, err := d.Unlock(t.Context(), "l", "first") // by the clock of d it may have ended
			require.NoError(t, err)
		},
		"force unlock": func(d *file.Driver) { require.NoError(t, d.ForceUnlock(t.Context(), "l")) },
		"expiry":       func(d *file.Driver) { at(t, path, 24*time.Hour).Sweep() },
		"flush": func(d *file.Driver) {
			require.NoError(t, d.Flush(t.Context()))
			require.NoError(t, d.ForceUnlock(t.Context(), "l"))
		},
	} {
		for _, offset := range []time.Duration{0, -time.Hour, -10 * 365 * 24 * time.Hour, time.Minute, 0} {
			d := at(t, path, offset)
			end(d)
			next := granted(t, d, "l", "first", time.Hour)
			require.Greater(t, next, last, "after %s, the clock at %v", name, offset)
			last = next
			held, err := d.Extend(t.Context(), "l", "first", time.Hour)
			require.NoError(t, err)
			require.True(t, held)
			fence, err := d.Fence(t.Context(), "l", "first")
			require.NoError(t, err)
			require.Equal(t, next, fence)
		}
	}
}

// TestFenceIsRememberedBeforeItIsGiven: a process that dies between the two steps wastes a number.
func TestFenceIsRememberedBeforeItIsGiven(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := at(t, path, 0)
	first := granted(t, d, "l", "one", time.Hour)
	require.NoError(t, d.ForceUnlock(t.Context(), "l"))
	d.FailAt(func(step string) error {
		if step == "create" {
			return errFault
		}
		return nil
	})
	_, err := d.Lock(t.Context(), "l", "two", time.Hour)
	require.ErrorIs(t, err, errFault)
	d.FailAt(nil)
	require.Greater(t, granted(t, at(t, path, -time.Hour), "l", "three", time.Hour), first+1)
}

// beside returns the path of another file in the shard of an entry.
func beside(t *testing.T, path, entry, name string) string {
	found := files(t, path, entry+"[0-9a-f]*")
	require.NotEmpty(t, found)
	return filepath.Join(filepath.Dir(found[0]), name)
}

// TestLostState damages what a shard remembers: fences go on from the clock and from the lock itself,
// and no lease from before comes back.
func TestLostState(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	last := granted(t, d, "l", "o", time.Nanosecond)
	state := beside(t, path, "l", "lock")
	whole, err := os.ReadFile(state)
	require.NoError(t, err)
	require.Len(t, whole, 28)
	for i := range whole {
		whole[i] ^= 0x40
		require.NoError(t, os.WriteFile(state, whole, 0o600))
		whole[i] ^= 0x40
		next := granted(t, d, "l", "o", time.Nanosecond)
		require.Greater(t, next, last, "byte %d", i)
		last = next
	}
	require.NoError(t, d.ForceUnlock(t.Context(), "l"))
	last = granted(t, at(t, path, -2*time.Hour), "l", "o", time.Nanosecond)
	require.NoError(t, os.Truncate(state, 10))
	next := granted(t, at(t, path, -time.Hour), "l", "o", time.Nanosecond)
	require.Greater(t, next, last, "it was in the file of the lock")
}

// TestSecondNameOfTheLock gives the file lock another name, outside: nothing is written there, and
// writers still take turns.
func TestSecondNameOfTheLock(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	first := granted(t, d, "l", "o", time.Hour)
	lock := beside(t, path, "l", "lock")
	before, err := os.ReadFile(lock)
	require.NoError(t, err)
	other := filepath.Join(t.TempDir(), "other")
	require.NoError(t, os.Link(lock, other))
	require.NoError(t, d.ForceUnlock(t.Context(), "l"))
	require.Greater(t, granted(t, d, "l", "o", time.Hour), first)
	after, err := os.ReadFile(other)
	require.NoError(t, err)
	require.Equal(t, before, after)
	renewed, err := os.ReadFile(lock)
	require.NoError(t, err)
	require.NotEqual(t, before, renewed)
}

// TestSyncedDirectories: with Sync, whatever changes names makes them reach the disk, once for all
// that a call changes in a shard.
func TestSyncedDirectories(t *testing.T) {
	t.Parallel()
	d := open(t, file.Options{Path: fastDir(t), Sync: true, Now: time.Now})
	synced := 0
	d.FailAt(func(step string) error {
		if step == "sync directory" {
			synced++
		}
		return nil
	})
	keys, items := manyItems(200)
	ctx := context.Background()
	for name, c := range map[string]struct {
		call func() error
		most int
	}{
		"put":         {func() error { return d.Put(ctx, "k", nil, 0) }, 1},
		"forget":      {func() error { return d.Forget(ctx, "k") }, 1},
		"put many":    {func() error { return d.PutMany(ctx, items, 0) }, 32},
		"forget many": {func() error { return d.Forget(ctx, keys...) }, 32},
	} {
		synced = 0
		if name == "forget" {
			require.NoError(t, d.Put(ctx, "k", nil, 0))
			synced = 0
		}
		if name == "forget many" {
			require.NoError(t, d.PutMany(ctx, items, 0))
			synced = 0
		}
		require.NoError(t, c.call())
		require.Positive(t, synced, name)
		require.LessOrEqual(t, synced, c.most, name)
	}
}
