package database_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/racetest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// TestFiles: the file and its directory are made for this user alone, wherever they are and whatever
// they are called.
func TestFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cache.db", "a b", "with%20percent", "what?", "hash#", "semi;colon", "quote'", "ünï", "a/b/c.db"} {
		path := filepath.Join(t.TempDir(), "made", name)
		d := open(t, database.Options{Path: path})
		put(t, d, "k", "v")
		requireValue(t, d, "k", "v")
		for _, suffix := range []string{"", "-wal", "-shm"} {
			info, err := os.Stat(path + suffix)
			require.NoError(t, err, name)
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name+suffix)
		}
		info, err := os.Stat(filepath.Dir(path))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
		require.NoError(t, d.Close())
		requireValue(t, open(t, database.Options{Path: path}), "k", "v")
	}
}

// TestPragmas: what the documentation says of the file's settings is so on each connection.
func TestPragmas(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	open(t, database.Options{Path: path})
	var mode string
	require.NoError(t, look(t, path).QueryRow("PRAGMA journal_mode").Scan(&mode))
	require.Equal(t, "wal", mode)
}

// TestUnusableFiles: what will not work the next time either is an error of the configuration, which says
// what to do.
func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	garbage := filepath.Join(t.TempDir(), "garbage")
	require.NoError(t, os.WriteFile(garbage, []byte(strings.Repeat("this is no database ", 1000)), 0o600))
	damaged := newPath(t)
	d := open(t, database.Options{Path: damaged})
	for i := range 500 {
		put(t, d, fmt.Sprint(i), strings.Repeat("v", 100))
	}
	require.NoError(t, d.Close())
	overwrite(t, damaged, 100, strings.Repeat("\xff", 4096-100))
	for path, says := range map[string]string{
		t.TempDir():           "it is a directory",
		garbage:               "it is not an SQLite file, or damaged",
		damaged:               "it is not an SQLite file, or damaged",
		"/dev/null":           "it is a directory or a device",
		garbage + "/cache.db": "it cannot be made",
		"a\x00b":              "holds a NUL",
	} {
		_, err := database.Open(t.Context(), database.Options{Path: path, Timeout: patient})
		var config *drivers.ConfigError
		require.ErrorAs(t, err, &config, path)
		require.Equal(t, "Path", config.Field)
		require.ErrorContains(t, err, says)
	}
	content, err := os.ReadFile(garbage)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(content), "this is no database"), "a foreign file stays as it is")
}

// overwrite damages a file.
func overwrite(t *testing.T, path string, at int64, with string) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte(with), at)
	require.NoError(t, errors.Join(err, f.Close()))
}

// TestDamagedWhileOpen: a page that is damaged is an error of the calls that need it, and never a value.
func TestDamagedWhileOpen(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	d := open(t, database.Options{Path: path})
	for i := range 2000 {
		put(t, d, fmt.Sprint(i), strings.Repeat("v", 100))
	}
	require.NoError(t, d.Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	for at := int64(4096 * 6); at < info.Size(); at += 4096 * 3 {
		overwrite(t, path, at, strings.Repeat("\xa5", 2048))
	}
	d, err = database.Open(t.Context(), database.Options{Path: path, Timeout: patient})
	if err != nil {
		require.True(t, drivers.Permanent(err), "%v", err)
		return
	}
	defer d.Close()
	failed := 0
	for i := range 2000 {
		value, found, err := d.Get(t.Context(), fmt.Sprint(i))
		if err != nil {
			failed++
		}
		if found {
			require.Equal(t, strings.Repeat("v", 100), string(value))
		}
	}
	require.Positive(t, failed)
}

// TestFullFile: what does not fit is an error, what was there stays, and there is room again when it goes.
func TestFullFile(t *testing.T) {
	t.Parallel()
	d := open(t, database.Options{DSN: "sqlite://" + newPath(t) + "?_pragma=max_page_count(60)"})
	put(t, d, "first", "v")
	value := strings.Repeat("v", 5000)
	var err error
	stored := 0
	for ; err == nil; stored++ {
		require.Less(t, stored, 1000)
		err = d.Put(t.Context(), fmt.Sprint(stored), []byte(value), 0)
	}
	require.ErrorContains(t, err, "full")
	require.False(t, drivers.Permanent(err))
	requireValue(t, d, "first", "v")
	for i := range stored - 1 {
		requireValue(t, d, fmt.Sprint(i), value)
	}
	requireMiss(t, d, fmt.Sprint(stored-1))
	require.NoError(t, d.Flush(t.Context()))
	put(t, d, "after", value)
	requireValue(t, d, "after", value)
}

// TestFileHeldByAnother: while another program writes, reads go on, and writes end with the operation
// timeout or with their ctx, whichever is earlier.
func TestFileHeldByAnother(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	d := open(t, database.Options{Path: path, Timeout: drivers.DefaultTimeout})
	put(t, d, "k", "v")
	other, err := look(t, path).Conn(t.Context())
	require.NoError(t, err)
	defer other.Close()
	_, err = other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)

	requireValue(t, d, "k", "v")
	for range 2 { // the second one waits behind the first
		requireTimely(t, drivers.DefaultTimeout, context.DeadlineExceeded, func() error { return d.Put(context.Background(), "k", nil, 0) })
	}
	const soon = 60 * time.Millisecond
	requireTimely(t, soon, context.DeadlineExceeded, func() error {
		ctx, cancel := context.WithTimeout(t.Context(), soon)
		defer cancel()
		return d.Put(ctx, "k", nil, 0)
	})
	requireTimely(t, soon, context.Canceled, func() error {
		ctx, cancel := context.WithCancel(t.Context())
		defer time.AfterFunc(soon, cancel).Stop()
		return d.Put(ctx, "k", nil, 0)
	})
	_, err = other.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	put(t, d, "k", "after")
	requireValue(t, d, "k", "after")
}

// requireTimely checks that a call fails with want within a bound, by 50 ms and what the machine needs.
func requireTimely(t *testing.T, bound time.Duration, want error, call func() error) {
	t.Helper()
	started := time.Now()
	require.ErrorIs(t, call(), want)
	require.Less(t, time.Since(started), bound+50*time.Millisecond+stall)
}

// stall is added to bounds in time: the machine's few processors are shared with other tests.
const stall = 150*time.Millisecond + racetest.Slack
