package servertest_test

import (
	"context"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/dbtest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
	"github.com/cachegen/cachegen/runtime/drivers/drivertest"
)

// patient is the operation timeout of tests that are not about time: a machine may stall.
const patient = 30 * time.Second

// open opens a store that is closed at the end of the test.
func open(t testing.TB, o database.Options) *database.Driver {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = patient
	}
	d, err := database.Open(context.Background(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

// openBusy is open for a store with a short operation timeout, in which a busy machine may not manage
// to log in: it tries again.
func openBusy(t testing.TB, o database.Options) *database.Driver {
	t.Helper()
	for started := time.Now(); ; {
		d, err := database.Open(context.Background(), o)
		if err == nil {
			t.Cleanup(func() { require.NoError(t, d.Close()) })
			return d
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Less(t, time.Since(started), patient)
	}
}

// contract runs the suite, with stores that share a database, each under a prefix of its own.
func contract(t *testing.T, o database.Options) {
	drivertest.Run(t,
		func(t *testing.T) drivers.Driver {
			o := o
			o.Prefix = dbtest.Name()
			return open(t, o)
		},
		drivertest.Caps{OpenStore: func(t *testing.T, prefix, name string) drivers.Driver {
			o := o
			o.Prefix, o.Name = prefix, name
			return open(t, o)
		}})
}

func TestContractOnPostgres(t *testing.T) {
	t.Parallel()
	contract(t, database.Options{DSN: dbtest.Postgres(t).URL(), Table: dbtest.Name()})
}

func TestContractOnMariaDB(t *testing.T) {
	t.Parallel()
	contract(t, database.Options{DSN: dbtest.MariaDB(t).URL(), Table: dbtest.Name()})
}
