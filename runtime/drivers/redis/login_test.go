package redis_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/drivertest"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// openConfig opens a store by its configuration, as the runtime does.
func openConfig(t *testing.T, cfg drivers.StoreConfig) (drivers.Driver, error) {
	t.Helper()
	cfg.Driver = "redis"
	if cfg.Timeout == 0 {
		cfg.Timeout = patient
	}
	d, err := drivers.Open(context.Background(), cfg)
	if err == nil {
		t.Cleanup(func() { require.NoError(t, d.Close()) })
	}
	return d, err
}

// requireWorks checks that an opened store stores.
func requireWorks(t *testing.T, cfg drivers.StoreConfig) {
	t.Helper()
	d, err := openConfig(t, cfg)
	require.NoError(t, err)
	ctx := context.Background()
	n, err := d.Increment(ctx, "n", 5, time.Hour)
	require.NoError(t, err)
	require.Equal(t, int64(5), n)
	require.NoError(t, d.Flush(ctx))
}

// requireRefused checks that a store cannot be opened because of one of its fields.
func requireRefused(t *testing.T, cfg drivers.StoreConfig, field string) {
	t.Helper()
	_, err := openConfig(t, cfg)
	var config *drivers.ConfigError
	require.ErrorAs(t, err, &config)
	require.Equal(t, field, config.Field, err)
	require.True(t, drivers.Permanent(err))
}

func TestPassword(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--requirepass", canary)
	host := drivers.StoreConfig{Host: s.Host(), Port: s.Port()}
	requireRefused(t, host, "Password")

	wrong := host
	wrong.Password = "wrong"
	requireRefused(t, wrong, "Password")

	right := host
	right.Password = canary
	requireWorks(t, right)
	requireWorks(t, drivers.StoreConfig{DSN: "redis://:" + canary + "@" + s.Addr() + "/2"})
	requireRefused(t, drivers.StoreConfig{DSN: "redis://default:wrong@" + s.Addr()}, "Password")
	requireRefused(t, drivers.StoreConfig{DSN: "redis://:" + canary + "@" + s.Addr() + "/99"}, "Database")
}

// permitted and ofCluster are what the package's documentation lists.
var (
	permitted = strings.Fields("ping get mget unlink scan evalsha eval subscribe unsubscribe set del incrby pttl pexpire time publish")
	ofCluster = []string{"cluster|slots", "cluster|nodes", "asking"}
)

// user returns the command line arguments for a user who may use these commands, with the prefix app.
func user(name string, commands []string) []string {
	args := []string{"--user", name, "on", ">" + canary, "~app:*", "~app!*", "resetchannels", "&app!*", "+hello", "+auth", "+select"}
	for _, command := range commands {
		args = append(args, "+"+command)
	}
	return args
}

// TestPermissions: the commands that the package's documentation lists are enough, on keys and channels
// of the store's prefix only, and each is needed.
func TestPermissions(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, append(user("alice", permitted), "--user", "bob", "on", ">"+canary, "~app*", "+get")...)
	cfg := drivers.StoreConfig{Host: s.Host(), Port: s.Port(), Username: "alice", Password: canary, Prefix: "app"}
	requireWorks(t, cfg)
	d, err := openConfig(t, cfg)
	require.NoError(t, err)
	require.NoError(t, useEverything(d.(*redis.Driver)))
	stores := 0
	drivertest.Run(t, func(t *testing.T) drivers.Driver {
		stores++
		return open(t, redis.Options{Addr: s.Addr(), Username: "alice", Password: canary, Prefix: "app", Name: fmt.Sprint(stores)})
	}, drivertest.Caps{})

	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	ctx := context.Background()
	for _, command := range permitted {
		if command == "unsubscribe" {
			continue // nobody waits for it
		}
		require.NoError(t, raw.Do(ctx, "acl", "setuser", "alice", "-"+command).Err())
		require.NoError(t, raw.ScriptFlush(ctx).Err())
		require.ErrorContains(t, useEverything(d.(*redis.Driver)), "permission", command)
		require.NoError(t, raw.Do(ctx, "acl", "setuser", "alice", "+"+command).Err())
	}
	require.NoError(t, raw.Do(ctx, "acl", "setuser", "alice", "resetchannels").Err())
	require.ErrorContains(t, useEverything(d.(*redis.Driver)), "permission")

	cfg.Prefix = "app2"
	d, err = openConfig(t, cfg)
	require.NoError(t, err)
	require.ErrorContains(t, d.Put(context.Background(), "k", nil, 0), "permission")

	cfg.Username = "bob"
	requireRefused(t, cfg, "Username")
	cfg.Username = "nobody"
	requireRefused(t, cfg, "Password")
}

