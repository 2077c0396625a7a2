// Package database is the driver that keeps a store in a table of a SQL database: an SQLite file,
// which needs no server, PostgreSQL, or MariaDB and MySQL. Importing it registers the driver under the
// name "database".
//
// SQLite comes with it (modernc.org/sqlite, without C). The clients of servers do not: a program that
// uses one imports github.com/jackc/pgx/v5/stdlib or github.com/go-sql-driver/mysql.
//
// # What is promised
//
// Each operation on one key is a single statement, so it is atomic among all processes, and nothing is
// held between statements: a pool of one connection is enough. What has ended is decided by the
// database's clock, and times to live are rounded up to whole milliseconds. A statement that the
// database gives up, because it collided with another, is tried up to three times more.
//
// A row holds the value of a key, the end of the value, and the lease that a load of the key holds;
// so every write of a value ends the lease with it. Locks and limits are rows of their own. What has
// expired is removed by a goroutine of each open store, some hundred rows at a time, whichever store
// of the table it belonged to.
//
// A process that is stopped, by SIGSTOP for instance, in the middle of a write to an SQLite file holds up
// those who write to it; they fail when their time is up. One that dies does not.
//
// Contexts end waits and statements. A driver of package sql must support that: those named here do.
//
// # Round trips
//
// One for Get, Put, Add, Forget, Increment, Lock, Extend, Unlock, Take, and for each 500 keys of
// GetMany, PutMany, Forget, Renew and Release. More are needed
//
//   - by Increment, three, of a number that is stored in an envelope, or has more than 18 digits, and
//     two where it fails;
//   - with MariaDB and MySQL, two by Acquire and Fill, unless they are for one key and succeed, and by
//     Take of a fixed window;
//   - by a client that prepares statements, one by the first use of a statement on a connection.
package database

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func init() { drivers.Drivers().Register("database", open) }

// Driver is an open store. It implements [drivers.Driver], [drivers.Batcher], [drivers.Locker],
// [drivers.Leaser], [drivers.Limiter], [drivers.Scanner] and [drivers.Pinger], and is safe for
// concurrent use. The zero value is of no use: see [Open].
type Driver struct {
	db      *sql.DB
	owned   bool // whether db is the driver's to close
	grammar *grammar
	table   string // quoted
	keys    drivers.Namespace
	gate    gate
	source  *source

	mu         sync.RWMutex
	statements map[key]*statement // guarded by mu

	largest int64 // value that the server takes; 0 where only its answer tells

	closed atomic.Bool
	stop   context.CancelFunc // ends the goroutine
	done   sync.WaitGroup
}

var (
	_ drivers.Driver  = (*Driver)(nil)
	_ drivers.Batcher = (*Driver)(nil)
	_ drivers.Locker  = (*Driver)(nil)
	_ drivers.Leaser  = (*Driver)(nil)
	_ drivers.Limiter = (*Driver)(nil)
	_ drivers.Scanner = (*Driver)(nil)
	_ drivers.Pinger  = (*Driver)(nil)
)

// Open opens the database that o describes, makes the table if there is none, and starts the goroutine
// that removes what has expired. It returns a [*drivers.ConfigError] if o cannot work or the database
// refuses the login, and any other error if the database cannot be reached now. Making the table may
// take longer than the operation timeout: ten seconds, or what ctx allows.
func Open(ctx context.Context, o Options) (*Driver, error) {
	s, err := o.source()
	if err != nil {
		return nil, err
	}
	d := newDriver(o, s)
	if err := d.start(ctx, o); err != nil {
		_ = d.Close() // nothing was stored; the first error is the one that matters
		return nil, err
	}
	d.learnLargest(ctx)
	return d, nil
}

func newDriver(o Options, s *source) *Driver {
	background, stop := context.WithCancel(context.Background())
	d := &Driver{
		db:         s.db,
		owned:      o.DB == nil,
		grammar:    s.grammar,
		table:      s.table.quoted(s.grammar),
		keys:       drivers.StoreConfig{Prefix: o.Prefix, Name: o.Name}.Namespace(),
		gate:       newGate(s),
		source:     s,
		statements: map[key]*statement{},
		stop:       stop,
	}
	d.done.Go(func() { d.maintain(background, cmp.Or(o.SweepEvery, defaultSweepEvery)) })
	return d
}

// start checks that the table is there, and makes it if it is not.
func (d *Driver) start(ctx context.Context, o Options) error {
	err := d.reach(ctx)
	if err == nil || o.SkipMigration || !d.source.isAbsent(err) {
		return d.source.refused(err)
	}
	ctx, cancel := context.WithTimeout(ctx, migrationTimeout)
	defer cancel()
	if err := migrate(ctx, d.db, d.grammar, d.source.table); err != nil {
		return d.source.refused(d.fail(ctx, "make the table", err))
	}
	return d.source.refused(d.reach(ctx))
}

// reach pings the database, within the operation timeout. SQLite switches a new file to its write-ahead
// log when it is first opened; to one of several processes that do so at once it says that the file is
// busy, and does not wait, because both hold what the other waits for
// (https://www.sqlite.org/c3ref/busy_handler.html).
func (d *Driver) reach(ctx context.Context) error {
	ctx, cancel := d.gate.bound(ctx)
	defer cancel()
	for attempt := 0; ; attempt++ {
		err := d.Ping(ctx)
		if !errors.Is(err, errBusy) || pause(ctx, min(attempt, longestPause)) != nil {
			return err
		}
	}
}

// open is the factory behind the name "database".
func open(ctx context.Context, cfg drivers.StoreConfig) (drivers.Driver, error) {
	o, err := fromConfig(cfg)
	if err != nil {
		return nil, err
	}
	d, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Ping implements [drivers.Pinger]. It asks the table, so it also finds one that is missing, or that
// this user may not read.
func (d *Driver) Ping(ctx context.Context) error {
	return d.do(ctx, "ping", reading, func(ctx context.Context) error {
		var n int
		_, err := d.row(ctx, probe, []any{[]byte{}}, &n)
		return err
	})
}

// Close ends the driver's goroutine, and closes the database unless it was given open. Calls under way
// end soon, some of them with [drivers.ErrClosed].
func (d *Driver) Close() error {
	if d.closed.Swap(true) {
		return nil
	}
	d.stop()
	d.done.Wait()
	d.mu.Lock()
	for _, s := range d.statements {
		if s.stmt != nil {
			_ = s.stmt.Close() // fails only if the database is closed already
		}
	}
	d.mu.Unlock()
	if !d.owned {
		return nil
	}
	return d.source.hide(d.db.Close())
}

// String names the database and the table.
func (d *Driver) String() string { return d.source.place }

// microseconds returns ttl rounded up to whole milliseconds, and forever for 0.
func microseconds(ttl time.Duration) int64 {
	if ttl == 0 {
		return forever
	}
	ms := int64(ttl / time.Millisecond)
	if ttl%time.Millisecond > 0 {
		ms++
	}
	return ms * 1000
}

const (
	// forever is a time that no entry lives to see, and that can be added to any other.
	forever = int64(1) << 62
	// lookAfter is in how many microseconds a row is looked at by the goroutine that removes rows, at
	// the latest. Writes of a row that is there leave that time alone, so that they need not change
	// the index; so a row that was given less time to live may stay that long after its end.
	lookAfter = int64(24 * time.Hour / time.Microsecond)
)

// look is when a row with ttl microseconds to live is looked at for the first time.
func look(ttl int64) int64 { return min(ttl, lookAfter) }
