//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers"
)

// writeUnderUmask fills a store under the given umask.
func writeUnderUmask(path, umask string) error {
	mask, err := strconv.ParseInt(umask, 8, 0)
	if err != nil {
		return err
	}
	syscall.Umask(int(mask))
	d, err := join(path)
	if err != nil {
		return err
	}
	rerun.Ready()
	ctx := context.Background()
	_, incrementErr := d.Increment(ctx, "n", 1, 0)
	_, lockErr := d.Lock(ctx, "l", "o", time.Hour)
	_, takeErr := d.Take(ctx, "u", drivers.Rate{Limit: 2, Period: time.Hour}, 1)
	_, leaseErr := d.Acquire(ctx, []string{"leased"}, "token", time.Hour, true)
	return errors.Join(d.Put(ctx, "k", []byte("v"), 0), incrementErr, lockErr, takeErr, leaseErr, d.Close())
}

// TestModes: nobody else may look into a store, whatever the umask.
func TestModes(t *testing.T) {
	t.Parallel()
	for _, umask := range []string{"0", "22", "77"} {
		path := filepath.Join(t.TempDir(), "store")
		writer := rerun.Start(t, "umask", path, umask)
		writer.Begin()
		writer.End()
		requireModes(t, path)
	}
}

// openUnderUmask expects that a store cannot be opened under a umask that shuts out the owner.
func openUnderUmask(path, _ string) error {
	syscall.Umask(0o277)
	rerun.Ready()
	return wantConfigError(path, "umask")
}

func TestUmaskThatShutsOutTheOwner(t *testing.T) {
	t.Parallel()
	c := rerun.Start(t, "owner's umask", t.TempDir(), "")
	c.Begin()
	c.End()
}

func requireModes(t *testing.T, path string) {
	seen := 0
	require.NoError(t, filepath.WalkDir(path, func(name string, entry os.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := entry.Info()
		require.NoError(t, err)
		want := os.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		require.Equal(t, want, info.Mode().Perm(), name)
		seen++
		return nil
	}))
	require.Greater(t, seen, 8)
}

// TestLooseModesAreTightened opens a store whose directories somebody made readable.
func TestLooseModesAreTightened(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	put(t, still(t, path), "k", "v")
	for name := filepath.Dir(only(t, path)); name != path; name = filepath.Dir(name) {
		require.NoError(t, os.Chmod(name, 0o755))
	}
	requireValue(t, still(t, path), "k", "v")
	for name := filepath.Dir(only(t, path)); name != path; name = filepath.Dir(name) {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	}
}

func requireRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("NOT TESTED: it takes root to make files of several users")
	}
}

const nobody = 65534

