package drivers

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"
)

// StoreConfig describes one store. Driver is required; each driver documents which of the other
// fields it reads, and refuses what it cannot use. The zero value of a field is the driver's
// default. A StoreConfig never prints a secret, under any verb.
type StoreConfig struct {
	// Driver is the registered name of the driver, for instance "memory" or "redis".
	Driver string
	// Prefix separates the programs that share a backend. The manager puts the global prefix
	// before the store's. A shared backend without any prefix gets [DefaultPrefix].
	Prefix string
	// Name is the store's name, filled in by the manager: "" for the default store. A named
	// store has a namespace of its own within the prefix.
	Name string

	// Path is a directory or file, for instance an SQLite file, or a unix socket.
	Path string
	// Host and Port reach a server; Username and Password log in; Database selects one of its
	// databases.
	Host     string
	Port     int
	Username string
	Password string
	Database string
	// Addrs names several servers of one backend, as host:port, and Master which of the groups
	// that they watch.
	Addrs  []string
	Master string
	// TLS asks for an encrypted connection that verifies the server's name.
	TLS bool
	// CAFile, CertFile and KeyFile are PEM files: the authorities to trust instead of the
	// system's, and the client's own certificate.
	CAFile, CertFile, KeyFile string
	// DSN is a connection string; with it, the fields above stay empty.
	DSN string

	// Timeout bounds every operation that has no earlier deadline. Default: 250 ms.
	Timeout time.Duration
	// MaxEntries or MaxBytes bounds a store that holds its values in memory; not both. MaxBytes
	// bounds one that holds them in files.
	MaxEntries int
	MaxBytes   int64
	// MaxValueBytes bounds a single value as it is stored, with its envelope: one that is larger is
	// [ErrTooLarge] and what was there before stays. Values that a store in memory holds as Go values
	// are bounded only if MaxBytes is set, since otherwise they have no size. Default:
	// [DefaultMaxValueBytes].
	MaxValueBytes int64

	// Options holds what a driver reads beyond these fields: memory max_counters, redis
	// sentinel_username and sentinel_password, and foreign drivers what they document.
	Options map[string]string
}

// DefaultTimeout is the operation timeout of a store whose configuration names none.
const DefaultTimeout = 250 * time.Millisecond

// DefaultMaxValueBytes is the largest value of a store whose configuration names none: 64 MiB.
const DefaultMaxValueBytes = 64 << 20

// ValueLimit returns MaxValueBytes, or [DefaultMaxValueBytes] if it is 0.
func (c StoreConfig) ValueLimit() int64 {
	if c.MaxValueBytes == 0 {
		return DefaultMaxValueBytes
	}
	return c.MaxValueBytes
}

// OperationTimeout returns Timeout, or [DefaultTimeout] if it is not positive.
func (c StoreConfig) OperationTimeout() time.Duration {
	if c.Timeout <= 0 {
		return DefaultTimeout
	}
	return c.Timeout
}

// Validate reports a missing driver name, and a negative MaxValueBytes. It never asks the registry: a driver may be linked, and
// so registered, after the configuration was read. What else a driver needs, its factory checks.
func (c StoreConfig) Validate() error {
	if strings.TrimSpace(c.Driver) == "" {
		return &ConfigError{Driver: "config", Field: "Driver", Reason: `no driver named; set it to "memory", "file", "redis", "database" or a registered name`}
	}
	if c.MaxValueBytes < 0 {
		return &ConfigError{Driver: "config", Field: "MaxValueBytes", Reason: "it is negative; leave it 0 for 64 MiB"}
	}
	return nil
}

// secret stands for a value that must not be seen. It shows only whether there is one.
func secret(s string) string {
	if s == "" {
		return ""
	}
	return "***"
}

// String lists the fields that are set. Secrets, and the values of Options, show as ***.
func (c StoreConfig) String() string {
	var b strings.Builder
	b.WriteString("{Driver:" + c.Driver)
	add := func(name string, value any, set bool) {
		if set {
			fmt.Fprintf(&b, " %s:%v", name, value)
		}
	}
	add("Name", c.Name, c.Name != "")
	add("Prefix", c.Prefix, c.Prefix != "")
	add("Path", c.Path, c.Path != "")
	add("Host", c.Host, c.Host != "")
	add("Port", c.Port, c.Port != 0)
	add("Addrs", c.Addrs, len(c.Addrs) > 0)
	add("Master", c.Master, c.Master != "")
	add("Username", c.Username, c.Username != "")
	add("Password", secret(c.Password), c.Password != "")
	add("Database", c.Database, c.Database != "")
	add("TLS", c.TLS, c.TLS)
	add("CAFile", c.CAFile, c.CAFile != "")
	add("CertFile", c.CertFile, c.CertFile != "")
	add("KeyFile", c.KeyFile, c.KeyFile != "")
	add("DSN", secret(c.DSN), c.DSN != "")
	add("Timeout", c.Timeout, c.Timeout != 0)
	add("MaxEntries", c.MaxEntries, c.MaxEntries != 0)
	add("MaxBytes", c.MaxBytes, c.MaxBytes != 0)
	add("MaxValueBytes", c.MaxValueBytes, c.MaxValueBytes != 0)
	for _, k := range slices.Sorted(maps.Keys(c.Options)) {
		add("Options["+k+"]", secret(c.Options[k]), true)
	}
	b.WriteString("}")
	return b.String()
}

// Format implements fmt.Formatter, so that no verb and no flag shows a secret.
func (c StoreConfig) Format(s fmt.State, _ rune) { fmt.Fprint(s, c.String()) }

// LogValue implements slog.LogValuer.
func (c StoreConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText implements encoding.TextMarshaler, so that JSON and the like show no secret either.
func (c StoreConfig) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
