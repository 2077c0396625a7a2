package database_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// roles are what another process can do.
var roles = map[string]rerun.Role{
	"increment": incrementALot,
	"add":       addALot,
	"lock":      lockALot,
	"write":     writeForEver,
	"first":     openFirst,
}

// TestMain plays the part of another process if that is what this one was started for.
func TestMain(m *testing.M) { rerun.Main(m, roles) }

// join opens a store for a role, which ends with the process.
func join(path string) (*database.Driver, error) {
	return database.Open(context.Background(), database.Options{Path: path, Timeout: patient})
}

// newPath returns the path of a file that is not there yet.
func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "cache.db") }

// look opens a file beside the driver, as another program would.
func look(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(30000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// count returns the number of rows in the table of the file at path.
func count(t testing.TB, db *sql.DB) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRow("SELECT count(*) FROM cachegen").Scan(&n))
	return n
}

func requireValue(t testing.TB, d *database.Driver, key, want string) {
	t.Helper()
	value, found, err := d.Get(context.Background(), key)
	require.NoError(t, err)
	require.True(t, found, "%q is missing", key)
	require.Equal(t, want, string(value))
}

func requireMiss(t testing.TB, d *database.Driver, key string) {
	t.Helper()
	_, found, err := d.Get(context.Background(), key)
	require.NoError(t, err)
	require.False(t, found, "%q is there", key)
}

func put(t testing.TB, d *database.Driver, key, value string) {
	t.Helper()
	require.NoError(t, d.Put(context.Background(), key, []byte(value), 0))
}
