package servertest_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/dbtest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

const (
	writers = 32
	turns   = 25
)

// TestWritersOfOneKey: 32 writers of one key lose nothing, through stores with pools of their own.
func TestWritersOfOneKey(t *testing.T) {
	t.Parallel()
	for name, start := range shared {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := database.Options{DSN: start(t).URL(), Table: dbtest.Name()}
			stores := []*database.Driver{open(t, o), open(t, o)}
			failed := writeTogether(t, stores, "")
			require.Empty(t, failed)
		})
	}
}

// TestSerializationFailures: in transactions that the database serialises, writers of one key fail each
// other. Each is tried three times more, and what fails even then has changed nothing.
func TestSerializationFailures(t *testing.T) {
	t.Parallel()
	for _, level := range []string{"repeatable read", "serializable"} {
		dsn := with(dbtest.Postgres(t).URL(), "default_transaction_isolation", level)
		o := database.Options{DSN: dsn, Table: dbtest.Name()}
		failed := writeTogether(t, []*database.Driver{open(t, o), open(t, o)}, "could not serialize access")
		t.Logf("%s: %d of %d calls failed after %d attempts each", level, failed, 2*writers*turns, 4)
		require.Less(t, failed, int64(writers*turns), "attempts are of use")
	}
}

// writeTogether has writers add to one number, and returns how many calls failed with an error that says
// so; any other fails the test, as does a sum that is not that of the calls which succeeded.
func writeTogether(t *testing.T, stores []*database.Driver, says string) (failures int64) {
	ctx := context.Background()
	var sum, failed atomic.Int64
	note := func(err error) bool {
		if err != nil && (says == "" || !strings.Contains(err.Error(), says)) {
			t.Errorf("an error that is none of a collision: %v", err)
		}
		if err != nil {
			failed.Add(1)
		}
		return err == nil
	}
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			d := stores[i%len(stores)]
			for range turns {
				if _, err := d.Increment(ctx, "n", 1, 0); note(err) {
					sum.Add(1)
				}
				note(d.Put(ctx, "k", fmt.Append(nil, i), 0))
			}
		})
	}
	wg.Wait()
	value, found, err := stores[0].Get(ctx, "n")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, fmt.Sprint(sum.Load()), string(value), "no increment is lost, and none is counted twice")
	return failed.Load()
}

// TestOpenAtOnce: many processes that come up together make the table once.
func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	for name, start := range shared {
		for range 3 {
			o := database.Options{DSN: start(t).URL(), Table: dbtest.Name(), Timeout: patient, MaxConnections: 1}
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					d, err := database.Open(context.Background(), o)
					if err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
					if err := d.Close(); err != nil {
						t.Errorf("%s: Close: %v", name, err)
					}
				})
			}
			wg.Wait()
		}
	}
}

// TestSweep: what has expired goes by itself, and nothing else does.
func TestSweep(t *testing.T) {
	t.Parallel()
	for name, start := range shared {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, table := t.Context(), dbtest.Name()
			d := open(t, database.Options{DSN: start(t).URL(), Table: table, SweepEvery: 10 * time.Millisecond})
			items := make([]drivers.Item, 1200)
			for i := range items {
				items[i] = drivers.Item{Key: fmt.Sprint(i)}
			}
			require.NoError(t, d.PutMany(ctx, items, time.Millisecond))
			require.NoError(t, d.Put(ctx, "long", []byte("v"), time.Hour))
			require.NoError(t, d.Put(ctx, "longer", nil, time.Millisecond))
			require.NoError(t, d.Put(ctx, "longer", []byte("v"), time.Hour))
			_, err := d.Lock(ctx, "l", "o", time.Millisecond)
			require.NoError(t, err)
			db := client(t, start(t))
			waitUntil(t, func() bool {
				var n int
				require.NoError(t, db.QueryRow("SELECT count(*) FROM "+table).Scan(&n))
				return n == 3
			})
			for _, key := range []string{"long", "longer"} {
				_, found, err := d.Get(ctx, key)
				require.NoError(t, err)
				require.True(t, found)
			}
		})
	}
}

// client returns a pool beside the driver's, as another program would have one.
func client(t *testing.T, s *dbtest.Server) *sql.DB {
	t.Helper()
	name, dsn := "pgx", s.URL()
	if u, err := url.Parse(dsn); err == nil && u.Scheme == "mysql" {
		name, dsn = "mysql", dbtest.User+":"+dbtest.Password+"@tcp("+s.Addr()+")/"+dbtest.Database
	}
	db, err := sql.Open(name, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// waitUntil asks until cond is true.
func waitUntil(t *testing.T, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(patient)
	for !cond() {
		require.True(t, time.Now().Before(deadline), "it did not come true")
		runtime.Gosched()
	}
}

// TestGivenDatabase: a pool that was given open is used, whoever else uses it, and stays open. The form
// of the client's DSN works as well as a URL.
func TestGivenDatabase(t *testing.T) {
	t.Parallel()
	for name, start := range shared {
		db, table := client(t, start(t)), dbtest.Name()
		db.SetMaxOpenConns(1)
		d := open(t, database.Options{DB: db, Table: table})
		require.NoError(t, d.Put(t.Context(), "k", []byte("v"), 0), name)
		require.NoError(t, d.Close())
		require.NoError(t, db.Ping())

		dsn := start(t).URL()
		if name == "mariadb" {
			dsn = "mysql:" + dbtest.User + ":" + dbtest.Password + "@tcp(" + start(t).Addr() + ")/" + dbtest.Database
		}
		d = open(t, database.Options{DSN: dsn, Table: table})
		_, found, err := d.Get(t.Context(), "k")
		require.NoError(t, err)
		require.True(t, found)
		requireSilent(t, d)
	}
}

// TestRestart: connections of a server that went away are replaced, and what was stored is there.
func TestRestart(t *testing.T) {
	t.Parallel()
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			d := open(t, database.Options{DSN: s.URL(), Timeout: 5 * time.Second})
			require.NoError(t, d.Put(t.Context(), "k", []byte("v"), 0))
			s.Kill()
			for name, call := range calls(d) {
				err := call(t.Context())
				require.Error(t, err, name)
				require.False(t, drivers.Permanent(err), name)
				requireSilent(t, err)
			}
			s.Restart()
			requireRecovery(t, d)
			value, found, err := d.Get(t.Context(), "k")
			require.NoError(t, err)
			require.True(t, found)
			require.Equal(t, "v", string(value))
		})
	}
}
