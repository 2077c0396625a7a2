package servertest_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/dbtest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// TestRoundTrips counts the statements of every operation: the documentation says where there is more
// than one.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	name, since := dbtest.Count(t, "pgx")
	d := open(t, database.Options{DSN: dbtest.Postgres(t).URL(), Table: dbtest.Name(), Driver: name, MaxConnections: 1})
	requireTrips(t, d, since, nil)

	// SQLite has no round trips, so what is refused may take a second statement.
	name, since = dbtest.Count(t, "sqlite")
	d = open(t, database.Options{Path: filepath.Join(t.TempDir(), "cache.db"), Driver: name, MaxConnections: 1})
	requireTrips(t, d, since, map[string]int64{
		"lock of a held lock": 2, "acquire of a held lease": 2, "acquire many": 2, "refused take": 2, "refused take from a window": 2,
	})

	name, since = dbtest.Count(t, "mysql")
	d = open(t, database.Options{DSN: dbtest.MariaDB(t).URL(), Table: dbtest.Name(), Driver: name, MaxConnections: 1})
	requireTrips(t, d, since, map[string]int64{
		"acquire of a held lease": 2, "acquire many": 2, "take from a window": 2, "refused take from a window": 2,
	})
}

// trips are calls with the number of statements that each takes, in the order of the calls.
type trips struct {
	name string
	want int64
	call func(ctx context.Context) error
}

// requireTrips makes the calls twice, on two sets of keys, and counts the statements of the second: the
// first prepares what is prepared.
func requireTrips(t *testing.T, d *database.Driver, since func() (executed, prepared int64), more map[string]int64) {
	for _, prefix := range []string{"first", "second"} {
		for _, trip := range tripsOf(d, prefix) {
			want := trip.want
			if n, ok := more[trip.name]; ok {
				want = n
			}
			since()
			require.NoError(t, trip.call(t.Context()), trip.name)
			executed, prepared := since()
			if prefix == "first" {
				continue
			}
			require.Equal(t, want, executed, trip.name)
			require.Zero(t, prepared, trip.name)
		}
	}
}

func tripsOf(d *database.Driver, p string) []trips {
	ignore := func(_ any, err error) error { return err }
	keys, items := make([]string, 100), make([]drivers.Item, 100)
	for i := range keys {
		keys[i] = fmt.Sprint(p, i)
		items[i] = drivers.Item{Key: keys[i], Value: []byte("v")}
	}
	steady, window := drivers.Rate{Limit: 1, Period: time.Hour}, drivers.Rate{Limit: 1, Period: time.Hour, Window: true}
	envelope := []byte{drivers.EnvelopeMagic, drivers.NumberFlag, '=', '7'}
	return []trips{
		{"miss", 1, func(ctx context.Context) error { return ignore3(d.Get(ctx, p)) }},
		{"put", 1, func(ctx context.Context) error { return d.Put(ctx, p, []byte("v"), time.Hour) }},
		{"hit", 1, func(ctx context.Context) error { return ignore3(d.Get(ctx, p)) }},
		{"add to a taken key", 1, func(ctx context.Context) error { return ignore(d.Add(ctx, p, nil, 0)) }},
		{"add to a free key", 1, func(ctx context.Context) error { return ignore(d.Add(ctx, p+"a", nil, 0)) }},
		{"first increment", 1, func(ctx context.Context) error { return ignore(d.Increment(ctx, p+"n", 1, time.Hour)) }},
		{"increment", 1, func(ctx context.Context) error { return ignore(d.Increment(ctx, p+"n", -5, time.Hour)) }},
		{"put of an envelope", 1, func(ctx context.Context) error { return d.Put(ctx, p+"e", envelope, 0) }},
		{"increment of an envelope", 3, func(ctx context.Context) error { return ignore(d.Increment(ctx, p+"e", 1, 0)) }},
		{"put many", 1, func(ctx context.Context) error { return d.PutMany(ctx, items, time.Hour) }},
		{"get many", 1, func(ctx context.Context) error { return ignore(d.GetMany(ctx, keys)) }},
		{"forget many", 1, func(ctx context.Context) error { return d.Forget(ctx, keys...) }},
		{"lock", 1, func(ctx context.Context) error { return ignore(d.Lock(ctx, p, "o", time.Hour)) }},
		{"lock of a held lock", 1, func(ctx context.Context) error { return ignore(d.Lock(ctx, p, "p", time.Hour)) }},
		{"extend", 1, func(ctx context.Context) error { return ignore(d.Extend(ctx, p, "o", time.Hour)) }},
		{"fence", 1, func(ctx context.Context) error { return ignore(d.Fence(ctx, p, "o")) }},
		{"unlock", 1, func(ctx context.Context) error { return ignore(d.Unlock(ctx, p, "o")) }},
		{"acquire", 1, func(ctx context.Context) error { return ignore(d.Acquire(ctx, keys[:1], "t", time.Hour, false)) }},
		{"acquire of a held lease", 1, func(ctx context.Context) error { return ignore(d.Acquire(ctx, keys[:1], "u", time.Hour, false)) }},
		{"renew", 1, func(ctx context.Context) error { return ignore(d.Renew(ctx, keys[:1], "t", time.Hour)) }},
		{"fill", 1, func(ctx context.Context) error { return ignore(d.Fill(ctx, items[:1], "t", 0)) }},
		{"acquire many", 1, func(ctx context.Context) error { return ignore(d.Acquire(ctx, keys, "m", time.Hour, false)) }},
		{"fill many", 1, func(ctx context.Context) error { return ignore(d.Fill(ctx, items[1:], "m", 0)) }},
		{"release", 1, func(ctx context.Context) error { return d.Release(ctx, keys, "t") }},
		{"take", 1, func(ctx context.Context) error { return ignore(d.Take(ctx, p, steady, 1)) }},
		{"refused take", 1, func(ctx context.Context) error { return ignore(d.Take(ctx, p, steady, 1)) }},
		{"take from a window", 1, func(ctx context.Context) error { return ignore(d.Take(ctx, p+"w", window, 1)) }},
		{"refused take from a window", 1, func(ctx context.Context) error { return ignore(d.Take(ctx, p+"w", window, 1)) }},
	}
}

func ignore3(_ []byte, _ bool, err error) error { return err }
