package redis

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// The options of a store that this driver reads: what logs in at sentinels.
const (
	sentinelUsername = "sentinel_username"
	sentinelPassword = "sentinel_password"
)

// fromConfig translates a store's configuration. The servers are named in one of four ways: Host
// and Port, Addrs, Path (a unix socket), or DSN.
func fromConfig(cfg drivers.StoreConfig) (Options, error) {
	if err := checkUnused(cfg); err != nil {
		return Options{}, err
	}
	o := Options{
		Master:           cfg.Master,
		Username:         cfg.Username,
		Password:         cfg.Password,
		SentinelUsername: cfg.Options[sentinelUsername],
		SentinelPassword: cfg.Options[sentinelPassword],
		Timeout:          cfg.Timeout,
		Prefix:           cfg.Prefix,
		Name:             cfg.Name,
	}
	var err error
	if o.Database, err = databaseNumber(cfg.Database); err != nil {
		return o, err
	}
	encrypted := cfg.TLS
	if cfg.DSN != "" {
		encrypted, err = o.applyDSN(cfg)
	} else {
		err = o.applyServers(cfg)
	}
	if err != nil {
		return o, err
	}
	o.TLS, err = tlsConfig(cfg, encrypted)
	return o, err
}

// checkUnused refuses the fields that this driver does not read: a setting must not be ignored in
// silence.
func checkUnused(cfg drivers.StoreConfig) error {
	switch {
	case cfg.MaxEntries != 0:
		return configError("MaxEntries", "the server bounds its own memory; leave it 0")
	case cfg.MaxBytes != 0:
		return configError("MaxBytes", "the server bounds its own memory; leave it 0")
	}
	for name := range cfg.Options {
		if name != sentinelUsername && name != sentinelPassword {
			return configError("Options", fmt.Sprintf("%q is none that this driver reads; there are %s and %s", name, sentinelUsername, sentinelPassword))
		}
	}
	return nil
}

func databaseNumber(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, configError("Database", "it is not the number of a database; write one from 0")
	}
	return n, nil
}

// applyServers reads the servers of a configuration without a DSN.
func (o *Options) applyServers(cfg drivers.StoreConfig) error {
	host := cfg.Host != "" || cfg.Port != 0
	switch {
	case cfg.Path != "" && (host || len(cfg.Addrs) > 0):
		return configError("Path", "a unix socket and a host are both named; leave one empty")
	case host && len(cfg.Addrs) > 0:
		return configError("Addrs", "the server is also named by Host or Port; leave one empty")
	case cfg.Path != "" && !filepath.IsAbs(cfg.Path):
		return configError("Path", "it is not the absolute path of a unix socket; begin with a slash")
	case cfg.Port < 0 || cfg.Port > 65535:
		return configError("Port", fmt.Sprintf("%d is not a port; write one from 1 to 65535", cfg.Port))
	case !isHost(cfg.Host):
		return configError("Host", "it is neither a host name nor an IP address; write a port in Port and a URL in DSN")
	case cfg.Path != "":
		o.Addr = cfg.Path
	case host:
		o.Addr = address(cfg.Host, cfg.Port)
	}
	for _, addr := range cfg.Addrs {
		complete, err := splitAddress(addr)
		if err != nil {
			return err
		}
		o.Addrs = append(o.Addrs, complete)
	}
	return nil
}

// splitAddress checks an address of Addrs and gives it the default host if it has only a port.
func splitAddress(addr string) (string, error) {
	host, p, err := net.SplitHostPort(addr)
	if err != nil || !isHost(host) {
		return "", configError("Addrs", "an address is not host:port; write a URL in DSN")
	}
	port, err := strconv.Atoi(p)
	if err != nil || port < 1 || port > 65535 {
		return "", configError("Addrs", "an address has no port from 1 to 65535")
	}
	return address(host, port), nil
}

// isHost keeps out what was meant for another field, a URL above all: dialling it would fail with
// an error that repeats it.
func isHost(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil || !strings.ContainsAny(s, ":/@ ")
}

// address joins host and port, with the defaults for what is missing.
func address(host string, port int) string {
	if host == "" {
		host = defaultHost
	}
	if port == 0 {
		port = defaultPort
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

// tlsConfig returns nil for a connection that is not encrypted.
func tlsConfig(cfg drivers.StoreConfig, encrypted bool) (*tls.Config, error) {
	if encrypted {
		return loadTLS(cfg)
	}
	if cfg.CAFile != "" || cfg.CertFile != "" || cfg.KeyFile != "" {
		return nil, configError("TLS", "certificate files are set for a connection that is not encrypted; set TLS or write rediss://")
	}
	return nil, nil
}