// openToOthers returns a directory that every user may enter.
func openToOthers(t *testing.T) string {
	base, err := os.MkdirTemp("", "cachegen-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(base)) })
	require.NoError(t, os.Chmod(base, 0o755))
	return base
}

// TestAsNobody runs the tests about what stands in the way once more, without the rights of root, who
// may do things that others may not.
func TestAsNobody(t *testing.T) {
	t.Parallel()
	requireRoot(t)
	base := openToOthers(t)
	program := filepath.Join(base, "tests")
	// By another process: a file that this one has written cannot be run while a child of another
	// test, just forked, has it open too.
	require.NoError(t, exec.Command("cp", os.Args[0], program).Run())
	require.NoError(t, os.Chmod(program, 0o755))
	temporary := filepath.Join(base, "tmp")
	require.NoError(t, os.Mkdir(temporary, 0o700))
	require.NoError(t, os.Chown(temporary, nobody, nobody))
	c := exec.Command(program, "-test.v", "-test.run",
		"InPlace|SecondName|Modes|Corrupted|Swapped|HostileKeys|RemovedBehind|PathsThat|Umask|RefusedBytes")
	c.Dir, c.Env = base, append(os.Environ(), "TMPDIR="+temporary)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.GreaterOrEqual(t, strings.Count(string(out), "\n--- PASS: "), 12, "%s", out)
	require.NotContains(t, string(out), "--- SKIP")
}

// TestOtherUsers runs a store as nobody, among files of root.
func TestOtherUsers(t *testing.T) {
	t.Parallel()
	requireRoot(t)
	base := openToOthers(t)
	for _, name := range []string{"own", "read-only", "locked"} {
		path := filepath.Join(base, name)
		require.NoError(t, os.Mkdir(path, 0o700))
		require.NoError(t, os.Chown(path, nobody, nobody))
	}
	require.NoError(t, os.Mkdir(filepath.Join(base, "of root"), 0o777))
	require.NoError(t, os.Chmod(filepath.Join(base, "read-only"), 0o500))
	c := rerun.Start(t, "nobody", base, "")
	for _, mode := range []os.FileMode{0o600, 0o644} { // unreadable, and readable
		entry := only(t, filepath.Join(base, "own"))
		content, err := os.ReadFile(entry)
		require.NoError(t, err)
		require.NoError(t, os.Remove(entry))
		require.NoError(t, os.WriteFile(entry, content, mode))
		require.NoError(t, os.Chmod(entry, mode))
		c.Begin()
		require.Equal(t, "ready", c.Line())
	}
	c.Begin()
	c.End()
}

// actWithoutRights is the part of nobody in TestOtherUsers.
func actWithoutRights(base, _ string) error {
	if err := errors.Join(syscall.Setgid(nobody), syscall.Setuid(nobody)); err != nil {
		return err
	}
	d, err := join(filepath.Join(base, "own"))
	if err != nil {
		return err
	}
	ctx := context.Background()
	for range 2 {
		if err := d.Put(ctx, "k", []byte("v"), 0); err != nil {
			return err
		}
		rerun.Ready() // root puts a file of its own with the same content there
		if _, found, err := d.Get(ctx, "k"); found || err != nil {
			return fmt.Errorf("a file of root is served: %t, %v", found, err)
		}
	}
	rerun.Ready()
	return errors.Join(
		wantConfigError(filepath.Join(base, "of root"), "belongs to another user"),
		wantConfigError(filepath.Join(base, "read-only"), "permission denied"),
		wantConfigError(filepath.Join(base, "missing"), "permission denied"),
		wantLockErrors(filepath.Join(base, "locked")),
	)
}

func wantConfigError(path, reason string) error {
	_, err := join(path)
	var config *drivers.ConfigError
	if !errors.As(err, &config) || config.Field != "Path" || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), reason) {
		return fmt.Errorf("opening %s: %v; want a ConfigError of Path that says %q", path, err, reason)
	}
	return nil
}

// wantLockErrors: a lock that cannot be looked at is neither free nor held, and a shard that cannot be
// written to serves what it has.
func wantLockErrors(path string) error {
	d, err := join(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	_, err = d.Lock(ctx, "l", "owner", time.Hour)
	if err = errors.Join(err, d.Put(ctx, "k", []byte("v"), 0)); err != nil {
		return err
	}
	locks, err := filepath.Glob(filepath.Join(path, "*", "*", "l[0-9a-f]*"))
	if err != nil || len(locks) != 1 {
		return fmt.Errorf("the locks are %q, %v", locks, err)
	}
	entries, err := filepath.Glob(filepath.Join(path, "*", "*", "v*"))
	if err != nil || len(entries) != 1 {
		return fmt.Errorf("the entries are %q, %v", entries, err)
	}
	if err := errors.Join(os.Chmod(locks[0], 0), os.Chmod(filepath.Dir(entries[0]), 0o500)); err != nil {
		return err
	}
	_, lockErr := d.Lock(ctx, "l", "other", time.Hour)
	_, unlockErr := d.Unlock(ctx, "l", "owner")
	putErr, forgetErr, flushErr := d.Put(ctx, "k", []byte("new"), 0), d.Forget(ctx, "k"), d.Flush(ctx)
	value, found, err := d.Get(ctx, "k")
	for _, err := range []error{lockErr, unlockErr, putErr, forgetErr, flushErr} {
		if !errors.Is(err, os.ErrPermission) {
			return fmt.Errorf("%v; want one that says that permission is denied", err)
		}
	}
	if !found || string(value) != "v" {
		return fmt.Errorf("Get = %q, %t, %v", value, found, err)
	}
	return nil
}
