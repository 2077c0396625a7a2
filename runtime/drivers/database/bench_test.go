package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

const (
	benchKeys = 2000
	block     = 50 // operations of one side before the other's turn
)

// plain is what the driver is measured by: a table of keys and values in an SQLite file of its own, with
// the same settings, and prepared statements.
type plain struct{ get, put *sql.Stmt }

func openPlain(b *testing.B) plain {
	dsn := "file:" + filepath.Join(b.TempDir(), "plain.db") + "?_pragma=busy_timeout(250)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"
	db, err := sql.Open("sqlite", dsn)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	_, err = db.Exec("CREATE TABLE t (k BLOB PRIMARY KEY, v BLOB)")
	require.NoError(b, err)
	var p plain
	p.get, err = db.Prepare("SELECT v FROM t WHERE k = ?")
	require.NoError(b, err)
	p.put, err = db.Prepare("INSERT INTO t (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v")
	require.NoError(b, err)
	return p
}

// versus runs two operations in turns and reports how long each takes, and their ratio: of the quickest
// blocks of each, since what else runs on a machine only ever makes them slower.
func versus(b *testing.B, driver, plain func(i int)) {
	b.Helper()
	var took [2][]time.Duration
	n := 0
	for b.Loop() {
		for side, run := range []func(int){driver, plain} {
			started := time.Now()
			for i := range block {
				run(n + i)
			}
			took[side] = append(took[side], time.Since(started))
		}
		n += block
	}
	perOperation := func(blocks []time.Duration) float64 {
		slices.Sort(blocks)
		quick := blocks[:max(1, len(blocks)/10)]
		return float64(quick[len(quick)-1]) / block
	}
	ours, theirs := perOperation(took[0]), perOperation(took[1])
	b.ReportMetric(ours, "driver-ns")
	b.ReportMetric(theirs, "plain-ns")
	b.ReportMetric(ours/theirs, "ratio")
	b.ReportMetric(0, "ns/op")
}

// sizes are those of the benchmarks' values.
var sizes = []int{200, 4000}

func benchKey(i int) string { return fmt.Sprint("user:", i*7919%benchKeys) }

// filled opens both sides, with a value for every key.
func filled(b *testing.B, value []byte) (*database.Driver, plain) {
	ctx := context.Background()
	d, p := open(b, database.Options{Timeout: drivers.DefaultTimeout}), openPlain(b)
	for i := range benchKeys {
		require.NoError(b, d.Put(ctx, benchKey(i), value, time.Hour))
		_, err := p.put.ExecContext(ctx, []byte("cachegen:"+benchKey(i)), value)
		require.NoError(b, err)
	}
	return d, p
}

func BenchmarkGet(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			ctx := context.Background()
			d, p := filled(b, make([]byte, size))
			versus(b, func(i int) {
				if _, found, err := d.Get(ctx, benchKey(i)); err != nil || !found {
					b.Fatal(found, err)
				}
			}, func(i int) {
				var value []byte
				if err := p.get.QueryRowContext(ctx, []byte("cachegen:"+benchKey(i))).Scan(&value); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

func BenchmarkPut(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			ctx := context.Background()
			value := make([]byte, size)
			d, p := filled(b, value)
			versus(b, func(i int) {
				fresh(value, i)
				if err := d.Put(ctx, benchKey(i), value, time.Hour); err != nil {
					b.Fatal(err)
				}
			}, func(i int) {
				fresh(value, i)
				if _, err := p.put.ExecContext(ctx, []byte("cachegen:"+benchKey(i)), value); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// fresh makes value another one: SQLite does not write a page that stays the same.
func fresh(value []byte, i int) { value[0], value[1], value[2] = byte(i), byte(i>>8), byte(i>>16) }

// BenchmarkMany measures 100 keys in one statement by as many statements for one key.
func BenchmarkMany(b *testing.B) {
	const many = 100
	ctx := context.Background()
	value := make([]byte, 200)
	keys := make([]string, many)
	items := make([]drivers.Item, many)
	for i := range keys {
		keys[i] = benchKey(i)
		items[i] = drivers.Item{Key: keys[i], Value: value}
	}
	d, _ := filled(b, value)
	b.Run("get", func(b *testing.B) {
		versus(b, func(int) {
			if _, err := d.GetMany(ctx, keys); err != nil {
				b.Fatal(err)
			}
		}, func(int) {
			for _, key := range keys {
				if _, _, err := d.Get(ctx, key); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("put", func(b *testing.B) {
		versus(b, func(i int) {
			fresh(value, i)
			if err := d.PutMany(ctx, items, time.Hour); err != nil {
				b.Fatal(err)
			}
		}, func(i int) {
			fresh(value, i)
			for _, key := range keys {
				if err := d.Put(ctx, key, value, time.Hour); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}