// useEverything has the driver send every command that it knows, and returns what went wrong.
func useEverything(d *redis.Driver) error {
	ctx := context.Background()
	errs := []error{d.Ping(ctx), d.ForceUnlock(ctx, "l"), d.Release(ctx, []string{"x"}, "t"), d.Forget(ctx, "x", "y")}
	all := calls(d)
	for _, name := range []string{
		"lock", "lock", "extend", "fence", "unlock", "force unlock", "watch", "acquire", "acquire", "renew", "fill", "acquire", "release",
		"take", "put", "add", "increment", "increment", "get", "get many", "put many", "forget", "scan", "flush",
	} {
		errs = append(errs, all[name](ctx))
	}
	_, stop, err := d.Watch(ctx, "stays") // keeps the connection, so that the channel of the next one is left
	if err == nil {
		defer stop()
	}
	return errors.Join(append(errs, err, all["watch"](ctx), all["watch"](ctx))...)
}

func TestPermissionsOnCluster(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 3, 0, append(user("alice", append(ofCluster, permitted...)), "--user", "bob", "on", ">"+canary, "~app*", "+get", "+ping")...)
	require.NoError(t, useEverything(open(t, redis.Options{Addrs: c.Addrs(), Username: "alice", Password: canary, Prefix: "app"})))
	cfg := drivers.StoreConfig{Addrs: c.Addrs(), Username: "bob", Password: canary, Prefix: "app"}
	requireRefused(t, cfg, "Username") // it may not ask who serves which slots
	cfg.Username = "nobody"
	requireRefused(t, cfg, "Password")
	requireSilentWhenDown(t, redis.Options{Addrs: c.Addrs(), Username: "alice", Password: canary, Prefix: "app"}, c.Nodes())
}

func TestPermissionsOnSentinel(t *testing.T) {
	t.Parallel()
	g := redistest.StartSentinel(t, redistest.Setup{Server: user("alice", permitted)})
	d := open(t, redis.Options{Addrs: g.Addrs(), Master: redistest.Group, Username: "alice", Password: canary, Prefix: "app"})
	require.NoError(t, useEverything(d))
}

// TestOpenNetwork: a connection that is not encrypted, without a login, to another host is the user's
// business.
func TestOpenNetwork(t *testing.T) {
	t.Parallel()
	addrs, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, addr := range addrs {
		ip, ok := addr.(*net.IPNet)
		if !ok || !ip.IP.IsGlobalUnicast() || ip.IP.To4() == nil {
			continue
		}
		s := redistest.Start(t, "--bind", ip.IP.String(), "--protected-mode", "no")
		requireWorks(t, drivers.StoreConfig{Host: ip.IP.String(), Port: s.Port()})
		return
	}
	t.Skip("this machine has no address but the loopback")
}

func TestUnixSocket(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "redis") // the path of a socket must be short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	path := filepath.Join(dir, "s")
	redistest.Start(t, "--unixsocket", path)
	requireWorks(t, drivers.StoreConfig{Path: path})
}

