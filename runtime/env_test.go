package cache_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
)

// setenv sets the variables of FromEnv to those given, and no other.
func setenv(t *testing.T, env map[string]string) {
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "CACHE_") || strings.HasPrefix(name, "REDIS_") {
			t.Setenv(name, "")
		}
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
}

func TestEnvironmentIsRead(t *testing.T) {
	memory := cache.StoreConfig{Driver: "memory"}
	only := func(sc cache.StoreConfig) *cache.Config {
		return &cache.Config{Default: "default", Stores: map[string]cache.StoreConfig{"default": sc}}
	}
	for name, tt := range map[string]struct {
		env  map[string]string
		want *cache.Config
	}{
		"nothing": {nil, only(memory)},
		"spaces":  {map[string]string{"CACHE_DRIVER": " ", "CACHE_STORES": " , "}, only(memory)},
		"memory by entries": {
			map[string]string{"CACHE_DRIVER": "Memory", "CACHE_MAX_ENTRIES": "10", "CACHE_TIMEOUT": "1s", "CACHE_DSN": "x", "REDIS_HOST": "x"},
			only(cache.StoreConfig{Driver: "Memory", MaxEntries: 10, Timeout: time.Second}),
		},
		"memory by bytes": {map[string]string{"CACHE_MAX_BYTES": "4096"}, only(cache.StoreConfig{Driver: "memory", MaxBytes: 4096})},
		"redis": {
			map[string]string{
				"CACHE_DRIVER": "redis", "CACHE_PATH": "/tmp/x", "REDIS_HOST": "h", "REDIS_PORT": "6380", "REDIS_USERNAME": "u",
				"REDIS_PASSWORD": " p ", "REDIS_DATABASE": "3", "REDIS_TLS": "true", "CACHE_MAX_ENTRIES": "7",
			},
			only(cache.StoreConfig{Driver: "redis", Host: "h", Port: 6380, Username: "u", Password: " p ", Database: "3", TLS: true}),
		},
		"sentinels": {
			map[string]string{"CACHE_DRIVER": "redis", "REDIS_ADDRS": "a:1, b:2,", "REDIS_MASTER": "m"},
			only(cache.StoreConfig{Driver: "redis", Addrs: []string{"a:1", "b:2"}, Master: "m"}),
		},
		"sentinels with a login": {
			map[string]string{
				"CACHE_DRIVER": "redis", "REDIS_ADDRS": "a:1", "REDIS_MASTER": "m",
				"REDIS_SENTINEL_USERNAME": "u", "REDIS_SENTINEL_PASSWORD": " p ",
			},
			only(cache.StoreConfig{Driver: "redis", Addrs: []string{"a:1"}, Master: "m", Options: map[string]string{
				"sentinel_username": "u", "sentinel_password": " p ",
			}}),
		},
		"redis beside another server": {
			map[string]string{"CACHE_DRIVER": "database", "CACHE_STORES": "api:redis", "CACHE_DSN": "postgres://h/d", "REDIS_URL": "redis://r"},
			&cache.Config{Default: "default", Stores: map[string]cache.StoreConfig{
				"default": {Driver: "database", DSN: "postgres://h/d"}, "api": {Driver: "redis", DSN: "redis://r"},
			}},
		},
		"dsn":  {map[string]string{"CACHE_DRIVER": "redis", "CACHE_DSN": "redis://x"}, only(cache.StoreConfig{Driver: "redis", DSN: "redis://x"})},
		"file": {map[string]string{"CACHE_DRIVER": "file", "CACHE_PATH": "/var/cache"}, only(cache.StoreConfig{Driver: "file", Path: "/var/cache"})},
		"file beside a server": {
			map[string]string{"CACHE_DRIVER": "file", "CACHE_PATH": "/var/cache", "CACHE_DSN": "postgres://h/d"},
			only(cache.StoreConfig{Driver: "file", Path: "/var/cache"}),
		},
		"database in a file": {
			map[string]string{"CACHE_DRIVER": "database", "CACHE_PATH": "/var/cache.db"},
			only(cache.StoreConfig{Driver: "database", Path: "/var/cache.db"}),
		},
		"database on a server": {
			map[string]string{"CACHE_DRIVER": "database", "CACHE_PATH": "/var/cache", "CACHE_DSN": "postgres://h/d"},
			only(cache.StoreConfig{Driver: "database", DSN: "postgres://h/d"}),
		},
		"stores": {
			map[string]string{"CACHE_PREFIX": "app", "CACHE_STORES": "session:memory, api : redis", "REDIS_HOST": "h"},
			&cache.Config{Default: "default", Prefix: "app", Stores: map[string]cache.StoreConfig{
				"default": memory, "session": memory, "api": {Driver: "redis", Host: "h"},
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			setenv(t, tt.env)
			c, err := cache.FromEnv()
			require.NoError(t, err)
			require.Equal(t, tt.want, c)
			require.NoError(t, c.Validate())
		})
	}
}

func TestBadVariableIsNamed(t *testing.T) {
	for variable, values := range map[string][]string{
		"CACHE_TIMEOUT":     {"250", "-1s", "0s", "soon"},
		"CACHE_MAX_ENTRIES": {"0", "-1", "many", "1.5", "99999999999999999999"},
		"CACHE_MAX_BYTES":   {"1MB"},
		"CACHE_STORES":      {"session", ":memory", "session:", "a:memory,a:redis", "default:redis"},
		"REDIS_PORT":        {"0", "65536", "http"},
		"REDIS_DATABASE":    {"-1", "main"},
		"REDIS_TLS":         {"maybe"},
	} {
		for _, value := range values {
			env := map[string]string{variable: value}
			if strings.HasPrefix(variable, "REDIS_") {
				env["CACHE_DRIVER"] = "redis"
			}
			setenv(t, env)
			_, err := cache.FromEnv()
			require.ErrorContains(t, err, "environment: "+variable+": ", value)
		}
	}
}

func TestAllBadVariablesAreNamedOnce(t *testing.T) {
	setenv(t, map[string]string{
		"CACHE_DRIVER": "redis", "CACHE_STORES": "a:redis,b:redis,c:memory", "CACHE_TIMEOUT": "x", "REDIS_PORT": "y",
		"REDIS_PASSWORD": canary, "CACHE_MAX_BYTES": "1", "CACHE_MAX_ENTRIES": "1",
	})
	_, err := cache.FromEnv()
	require.Error(t, err)
	for _, variable := range []string{"CACHE_TIMEOUT", "REDIS_PORT", "CACHE_MAX_BYTES"} {
		require.Equal(t, 1, strings.Count(err.Error(), "environment: "+variable), variable)
	}
	require.NotContains(t, err.Error(), canary)
}
