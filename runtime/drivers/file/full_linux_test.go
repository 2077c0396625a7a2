package file_test

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// smallDisk mounts a file system that is soon full.
func smallDisk(t *testing.T, options string) (path string) {
	path = t.TempDir()
	if err := syscall.Mount("tmpfs", path, "tmpfs", 0, options+",mode=0700"); err != nil {
		t.Skipf("NOT TESTED: a full disk, since a small one cannot be mounted: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(path, 0)) })
	return path
}

// TestFullDisk fills a disk, by bytes and by files: a write is an error, the old value stays, nothing
// is left behind, and when there is room again writes work again.
func TestFullDisk(t *testing.T) {
	for name, disk := range map[string]struct {
		options string
		value   int
	}{
		"bytes": {"size=1m,nr_inodes=1000", 100_000},
		"files": {"size=16m,nr_inodes=200", 10},
	} {
		t.Run(name, func(t *testing.T) {
			path := smallDisk(t, disk.options)
			d := open(t, file.Options{Path: path})
			ctx := t.Context()
			put(t, d, "old", "value")
			written, err := 0, error(nil)
			for ; err == nil; written++ {
				require.Less(t, written, 1000)
				err = d.Put(ctx, fmt.Sprint(written), make([]byte, disk.value), 0)
			}
			require.ErrorIs(t, err, syscall.ENOSPC)
			require.ErrorContains(t, err, "cachegen/drivers/file: put in "+path)
			err = d.Put(ctx, "old", make([]byte, 1<<20), 0)
			require.ErrorIs(t, err, syscall.ENOSPC)
			requireValue(t, d, "old", "value")
			require.Empty(t, files(t, path, "new"))
			requireMiss(t, d, "missing")

			again, err := file.Open(ctx, file.Options{Path: path})
			require.NoError(t, err, "what is there can still be read")
			requireValue(t, again, "old", "value")
			require.NoError(t, again.Close())

			for i := range written {
				require.NoError(t, d.Forget(ctx, fmt.Sprint(i)))
			}
			put(t, d, "old", "new")
			requireValue(t, d, "old", "new")
		})
	}
}

// TestReadOnlyDisk: it is refused, whatever is on it.
func TestReadOnlyDisk(t *testing.T) {
	path := smallDisk(t, "size=1m")
	d := still(t, path)
	put(t, d, "k", "v")
	require.NoError(t, d.Close())
	require.NoError(t, syscall.Mount("tmpfs", path, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	require.NoError(t, wantConfigError(path, "read-only file system"))
}
