package servertest_test

import (
	"testing"

	_ "github.com/lib/pq" // registers "postgres"

	"github.com/cachegen/cachegen/internal/dbtest"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// TestAnotherClient: the other client of PostgreSQL works as well.
func TestAnotherClient(t *testing.T) {
	t.Parallel()
	contract(t, database.Options{DSN: dbtest.Postgres(t).URL(), Table: dbtest.Name(), Driver: "postgres"})
}
