package servertest_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/dbtest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// canary is a password that must not be seen anywhere.
const canary = "c4n4ry-p4ssw0rd"

// shared are the servers that tests share.
var shared = map[string]func(testing.TB) *dbtest.Server{"postgres": dbtest.Postgres, "mariadb": dbtest.MariaDB}

// requireSilent checks that v shows no secret under any verb and through no encoder.
func requireSilent(t *testing.T, v any, secrets ...string) {
	t.Helper()
	texts := []string{fmt.Sprintf("%v %+v %#v %s %q %d %x", v, v, v, v, v, v, v)}
	if encoded, err := json.Marshal(v); err == nil {
		texts = append(texts, string(encoded))
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", v)
	texts = append(texts, log.String())
	if err, ok := v.(error); ok {
		for ; err != nil; err = errors.Unwrap(err) {
			texts = append(texts, fmt.Sprintf("%v %+v %#v", err, err, err))
		}
	}
	for _, text := range texts {
		for _, secret := range append(secrets, dbtest.Password, url.QueryEscape(dbtest.Password), canary) {
			require.NotContains(t, text, secret)
		}
	}
}

// login changes a URL.
func login(dsn string, change func(u *url.URL)) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic(err)
	}
	change(u)
	return u.String()
}

// TestLogins: what the server will refuse the next time too is an error of the configuration that says
// what to do; what may pass is not; and neither shows the password.
func TestLogins(t *testing.T) {
	t.Parallel()
	for server, start := range shared {
		dsn := start(t).URL()
		host := start(t).Addr()
		for name, c := range map[string]struct {
			dsn       string
			says      string
			permanent bool
		}{
			"password": {login(dsn, func(u *url.URL) { u.User = url.UserPassword(dbtest.User, canary) }), "refused the login", true},
			"user":     {login(dsn, func(u *url.URL) { u.User = url.UserPassword("nobody", canary) }), "refused the login", true},
			"nobody":   {login(dsn, func(u *url.URL) { u.User = nil }), "refused the login", true},
			"port":     {login(dsn, func(u *url.URL) { u.Host = "127.0.0.1:1" }), "refused", false},
			"host":     {login(dsn, func(u *url.URL) { u.Host = "host.invalid" }), "host.invalid", false},
			"bad port": {strings.Replace(dsn, host, host+"x", 1), "it is not a URL", true},
			"option":   {with(dsn, "sslmode", "cachegen", "tls", "cachegen"), "the client cannot read it", true},
		} {
			_, err := database.Open(context.Background(), database.Options{DSN: c.dsn, Timeout: patient})
			require.ErrorContains(t, err, c.says, "%s: %s", server, name)
			require.Equal(t, c.permanent, drivers.Permanent(err), "%s: %s: %v", server, name, err)
			requireSilent(t, err)
		}
		d := open(t, database.Options{DSN: dsn, Table: dbtest.Name()})
		requireSilent(t, d)
	}
}

// TestMissingDatabase: MariaDB does not tell one that is missing from one that is not the user's.
func TestMissingDatabase(t *testing.T) {
	t.Parallel()
	for server, start := range shared {
		dsn := login(start(t).URL(), func(u *url.URL) { u.Path = "/absent" })
		_, err := database.Open(context.Background(), database.Options{DSN: dsn, Timeout: patient})
		require.True(t, drivers.Permanent(err), "%s: %v", server, err)
		requireSilent(t, err)
	}
}

// TestLeastRights: a user who may use the table and make none can open a store, and one who may not is
// told so.
func TestLeastRights(t *testing.T) {
	t.Parallel()
	s := dbtest.StartPostgres(t)
	owner, err := sql.Open("pgx", s.URL())
	require.NoError(t, err)
	defer owner.Close()
	run := func(statement string) {
		t.Helper()
		_, err := owner.Exec(statement)
		require.NoError(t, err)
	}
	run("CREATE USER guest PASSWORD '" + canary + "'")
	run("CREATE SCHEMA caches")
	guest := database.Options{
		DSN:   login(s.URL(), func(u *url.URL) { u.User = url.UserPassword("guest", canary) }),
		Table: "caches.sessions", Timeout: patient,
	}
	_, err = database.Open(t.Context(), guest)
	require.ErrorContains(t, err, "the user lacks a right")
	requireSilent(t, err)

	require.NoError(t, database.Migrate(t.Context(), owner, database.PostgreSQL, guest.Table))
	run("GRANT USAGE ON SCHEMA caches TO guest")
	_, err = database.Open(t.Context(), guest)
	require.ErrorContains(t, err, "the user lacks a right")
	run("GRANT SELECT, INSERT, UPDATE, DELETE ON caches.sessions TO guest")
	d := open(t, guest)
	for name, call := range calls(d) {
		require.NoError(t, call(t.Context()), name)
	}

	guest.Table = "absent.sessions"
	_, err = database.Open(t.Context(), guest)
	require.ErrorContains(t, err, "there is no such schema")
}