// encrypted returns the command line arguments of a server that talks TLS only.
func encrypted(cert, key string) []string {
	return []string{"--port", "0", "--tls-port", "{port}", "--tls-replication", "yes", "--tls-cluster", "yes",
		"--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	redistest.RequireTLS(t)
	cert, key := certificate(t)
	s := redistest.Start(t, encrypted(cert, key)...)
	cfg := drivers.StoreConfig{Host: "localhost", Port: s.Port(), TLS: true, CAFile: cert, CertFile: cert, KeyFile: key}
	requireWorks(t, cfg)
	dsn := drivers.StoreConfig{DSN: "rediss://localhost:" + port(s), CAFile: cert, CertFile: cert, KeyFile: key}
	requireWorks(t, dsn)

	strange := cfg
	strange.Host = s.Host() // the certificate names localhost only
	_, err := openConfig(t, strange)
	require.ErrorContains(t, err, "certificate")

	untrusted := cfg
	untrusted.CAFile = ""
	_, err = openConfig(t, untrusted)
	require.ErrorContains(t, err, "certificate")

	anonymous := cfg
	anonymous.CertFile, anonymous.KeyFile = "", ""
	_, err = openConfig(t, anonymous)
	require.Error(t, err, "the server wants a client certificate")

	plain := drivers.StoreConfig{Host: s.Host(), Port: s.Port()}
	_, err = openConfig(t, plain)
	require.Error(t, err, "the server wants TLS")
}

// TestTLSOnCluster: every node's name is verified, as the cluster calls it.
func TestTLSOnCluster(t *testing.T) {
	t.Parallel()
	redistest.RequireTLS(t)
	cert, key := certificate(t, net.IPv4(127, 0, 0, 1))
	c := redistest.StartCluster(t, 3, 0, encrypted(cert, key)...)
	cfg := drivers.StoreConfig{Addrs: c.Addrs(), TLS: true, CAFile: cert, CertFile: cert, KeyFile: key}
	requireWorks(t, cfg)
	d, err := openConfig(t, cfg)
	require.NoError(t, err)
	items, _ := manyItems(100)
	require.NoError(t, d.(*redis.Driver).PutMany(context.Background(), items, time.Minute))
	requireTLSRefusals(t, cfg)
}

func TestTLSOnSentinel(t *testing.T) {
	t.Parallel()
	redistest.RequireTLS(t)
	cert, key := certificate(t, net.IPv4(127, 0, 0, 1))
	g := redistest.StartSentinel(t, redistest.Setup{Replicas: 1, Server: encrypted(cert, key), Sentinel: []string{
		"port 0", "tls-port {port}", "tls-replication yes", "tls-cert-file " + cert, "tls-key-file " + key, "tls-ca-cert-file " + cert,
	}})
	cfg := drivers.StoreConfig{Addrs: g.Addrs(), Master: redistest.Group, TLS: true, CAFile: cert, CertFile: cert, KeyFile: key}
	requireWorks(t, cfg)
	requireTLSRefusals(t, cfg)
}

// requireTLSRefusals checks that a store is not opened if its servers are not trusted, or do not trust
// the client.
func requireTLSRefusals(t *testing.T, cfg drivers.StoreConfig) {
	t.Helper()
	untrusted := cfg
	untrusted.CAFile, _ = certificate(t)
	_, err := openConfig(t, untrusted)
	require.ErrorContains(t, err, "certificate")

	anonymous := cfg
	anonymous.CertFile, anonymous.KeyFile = "", ""
	_, err = openConfig(t, anonymous)
	require.Error(t, err, "the servers want a client certificate")
}

func port(s *redistest.Server) string {
	_, p, _ := net.SplitHostPort(s.Addr())
	return p
}

// certificate makes a certificate for localhost, and for addresses, that is its own authority, and
// returns its files.
func certificate(t *testing.T, addrs ...net.IP) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "localhost"},
		DNSNames:              []string{"localhost"},
		IPAddresses:           addrs,
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return writePEM(t, "CERTIFICATE", cert), writePEM(t, "PRIVATE KEY", private)
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	return path
}
