package cache_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	_ "github.com/cachegen/cachegen/runtime/drivers/file"
)

func fileConfig(path string) *cache.Config {
	store := cache.StoreConfig{Driver: cache.DriverFile, Path: path}
	return &cache.Config{Default: "main", Stores: map[string]cache.StoreConfig{"main": store, "other": store}}
}

// TestFilesOutliveTheManager has a second manager stand for the next start of the program.
func TestFilesOutliveTheManager(t *testing.T) {
	ctx := t.Context()
	path := t.TempDir()
	first := cache.NewManager(fileConfig(path))
	want, err := cache.NewCache(first, userSpec()).RememberE(ctx, 7, loadUser)
	require.NoError(t, err)
	require.NoError(t, first.Put("n", 41, time.Hour))
	require.NoError(t, first.Shutdown(ctx))

	m := newManager(t, fileConfig(path))
	got, err := cache.NewCache(m, userSpec()).RememberE(ctx, 7, func(context.Context, int64) (*user, error) { return nil, errors.New("loaded") })
	require.NoError(t, err)
	require.Equal(t, want, got)
	sum, err := m.Increment("n", 1)
	require.NoError(t, err)
	require.EqualValues(t, 42, sum)

	other, err := m.Store("other")
	require.NoError(t, err)
	require.NoError(t, other.Put("n", "apart", time.Hour))
	require.NoError(t, m.Flush())
	require.False(t, m.Has("n"))
	require.True(t, other.Has("n"))
}

func TestFileNeedsAPath(t *testing.T) {
	m := newManager(t, fileConfig(""))
	require.ErrorContains(t, m.Ready(t.Context()), "Path")
	_, err := cache.NewCache(m, userSpec()).RememberE(t.Context(), 7, loadUser)
	require.ErrorContains(t, err, "Path")
}
