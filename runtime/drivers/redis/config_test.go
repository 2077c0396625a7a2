package redis_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

func TestConfigurationsThatCannotWork(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for name, c := range map[string]struct {
		field string
		cfg   drivers.StoreConfig
	}{
		"bounded by entries":   {"MaxEntries", drivers.StoreConfig{MaxEntries: 1}},
		"bounded by bytes":     {"MaxBytes", drivers.StoreConfig{MaxBytes: 1}},
		"unknown option":       {"Options", drivers.StoreConfig{Options: map[string]string{"pool": "1"}}},
		"group of nobody":      {"Master", drivers.StoreConfig{Master: "m"}},
		"group and host":       {"Master", drivers.StoreConfig{Master: "m", Host: "a"}},
		"group and DSN":        {"DSN", drivers.StoreConfig{Master: "m", DSN: "redis://a"}},
		"cluster's database":   {"Database", drivers.StoreConfig{Addrs: []string{"a:1", "b:2"}, Database: "1"}},
		"cluster and host":     {"Addrs", drivers.StoreConfig{Addrs: []string{"a:1", "b:2"}, Host: "c"}},
		"cluster and path":     {"Path", drivers.StoreConfig{Addrs: []string{"a:1", "b:2"}, Path: "/s"}},
		"second without port":  {"Addrs", drivers.StoreConfig{Addrs: []string{"a:1", "b"}}},
		"sentinel login alone": {"SentinelPassword", drivers.StoreConfig{Options: map[string]string{"sentinel_password": "p"}}},
		"sentinel user alone": {"SentinelPassword", drivers.StoreConfig{Addrs: []string{"a:1"}, Master: "m",
			Options: map[string]string{"sentinel_username": "u"}}},
		"address and host":      {"Addrs", drivers.StoreConfig{Addrs: []string{"a:1"}, Host: "b"}},
		"address without port":  {"Addrs", drivers.StoreConfig{Addrs: []string{"a"}}},
		"address port":          {"Addrs", drivers.StoreConfig{Addrs: []string{"a:http"}}},
		"host with port":        {"Host", drivers.StoreConfig{Host: "a:6379"}},
		"negative port":         {"Port", drivers.StoreConfig{Port: -1}},
		"large port":            {"Port", drivers.StoreConfig{Port: 65536}},
		"database name":         {"Database", drivers.StoreConfig{Database: "main"}},
		"negative database":     {"Database", drivers.StoreConfig{Database: "-1"}},
		"path and host":         {"Path", drivers.StoreConfig{Path: "/s", Host: "a"}},
		"relative path":         {"Path", drivers.StoreConfig{Path: "redis.sock"}},
		"encrypted socket":      {"TLS", drivers.StoreConfig{Path: "/s", TLS: true}},
		"user without password": {"Password", drivers.StoreConfig{Username: "u"}},
		"authority without TLS": {"TLS", drivers.StoreConfig{CAFile: "ca.pem"}},
		"missing authority":     {"CAFile", drivers.StoreConfig{TLS: true, CAFile: "/no/such/file"}},
		"empty authority":       {"CAFile", drivers.StoreConfig{TLS: true, CAFile: empty}},
		"key without pair":      {"CertFile", drivers.StoreConfig{TLS: true, KeyFile: empty}},
		"DSN and host":          {"DSN", drivers.StoreConfig{DSN: "redis://a", Host: "b"}},
		"DSN and password":      {"DSN", drivers.StoreConfig{DSN: "redis://a", Password: "b"}},
		"DSN and database":      {"DSN", drivers.StoreConfig{DSN: "redis://a", Database: "1"}},
		"DSN scheme":            {"DSN", drivers.StoreConfig{DSN: "postgres://a"}},
		"DSN without scheme":    {"DSN", drivers.StoreConfig{DSN: "localhost:6379"}},
		"DSN query":             {"DSN", drivers.StoreConfig{DSN: "redis://a/1?read_timeout=5s"}},
		"DSN port":              {"DSN", drivers.StoreConfig{DSN: "redis://a:0"}},
		"DSN database":          {"DSN", drivers.StoreConfig{DSN: "redis://a/main"}},
		"DSN path":              {"DSN", drivers.StoreConfig{DSN: "redis://a/1/2"}},
		"DSN without TLS":       {"TLS", drivers.StoreConfig{DSN: "redis://a", TLS: true}},
		"DSN authority":         {"TLS", drivers.StoreConfig{DSN: "redis://a", CAFile: "ca.pem"}},
	} {
		t.Run(name, func(t *testing.T) { requireRefused(t, c.cfg, c.field) })
	}
}

func TestWaysToNameTheServer(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	for name, cfg := range map[string]drivers.StoreConfig{
		"host and port": {Host: s.Host(), Port: s.Port()},
		"port alone":    {Port: s.Port()},
		"addrs":         {Addrs: []string{s.Addr()}},
		"DSN":           {DSN: "redis://" + s.Addr() + "/0"},
		"database":      {Port: s.Port(), Database: "1"},
	} {
		t.Run(name, func(t *testing.T) {
			if s.Host() != "127.0.0.1" && cfg.Host == "" && cfg.DSN == "" && len(cfg.Addrs) == 0 {
				t.Skip("the given server is not at the default host")
			}
			cfg.Prefix = s.Prefix()
			requireWorks(t, cfg)
		})
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	_, err := redis.Open(t.Context(), redis.Options{Addr: s.Addr(), Database: -1})
	require.ErrorContains(t, err, "cachegen/drivers/redis: Database: ")
	_, err = redis.Open(t.Context(), redis.Options{Addr: s.Addr(), Addrs: []string{s.Addr()}})
	require.ErrorContains(t, err, "cachegen/drivers/redis: Addrs: ")
	_, err = redis.Open(t.Context(), redis.Options{Addr: s.Addr(), Connections: -1})
	require.ErrorContains(t, err, "cachegen/drivers/redis: Connections: ")
	d, err := redis.Open(t.Context(), redis.Options{Addr: s.Addr(), Prefix: s.Prefix(), Timeout: -time.Second})
	require.NoError(t, err, "a timeout that is not positive is the default")
	require.NoError(t, d.Close())
}
