package servertest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/internal/dbtest"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// with returns a DSN with further parameters.
func with(dsn string, parameters ...string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic(err)
	}
	q := u.Query()
	for i := 0; i < len(parameters); i += 2 {
		q.Set(parameters[i], parameters[i+1])
	}
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // as libpq reads it
	return u.String()
}

// TestModesOfPostgres: the SQL means the same however the client sends it and the session is set.
func TestModesOfPostgres(t *testing.T) {
	t.Parallel()
	for name, parameters := range map[string][]string{
		"as a pooler needs it": {"default_query_exec_mode", "exec"},
		"simple protocol":      {"default_query_exec_mode", "simple_protocol", "timezone", "Asia/Kathmandu"},
	} {
		t.Run(name, func(t *testing.T) {
			contract(t, database.Options{DSN: with(dbtest.Postgres(t).URL(), parameters...), Table: dbtest.Name()})
		})
	}
}

// TestModesOfMariaDB does the same for its modes, some of which change what SQL means.
func TestModesOfMariaDB(t *testing.T) {
	t.Parallel()
	for name, parameters := range map[string][]string{
		"found rows, interpolated": {"clientFoundRows", "true", "interpolateParams", "true", "tx_isolation", "'READ-COMMITTED'"},
		"ansi": {
			"sql_mode", "'ANSI,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_UNSIGNED_SUBTRACTION,PAD_CHAR_TO_FULL_LENGTH'",
			"time_zone", "'+05:45'",
		},
		"not strict": {"sql_mode", "'ORACLE'", "charset", "latin1"},
	} {
		t.Run(name, func(t *testing.T) {
			contract(t, database.Options{DSN: with(dbtest.MariaDB(t).URL(), parameters...), Table: dbtest.Name()})
		})
	}
}

// TestContractWithOneConnection: nothing needs a second connection.
func TestContractWithOneConnection(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]func(testing.TB) *dbtest.Server{"postgres": dbtest.Postgres, "mariadb": dbtest.MariaDB} {
		t.Run(name, func(t *testing.T) {
			contract(t, database.Options{DSN: s(t).URL(), Table: dbtest.Name(), MaxConnections: 1})
		})
	}
}
