package generator

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// entries returns the names in a directory.
func entries(t *testing.T, dir string) []string {
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestCommitWritesAndRemoves(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.WriteFile(at("stale"), []byte("old"), 0o640))
	require.NoError(t, os.WriteFile(at("orphan"), []byte("old"), 0o600))
	require.NoError(t, os.WriteFile(at("fresh"), []byte("on disk"), 0o600))
	r := &Result{Files: []File{
		{Path: at("stale"), Status: Stale, New: []byte("new")},
		{Path: at("missing"), Status: Missing, New: []byte("new too")},
		{Path: at("orphan"), Status: Orphan},
		{Path: at("fresh"), Status: Fresh, New: []byte("must not be written")},
	}}
	require.False(t, r.Fresh())
	require.NoError(t, r.Commit())

	require.Equal(t, []string{"fresh", "missing", "stale"}, entries(t, dir))
	for name, want := range map[string]string{"stale": "new", "missing": "new too", "fresh": "on disk"} {
		got, err := os.ReadFile(at(name))
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	for name, want := range map[string]os.FileMode{"stale": 0o640, "missing": 0o644} {
		info, err := os.Stat(at(name))
		require.NoError(t, err)
		require.Equal(t, want, info.Mode().Perm(), name)
	}
}

func TestCommitChangesNothingIfAFileCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	stale := filepath.Join(dir, "stale")
	require.NoError(t, os.WriteFile(stale, []byte("old"), 0o600))
	r := &Result{Files: []File{
		{Path: stale, Status: Stale, New: []byte("new")},
		{Path: filepath.Join(dir, "nosuch", "missing"), Status: Missing, New: []byte("new")},
	}}
	require.ErrorContains(t, r.Commit(), "nothing was changed: write "+r.Files[1].Path)

	require.Equal(t, []string{"stale"}, entries(t, dir))
	got, err := os.ReadFile(stale)
	require.NoError(t, err)
	require.Equal(t, "old", string(got))
}

func TestCommitSaysIfItStoppedHalfway(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "blocked")
	require.NoError(t, os.MkdirAll(filepath.Join(blocked, "a directory"), 0o755))
	r := &Result{Files: []File{
		{Path: filepath.Join(dir, "first"), Status: Missing, New: []byte("new")},
		{Path: blocked, Status: Stale, New: []byte("new")},
		{Path: filepath.Join(dir, "third"), Status: Missing, New: []byte("new")},
	}}
	require.ErrorContains(t, r.Commit(), "some files may be new and others old, run again")
	require.Equal(t, []string{"blocked", "first"}, entries(t, dir), "no temporary file is left")
}
