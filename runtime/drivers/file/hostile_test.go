//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// TestInPlaceOfAnEntry puts something else where an entry was: a read is a miss that removes it, a
// write replaces it, and what it leads to is neither read nor changed.
func TestInPlaceOfAnEntry(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	target := filepath.Join(outside, "target")
	for name, plant := range map[string]func(t *testing.T, entry string) error{
		"link to a file":      func(t *testing.T, entry string) error { return os.Symlink(target, entry) },
		"link to nothing":     func(t *testing.T, entry string) error { return os.Symlink(filepath.Join(outside, "none"), entry) },
		"link to a directory": func(t *testing.T, entry string) error { return os.Symlink(outside, entry) },
		"link to itself":      func(t *testing.T, entry string) error { return os.Symlink(filepath.Base(entry), entry) },
		"link to the lock":    func(t *testing.T, entry string) error { return os.Symlink("lock", entry) },
		"hard link":           func(t *testing.T, entry string) error { return os.Link(target, entry) },
		"pipe":                func(t *testing.T, entry string) error { return syscall.Mkfifo(entry, 0o600) },
		"pipe with a writer":  func(t *testing.T, entry string) error { return openPipe(t, entry) },
		"socket":              func(t *testing.T, entry string) error { return socket(t, entry) },
		"empty directory":     func(t *testing.T, entry string) error { return os.Mkdir(entry, 0o700) },
		"empty file":          func(t *testing.T, entry string) error { return os.WriteFile(entry, nil, 0o600) },
		"huge file":           func(t *testing.T, entry string) error { return hugeFile(entry) },
		"text":                func(t *testing.T, entry string) error { return os.WriteFile(entry, []byte(`{"a":1}`), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir()
			d := still(t, path)
			ctx := t.Context()
			put(t, d, "k", "old")
			entry := only(t, path)
			replant := func() {
				require.NoError(t, os.WriteFile(target, []byte("outside"), 0o644))
				require.NoError(t, os.RemoveAll(entry))
				require.NoError(t, plant(t, entry))
			}

			replant()
			requireMiss(t, d, "k")
			_, err := os.Lstat(entry)
			require.ErrorIs(t, err, os.ErrNotExist, "a read removes it")
			replant()
			d.Sweep()
			_, err = os.Lstat(entry)
			require.ErrorIs(t, err, os.ErrNotExist, "a sweep removes it")
			replant()
			require.NoError(t, d.Forget(ctx, "k"))
			requireMiss(t, d, "k")
			replant()
			require.NoError(t, d.Flush(ctx))
			requireMiss(t, d, "k")
			if name != "empty directory" { // which nothing can be renamed over
				replant()
				put(t, d, "k", "new")
				requireValue(t, d, "k", "new")
				replant()
				n, err := d.Increment(ctx, "k", 5, 0)
				require.NoError(t, err)
				require.EqualValues(t, 5, n)
			}
			kept, err := os.ReadFile(target)
			require.NoError(t, err)
			require.Equal(t, "outside", string(kept))
			info, err := os.Stat(target)
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o644), info.Mode().Perm())
		})
	}
}

// hugeFile makes a file that takes no space, and more memory than there is to read.
func hugeFile(path string) error {
	return errors.Join(os.WriteFile(path, []byte("\xC1cgf"), 0o600), os.Truncate(path, 1<<42))
}

// openPipe makes a pipe that somebody has open for writing: reading it would wait for ever.
func openPipe(t *testing.T, path string) error {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return err
	}
	writer, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		t.Cleanup(func() { require.NoError(t, writer.Close()) })
	}
	return err
}

// socket makes a socket; its path has to be short.
func socket(t *testing.T, path string) error {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	short := filepath.Join(os.TempDir(), filepath.Base(path)[:20])
	defer os.Remove(short)
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: short}); err != nil {
		return err
	}
	return os.Rename(short, path)
}

// TestDirectoryWithFilesInPlaceOfAnEntry: what is in it is not ours to remove.
func TestDirectoryWithFilesInPlaceOfAnEntry(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	put(t, d, "k", "old")
	entry := only(t, path)
	require.NoError(t, os.Remove(entry))
	require.NoError(t, os.MkdirAll(filepath.Join(entry, "below"), 0o700))
	requireMiss(t, d, "k")
	for i := range 1000 {
		require.NoError(t, d.Put(t.Context(), fmt.Sprint(i), nil, time.Nanosecond))
	}
	d.Sweep()
	require.Equal(t, []string{entry}, files(t, path, "v"), "it does not keep other entries")
	require.ErrorContains(t, d.Put(t.Context(), "k", []byte("v"), 0), filepath.Base(entry))
	require.ErrorContains(t, d.Flush(t.Context()), filepath.Base(entry))
	require.DirExists(t, filepath.Join(entry, "below"))
	require.Empty(t, files(t, path, "new"))
}

// TestInPlaceOfAShard: a shard that is a link is refused by name, and not followed.
func TestInPlaceOfAShard(t *testing.T) {
	t.Parallel()
	path, outside := t.TempDir(), t.TempDir()
	d := still(t, path)
	put(t, d, "k", "v")
	shard := filepath.Dir(only(t, path))
	require.NoError(t, os.Rename(shard, filepath.Join(outside, "moved")))
	for link, text := range map[string]string{
		filepath.Join(outside, "moved"): "symbolic link", // with a good entry in it
		"1e":                            "symbolic link",
	} {
		require.NoError(t, os.Symlink(link, shard))
		fresh := still(t, path)
		err := fresh.Put(t.Context(), "k", []byte("new"), 0)
		require.ErrorContains(t, err, text)
		require.ErrorContains(t, err, shard)
		_, _, err = fresh.Get(t.Context(), "k")
		require.ErrorContains(t, err, shard)
		require.NoError(t, os.Remove(shard))
	}
	require.NoError(t, os.WriteFile(shard, []byte("kept"), 0o600))
	err := still(t, path).Put(t.Context(), "k", []byte("new"), 0)
	require.ErrorContains(t, err, "not a directory")
}

