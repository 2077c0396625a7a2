package database

import (
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Options describe a store for [Open]. One of DB, DSN and Path is required; the zero value of every other
// field is its default. Options never print the DSN, under any verb.
type Options struct {
	// Path is an SQLite file. It is made, with mode 0600, if it is missing, and its directory with
	// mode 0700. Several processes of one machine may use it at once; a network file system is no
	// place for it. SQLite keeps two more files beside it, with -wal and -shm after its name.
	//
	// ":memory:" is a database in the memory of this Driver, gone when it is closed.
	Path string

	// DSN says how to reach a database:
	//
	//	postgres://user:password@host:5432/database?sslmode=verify-full
	//	mysql://user:password@host:3306/database?tls=true      mariadb:// means the same
	//	mysql:user:password@unix(/run/mysqld.sock)/database    the client's own form, after mysql:
	//	sqlite:///var/lib/app/cache.db, or file:/var/lib/app/cache.db, with SQLite's parameters
	//
	// What follows the question mark is the client's. With a Dialect, it is passed on to the client
	// as it is.
	DSN string

	// DB is an open database, which the caller closes, after the store. With SQLite, the caller also
	// sets its pragmas: busy_timeout and journal_mode=WAL are what several writers need.
	DB *sql.DB

	// Dialect is needed for a DB whose driver is not one of those named in the package's
	// documentation, and for a DSN in a form of its client's.
	Dialect Dialect
	// Driver is the name under which the client is registered with package sql. Default: "sqlite",
	// "pgx" or "mysql".
	Driver string

	// Table is the table's name, or schema.table. Letters, digits and underscores are allowed; the
	// name is quoted, so case matters where it does to the database. Default: [DefaultTable].
	Table string
	// SkipMigration keeps Open from making the table: see [Migrate] and [Schema].
	SkipMigration bool

	// Timeout bounds every operation that has no earlier deadline. Default:
	// [drivers.DefaultTimeout].
	Timeout time.Duration
	// MaxConnections bounds the pool of a database that is not given open. Default: 10; for SQLite
	// one for each CPU, and at least 4, of which one writes at a time.
	MaxConnections int
	// SweepEvery is about the pause between two removals of what has expired; each pause is from half
	// of it to one and a half, so that processes that began at once do not always sweep at once.
	// Default: one minute.
	SweepEvery time.Duration
	// Sync makes each write to an SQLite file reach the disk before it returns: what was acknowledged
	// survives a loss of power (synchronous=FULL). Without it, a write is safe from the death of the
	// program once it has returned, and a loss of power may cost the last ones, but never damages the
	// file (synchronous=NORMAL). Servers have settings of their own.
	Sync bool

	// Prefix and Name are the namespace, as in [drivers.StoreConfig].
	Prefix, Name string
}

// DefaultTable is the name of the table if none is configured.
const DefaultTable = "cachegen"

const (
	defaultSweepEvery  = time.Minute
	defaultConnections = 10
	fewestForSQLite    = 4
)

// check says what is wrong with o by itself.
func (o Options) check() error {
	given := 0
	for _, set := range []bool{o.DB != nil, o.DSN != "", o.Path != ""} {
		if set {
			given++
		}
	}
	switch {
	case given == 0:
		return configError("Path", `name an SQLite file, ":memory:" for a database in memory, or a server by DSN`)
	case given > 1:
		return configError("DSN", "the database is named in two ways; set one of DSN, Path and DB")
	case o.SweepEvery < 0:
		return configError("SweepEvery", "it is negative; leave it 0 for the default")
	case o.MaxConnections < 0:
		return configError("MaxConnections", "the size of the pool cannot be negative; leave it 0 for the default")
	case o.DB != nil && (o.MaxConnections != 0 || o.Driver != ""):
		return configError("DB", "it is open already; leave MaxConnections and Driver empty")
	case o.Path != "" && o.Dialect != "" && o.Dialect != SQLite:
		return configError("Path", "only SQLite has files; write a server's address in DSN")
	}
	return nil
}

// timeout returns Timeout or its default.
func (o Options) timeout() time.Duration {
	return drivers.StoreConfig{Timeout: o.Timeout}.OperationTimeout()
}

// String lists the fields that matter to a reader of logs. The DSN shows as ***.
func (o Options) String() string {
	dsn := ""
	if o.DSN != "" {
		dsn = "***"
	}
	return fmt.Sprintf("{Path:%s DSN:%s DB:%t Dialect:%s Driver:%s Table:%s SkipMigration:%t Timeout:%v MaxConnections:%d SweepEvery:%v Sync:%t Prefix:%s Name:%s}",
		o.Path, dsn, o.DB != nil, o.Dialect, o.Driver, o.Table, o.SkipMigration, o.Timeout, o.MaxConnections, o.SweepEvery, o.Sync, o.Prefix, o.Name)
}

// Format implements fmt.Formatter, so that no verb and no flag shows the DSN.
func (o Options) Format(s fmt.State, _ rune) { fmt.Fprint(s, o.String()) }

// LogValue implements slog.LogValuer.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText implements encoding.TextMarshaler, so that JSON and the like show no DSN either.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

func configError(field, reason string) error {
	return &drivers.ConfigError{Driver: "database", Field: field, Reason: reason}
}
