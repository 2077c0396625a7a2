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
// login. Options never print the password, under any verb.
type Options struct {
	// Addr is host:port, or the absolute path of a unix socket. Default: 127.0.0.1:6379.
	Addr string
	// Username and Password log in. A password without a user name is the default user's.
	Username string
	Password string
	// Database is the number of the server's database. Default: 0.
	Database int
	// TLS encrypts the connection if it is not nil. An empty ServerName means the host of Addr.
	// It must not be changed while the store is open.
	TLS *tls.Config
	// Timeout bounds every operation that has no earlier deadline. Default: 250 ms.
	Timeout time.Duration
	// Connections is the size of the connection pool. Default: 10 for each CPU.
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

// withDefaults returns a copy of o with its defaults filled in, or what is wrong with o.
func (o Options) withDefaults() (Options, error) {
	if o.Addr == "" {
		o.Addr = address("", 0)
	}
	o.Timeout = drivers.StoreConfig{Timeout: o.Timeout}.OperationTimeout()
	switch {
	case o.Database < 0:
		return o, configError("Database", "a database is a number from 0; leave it empty for 0")
	case o.Connections < 0:
		return o, configError("Connections", "the size of the pool cannot be negative; leave it 0 for the default")
	case o.Username != "" && o.Password == "":
		return o, configError("Password", "a user name is set without a password; set both or neither")
	case o.isSocket() && o.TLS != nil:
		return o, configError("TLS", "a unix socket is not encrypted; leave TLS off or set a host and port")
	}
	return o, nil
}

func (o Options) isSocket() bool { return strings.HasPrefix(o.Addr, "/") }

// String lists the fields that matter to a reader of logs. The password shows as ***.
func (o Options) String() string {
	password := ""
	if o.Password != "" {
		password = "***"
	}
	return fmt.Sprintf("{Addr:%s Username:%s Password:%s Database:%d TLS:%t Timeout:%v Connections:%d Prefix:%s Name:%s}",
		o.Addr, o.Username, password, o.Database, o.TLS != nil, o.Timeout, o.Connections, o.Prefix, o.Name)
}

// Format implements fmt.Formatter, so that no verb and no flag shows the password.
func (o Options) Format(s fmt.State, _ rune) { fmt.Fprint(s, o.String()) }

// LogValue implements slog.LogValuer.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText implements encoding.TextMarshaler, so that JSON and the like show no password either.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

func configError(field, reason string) error {
	return &drivers.ConfigError{Driver: "redis", Field: field, Reason: reason}
}
