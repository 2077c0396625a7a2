//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// hangWriting stops in the middle of a write.
func hangWriting(path, _ string) error {
	d, err := joinQuietly(path)
	if err != nil {
		return err
	}
	d.FailAt(func(step string) error {
		if step == "rename" {
			rerun.Ready()
		}
		return nil
	})
	return d.Put(context.Background(), "k", []byte("late"), 0)
}

// TestStoppedWriter: while another process hangs in a write, reads are served, and writes to that
// shard end with their ctx, with the operation timeout, or with Close. When it is killed its
// shard is free.
func TestStoppedWriter(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	put(t, d, "k", "old")
	writer := rerun.Start(t, "hang", path, "")

	cancelled, cancel := context.WithCancel(t.Context())
	cancelling := make(chan error)
	go func() { cancelling <- d.Put(cancelled, "k", []byte("new"), 0) }()
	requireValue(t, d, "k", "old")
	cancel()
	require.ErrorIs(t, <-cancelling, context.Canceled)

	const limit = 100 * time.Millisecond
	due, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	started := time.Now()
	_, err := d.Increment(due, "k", 1, 0)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(started), limit+2*time.Second, "machines stall")

	hasty := open(t, file.Options{Path: path, Timeout: limit, Now: time.Now})
	require.ErrorIs(t, hasty.Forget(t.Context(), "k"), context.DeadlineExceeded)
	require.ErrorContains(t, hasty.Forget(t.Context(), "k"), "waiting for other processes")

	closing := open(t, file.Options{Path: path})
	waiting := make(chan error)
	go func() { waiting <- closing.Put(t.Context(), "k", nil, 0) }()
	awaitQueue(t, path)
	started = time.Now()
	require.NoError(t, closing.Close())
	require.ErrorIs(t, <-waiting, drivers.ErrClosed)
	require.Less(t, time.Since(started), patient/2)

	writer.Kill()
	requireValue(t, d, "k", "old")
	put(t, d, "k", "new")
	requireValue(t, d, "k", "new")
}

// awaitQueue returns when somebody waits for the shard of the one entry at path.
func awaitQueue(t *testing.T, path string) {
	f, err := os.Open(filepath.Join(filepath.Dir(only(t, path)), "turn"))
	require.NoError(t, err)
	defer f.Close()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == syscall.EWOULDBLOCK {
			return
		}
		require.NoError(t, err)
		require.NoError(t, syscall.Flock(int(f.Fd()), syscall.LOCK_UN))
		runtime.Gosched()
	}
}

// TestFinishedWriter is TestStoppedWriter for one that goes on.
func TestFinishedWriter(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	writer := rerun.Start(t, "hang", path, "")
	waiting := make(chan error)
	go func() { waiting <- d.Put(t.Context(), "k", []byte("later"), 0) }()
	writer.Begin()
	require.NoError(t, <-waiting)
	writer.End()
	requireValue(t, d, "k", "later")
}

// TestCloseWaitsForTheWriter: a write under way is finished, one that waits for it is not begun.
func TestCloseWaitsForTheWriter(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	other := still(t, path)
	synctest.Test(t, func(t *testing.T) {
		d := still(t, path)
		reached, goOn := make(chan bool), make(chan bool)
		d.FailAt(func(step string) error {
			if step == "rename" {
				reached <- true
				<-goOn
			}
			return nil
		})
		writing, waiting, closed := make(chan error, 1), make(chan error, 1), make(chan error, 1)
		go func() { writing <- d.Put(context.Background(), "k", []byte("v"), 0) }()
		<-reached
		go func() { waiting <- d.Put(context.Background(), "k", []byte("never"), 0) }()
		synctest.Wait()
		go func() { closed <- d.Close() }()
		synctest.Wait()
		require.Len(t, waiting, 1, "it waits no longer")
		require.ErrorIs(t, <-waiting, drivers.ErrClosed)
		require.Empty(t, closed)
		goOn <- true
		require.NoError(t, <-writing)
		require.NoError(t, <-closed)
	})
	requireValue(t, other, "k", "v")
}

// TestCloseEndsEverything runs alone: it looks at all goroutines.
func TestCloseEndsEverything(t *testing.T) {
	path := fastDir(t)
	for range 10 {
		d, err := file.Open(t.Context(), file.Options{Path: path})
		require.NoError(t, err)
		for i := range 100 {
			put(t, d, fmt.Sprint(i), "v")
		}
		require.NoError(t, d.Close())
	}
	require.NotContains(t, stacks(), "drivers/file.(*Driver)")
	if runtime.GOOS == "linux" {
		require.Empty(t, openBelow(t, path))
	}
}

func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

// openBelow returns what this process has open below path.
func openBelow(t *testing.T, path string) (open []string) {
	fds, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	for _, fd := range fds {
		target, err := os.Readlink("/proc/self/fd/" + fd.Name())
		if err == nil && strings.HasPrefix(target, path) {
			open = append(open, target)
		}
	}
	return open
}
