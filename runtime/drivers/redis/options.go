package redis

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Options describe a store for [Open]. The zero value is the server at 127.0.0.1:6379, without a
// login. Options never print a password, under any verb.
type Options struct {
	// Addr is host:port, or the absolute path of a unix socket. Default: 127.0.0.1:6379. If the
	// server is a node of a cluster, the store is the whole cluster.
	Addr string
	// Addrs takes the place of Addr: some nodes of a cluster, or with Master the sentinels, as
	// host:port. The others are found through these. A single address without Master is as good
	// as one in Addr.
	Addrs []string
	// Master is the name of the group whose master the sentinels at Addrs know.
	Master string
	// Username and Password log in at the servers. A password without a user name is the default
	// user's.
	Username string
	Password string
	// SentinelUsername and SentinelPassword log in at the sentinels, which have users of their own.
	SentinelUsername string
	SentinelPassword string
	// Database is the number of the server's database. Default: 0, the only one of a cluster.
	Database int
	// TLS encrypts all connections if it is not nil. An empty ServerName means the host that is
	// dialled: that of Addr, or the one by which a cluster or the sentinels name a server. It must
	// not be changed while the store is open.
	TLS *tls.Config
	// Timeout bounds every operation that has no earlier deadline. Default: 250 ms.
	Timeout time.Duration
	// Connections is the size of the connection pool, of each node's in a cluster. Default: 10 for
	// each CPU, 5 in a cluster.
	Connections int
	// Unshared gives each call of Get a connection of its own. Otherwise many calls at once share
	// round trips: a small value may then wait for large ones that were asked for with it.
	Unshared bool
	// Prefix and Name are the namespace, as in [drivers.StoreConfig].
	Prefix string
	Name   string
}

const (
	defaultHost = "127.0.0.1"
	defaultPort = 6379
)

// groupRunes is what sentinels allow in the name of a group.
const groupRunes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"

// withDefaults returns a copy of o with its defaults filled in, or what is wrong with o. In the
// copy either Addr or Addrs is set.
func (o Options) withDefaults() (Options, error) {
	o.Timeout = drivers.StoreConfig{Timeout: o.Timeout}.OperationTimeout()
	if err := o.checkServers(); err != nil {
		return o, err
	}
	switch {
	case len(o.Addrs) == 1 && o.Master == "":
		o.Addr, o.Addrs = o.Addrs[0], nil
	case len(o.Addrs) == 0 && o.Addr == "":
		o.Addr = address("", 0)
	}
	switch {
	case o.Database < 0:
		return o, configError("Database", "a database is a number from 0; leave it empty for 0")
	case o.Database > 0 && o.isCluster():
		return o, configError("Database", "a cluster has no database but 0; leave it empty")
	case o.Connections < 0:
		return o, configError("Connections", "the size of the pool cannot be negative; leave it 0 for the default")
	case o.isSocket() && o.TLS != nil:
		return o, configError("TLS", "a unix socket is not encrypted; leave TLS off or set a host and port")
	}
	return o, o.checkLogins()
}

// checkServers refuses ways to name servers that contradict each other.
func (o Options) checkServers() error {
	switch {
	case o.Addr != "" && len(o.Addrs) > 0:
		return configError("Addrs", "a server is also named by Addr; leave one empty")
	case strings.ContainsFunc(o.Master, func(r rune) bool { return !strings.ContainsRune(groupRunes, r) }):
		return configError("Master", "it is not the name of a group, which has letters, digits and .-_ only; list addresses in Addrs")
	case o.Master != "" && len(o.Addrs) == 0:
		return configError("Master", "it names a group of servers, and Addrs no sentinel that knows it; list the sentinels there")
	}
	for _, addr := range o.Addrs {
		if _, err := splitAddress(addr); err != nil {
			return err
		}
	}
	return nil
}

func (o Options) checkLogins() error {
	switch {
	case o.Username != "" && o.Password == "":
		return configError("Password", "a user name is set without a password; set both or neither")
	case o.SentinelUsername != "" && o.SentinelPassword == "":
		return configError("SentinelPassword", "a user name is set without a password; set both or neither")
	case o.SentinelPassword != "" && o.Master == "":
		return configError("SentinelPassword", "there are no sentinels; set Master, or leave it empty")
	}
	return nil
}

func (o Options) isSocket() bool { return strings.HasPrefix(o.Addr, "/") }

// isCluster reports whether o itself says that there is a cluster.
func (o Options) isCluster() bool { return len(o.Addrs) > 0 && o.Master == "" }

// place names the servers in errors.
func (o Options) place() string {
	switch {
	case len(o.Addrs) == 0:
		return o.Addr
	case o.Master != "":
		return o.Master + " of " + strings.Join(o.Addrs, ",")
	}
	return strings.Join(o.Addrs, ",")
}

// isSecret reports whether text holds one of the passwords.
func (o Options) isSecret(text string) bool {
	return o.Password != "" && strings.Contains(text, o.Password) ||
		o.SentinelPassword != "" && strings.Contains(text, o.SentinelPassword)
}

// String lists the fields that matter to a reader of logs. A password shows as ***.
func (o Options) String() string {
	return fmt.Sprintf("{Addr:%s Addrs:%v Master:%s Username:%s Password:%s SentinelUsername:%s SentinelPassword:%s "+
		"Database:%d TLS:%t Timeout:%v Connections:%d Prefix:%s Name:%s}",
		o.Addr, o.Addrs, o.Master, o.Username, stars(o.Password), o.SentinelUsername, stars(o.SentinelPassword),
		o.Database, o.TLS != nil, o.Timeout, o.Connections, o.Prefix, o.Name)
}

// stars shows of a password only whether there is one.
func stars(password string) string {
	if password == "" {
		return ""
	}
	return "***"
}

// Format implements fmt.Formatter, so that no verb and no flag shows a password.
func (o Options) Format(s fmt.State, _ rune) { fmt.Fprint(s, o.String()) }

// LogValue implements slog.LogValuer.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText implements encoding.TextMarshaler, so that JSON and the like show none either.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

func configError(field, reason string) error {
	return &drivers.ConfigError{Driver: "redis", Field: field, Reason: reason}
}
