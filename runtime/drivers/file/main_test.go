//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// patient is the operation timeout of tests that are not about time: a machine may stall.
const patient = 30 * time.Second

// longVariable asks for the long form of tests that have a short one, of some minutes together.
const longVariable = "FILETEST_LONG"

// choose returns how often to do something.
func choose(usually, long int) int {
	if os.Getenv(longVariable) != "" {
		return long
	}
	return usually
}

// open opens a store that is closed at the end of the test.
func open(t testing.TB, o file.Options) *file.Driver {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = patient
	}
	d, err := file.Open(context.Background(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

// still opens a store without a goroutine of its own.
func still(t testing.TB, path string) *file.Driver {
	return open(t, file.Options{Path: path, Now: time.Now})
}

// fastDir returns a directory in memory, where there is one, for tests that say nothing about disks.
func fastDir(t testing.TB) string {
	path, err := os.MkdirTemp("/dev/shm", "cachegen-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(path)) })
	return path
}

// files returns the paths of all files of the store at path whose names begin with kind.
func files(t testing.TB, path, kind string) []string {
	found, err := filepath.Glob(filepath.Join(path, "*", "*", kind+"*"))
	require.NoError(t, err)
	return found
}

// only returns the path of the one entry of the store at path.
func only(t testing.TB, path string) string {
	found := files(t, path, "v")
	require.Len(t, found, 1)
	return found[0]
}

func requireValue(t testing.TB, d *file.Driver, key, want string) {
	t.Helper()
	value, found, err := d.Get(context.Background(), key)
	require.NoError(t, err)
	require.True(t, found, "%q is missing", key)
	require.Equal(t, want, string(value))
}

func requireMiss(t testing.TB, d *file.Driver, key string) {
	t.Helper()
	_, found, err := d.Get(context.Background(), key)
	require.NoError(t, err)
	require.False(t, found, "%q is there", key)
}

func put(t testing.TB, d *file.Driver, key, value string) {
	t.Helper()
	require.NoError(t, d.Put(context.Background(), key, []byte(value), 0))
}