// TestInPlaceOfTheOtherFiles plants links and pipes under every name that a write uses.
func TestInPlaceOfTheOtherFiles(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	target := filepath.Join(t.TempDir(), "target")
	require.NoError(t, os.WriteFile(target, []byte("outside"), 0o600))
	d := still(t, path)
	put(t, d, "k", "v")
	shard := filepath.Dir(only(t, path))
	for _, name := range []string{"new", "lock", "turn"} {
		planted := filepath.Join(shard, name)
		for what, plant := range map[string]func() error{
			"link outside": func() error { return os.Symlink(target, planted) },
			"link inside":  func() error { return os.Symlink("turn", planted) },
			"pipe":         func() error { return syscall.Mkfifo(planted, 0o600) },
			"directory":    func() error { return os.Mkdir(planted, 0o700) },
			"nothing":      func() error { return nil },
		} {
			for _, d := range []*file.Driver{d, still(t, path)} { // one that has the files open, and one that has not
				require.NoError(t, os.RemoveAll(planted))
				require.NoError(t, plant())
				put(t, d, "k", name+what)
				requireValue(t, d, "k", name+what)
			}
		}
	}
	kept, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Equal(t, "outside", string(kept))
}

// TestRemovedBehindOurBack removes the store's directories while it is open.
func TestRemovedBehindOurBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store")
	d, other := still(t, path), still(t, path)
	for _, pattern := range []string{"*/*/v*", "*/*/lock", "*/*/*", "*/*", "*", ""} {
		put(t, d, "k", "before")
		requireValue(t, other, "k", "before")
		found, err := filepath.Glob(filepath.Join(path, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		for _, name := range found {
			require.NoError(t, os.RemoveAll(name))
		}
		if pattern != "*/*/lock" {
			requireMiss(t, d, "k")
		}
		require.NoError(t, d.Flush(t.Context()))
		for i := range 100 {
			n, err := []*file.Driver{d, other}[i%2].Increment(t.Context(), "n", 1, 0)
			require.NoError(t, err)
			require.EqualValues(t, i+1, n, "both stores meet again after %q was removed", pattern)
		}
		require.NoError(t, d.Forget(t.Context(), "n"))
	}
}

// TestHostileKeys: whatever the key, it does not reach the path.
func TestHostileKeys(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	path := filepath.Join(base, "a", "b")
	d := open(t, file.Options{Path: path, Prefix: "../../x", Name: "/etc"})
	keys := []string{
		"../../escaped", "/etc/escaped", "..", "\x00", "a\nb", strings.Repeat("../", 100) + "x",
		strings.Repeat("k", 1<<20), "lock", "new", "turn", "v" + strings.Repeat("0", 40),
	}
	for _, key := range keys {
		put(t, d, key, "value of "+key)
	}
	for _, key := range keys {
		requireValue(t, d, key, "value of "+key)
	}
	require.Len(t, files(t, path, "v"), len(keys))
	require.ErrorContains(t, d.Put(t.Context(), strings.Repeat("k", 1<<20+1), nil, 0), "the key of 1048577 bytes is too long")
	var strays []string
	require.NoError(t, filepath.WalkDir(base, func(name string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !strings.HasPrefix(name, path+"/") {
			strays = append(strays, name)
		}
		return err
	}))
	require.Empty(t, strays)
}

// TestCorruptedFiles flips a bit in every byte of a stored file.
func TestCorruptedFiles(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	require.NoError(t, d.Put(t.Context(), "k", []byte("value"), time.Hour))
	entry := only(t, path)
	whole, err := os.ReadFile(entry)
	require.NoError(t, err)
	for i := range whole {
		bad := append([]byte(nil), whole...)
		bad[i] ^= 0x10
		require.NoError(t, os.WriteFile(entry, bad, 0o600))
		requireMiss(t, d, "k")
		require.NoFileExists(t, entry, "byte %d", i)
	}
	require.NoError(t, os.WriteFile(entry, whole, 0o600))
	requireValue(t, d, "k", "value")
}

// TestSecondName gives a good entry another name, from which it could be changed.
func TestSecondName(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	put(t, d, "k", "v")
	entry := only(t, path)
	whole, err := os.ReadFile(entry)
	require.NoError(t, err)
	other := filepath.Join(t.TempDir(), "other")
	require.NoError(t, os.Link(entry, other))
	requireMiss(t, d, "k")
	require.NoFileExists(t, entry)
	kept, err := os.ReadFile(other)
	require.NoError(t, err)
	require.Equal(t, whole, kept)
}

// TestSwappedFiles exchanges entries and copies them from store to store.
func TestSwappedFiles(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	a := open(t, file.Options{Path: path, Name: "a"})
	b := open(t, file.Options{Path: path, Name: "b"})
	put(t, a, "k", "of a")
	inA := only(t, path)
	put(t, b, "k", "of b")
	require.NoError(t, a.Forget(t.Context(), "k"))
	inB := only(t, path)
	require.NoError(t, os.Rename(inB, inA))
	requireMiss(t, a, "k")
	requireMiss(t, b, "k")
	require.Empty(t, files(t, path, "v"))
}
