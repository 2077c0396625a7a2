//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// requireRefused opens a store and expects a ConfigError of the given field that says text.
func requireRefused(t *testing.T, cfg drivers.StoreConfig, field, text string) {
	t.Helper()
	cfg.Driver = "file"
	d, err := drivers.Open(t.Context(), cfg)
	if d != nil {
		require.NoError(t, d.Close())
	}
	var config *drivers.ConfigError
	require.ErrorAs(t, err, &config)
	require.Equal(t, field, config.Field)
	require.Equal(t, "file", config.Driver)
	require.ErrorContains(t, err, text)
	require.True(t, drivers.Permanent(err))
}

func TestConfigurationsThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field string
		cfg   drivers.StoreConfig
	}{
		"no path":           {"Path", drivers.StoreConfig{}},
		"path with NUL":     {"Path", drivers.StoreConfig{Path: "/tmp/a\x00b"}},
		"host":              {"Host", drivers.StoreConfig{Path: "/p", Host: "h"}},
		"port":              {"Port", drivers.StoreConfig{Path: "/p", Port: 1}},
		"addrs":             {"Addrs", drivers.StoreConfig{Path: "/p", Addrs: []string{"a:1"}}},
		"master":            {"Master", drivers.StoreConfig{Path: "/p", Master: "m"}},
		"username":          {"Username", drivers.StoreConfig{Path: "/p", Username: "u"}},
		"password":          {"Password", drivers.StoreConfig{Path: "/p", Password: "s"}},
		"database":          {"Database", drivers.StoreConfig{Path: "/p", Database: "0"}},
		"TLS":               {"TLS", drivers.StoreConfig{Path: "/p", TLS: true}},
		"authority":         {"CAFile", drivers.StoreConfig{Path: "/p", CAFile: "f"}},
		"certificate":       {"CertFile", drivers.StoreConfig{Path: "/p", CertFile: "f"}},
		"private key":       {"KeyFile", drivers.StoreConfig{Path: "/p", KeyFile: "f"}},
		"DSN":               {"DSN", drivers.StoreConfig{Path: "/p", DSN: "file:///p"}},
		"entries":           {"MaxEntries", drivers.StoreConfig{Path: "/p", MaxEntries: 1}},
		"negative bytes":    {"MaxBytes", drivers.StoreConfig{Path: "/p", MaxBytes: -1}},
		"unknown option":    {"Options[shards]", drivers.StoreConfig{Path: "/p", Options: map[string]string{"shards": "1"}}},
		"sync that is none": {"Options[sync]", drivers.StoreConfig{Path: "/p", Options: map[string]string{"sync": "often"}}},
	} {
		t.Run(name, func(t *testing.T) { requireRefused(t, c.cfg, c.field, "cachegen/drivers/file: ") })
	}
}

func TestPathsThatAreRefused(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	plain := filepath.Join(base, "plain")
	require.NoError(t, os.WriteFile(plain, []byte("kept"), 0o600))
	link := filepath.Join(base, "link")
	require.NoError(t, os.Symlink(t.TempDir(), link))
	for path, text := range map[string]string{
		plain:                         "not a directory",
		filepath.Join(plain, "below"): "not a directory",
		link:                          "symbolic link",
	} {
		requireRefused(t, drivers.StoreConfig{Path: path}, "Path", text)
		requireRefused(t, drivers.StoreConfig{Path: path}, "Path", path)
	}
	kept, err := os.ReadFile(plain)
	require.NoError(t, err)
	require.Equal(t, "kept", string(kept))
}

func TestOpenByName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "made", "on the way")
	for _, sync := range []string{"true", "false"} {
		d, err := drivers.Open(t.Context(), drivers.StoreConfig{
			Driver: "file", Path: path, Prefix: "app", Name: "api", MaxBytes: 1 << 20, Timeout: patient,
			Options: map[string]string{"sync": sync},
		})
		require.NoError(t, err)
		added, err := d.Add(t.Context(), "k", []byte("v"), 0)
		require.NoError(t, err)
		require.Equal(t, sync == "true", added, "the value survives from one opening to the next")
		require.NoError(t, d.Close())
	}
	entries, err := os.ReadDir(path)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Regexp(t, `^app_s_api-[0-9a-f]{32}$`, entries[0].Name())
}

func TestRelativePathStaysWhereItWas(t *testing.T) {
	t.Chdir(t.TempDir())
	d := open(t, file.Options{Path: "cache", Timeout: -time.Second}) // which is the default
	t.Chdir(t.TempDir())
	put(t, d, "k", "v")
	requireValue(t, d, "k", "v")
	_, err := os.Stat("cache")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestOpenObeysItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := file.Open(ctx, file.Options{Path: t.TempDir()})
	require.ErrorIs(t, err, context.Canceled)
}
