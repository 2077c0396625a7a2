package database_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// canary is a password that must not be seen anywhere.
const canary = "c4n4ry-p4ssw0rd"

// requireSilent checks that v shows the canary under no verb and through no encoder.
func requireSilent(t *testing.T, v any) {
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
		require.NotContains(t, text, canary)
		require.NotContains(t, text, fmt.Sprintf("%x", canary))
	}
}

func TestOptionsHideTheDSN(t *testing.T) {
	t.Parallel()
	o := database.Options{DSN: "postgres://u:" + canary + "@h/d"}
	requireSilent(t, o)
	requireSilent(t, &o)
	requireSilent(t, struct{ O database.Options }{o})
	require.Contains(t, o.String(), "DSN:***")
	require.NotContains(t, database.Options{}.String(), "***")
}

// TestBadDSNsHideThePassword: whatever is wrong with a DSN, the error does not repeat it.
func TestBadDSNsHideThePassword(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{
		"scheme":       "http://u:" + canary + "@h",
		"no scheme":    "u:" + canary + "@h:1",
		"as user":      canary + ":x@tcp(h)/d",
		"garbage":      "postgres://u:" + canary + "%zz@h",
		"port":         "postgres://u:x@h:" + canary,
		"control":      "postgres://u:" + canary + "\x7f@h",
		"no host":      "mysql://" + canary,
		"fragment":     "mysql://u:x@h/d#" + canary,
		"mysql port":   "mysql://u:" + canary + "@h:port/d",
		"file":         "file:%zz" + canary,
		"query":        "file:x?%zz=" + canary,
		"upper case":   "POSTGRES://u:" + canary + "@h",
		"not linked":   "postgres://u:" + canary + "@h/d",
		"own form":     "mysql:u:" + canary + "@tcp(h)/d",
		"space before": " postgres://u:" + canary + "@h",
	} {
		_, err := openConfig(t, drivers.StoreConfig{DSN: dsn})
		require.True(t, drivers.Permanent(err), "%s: %v", name, err)
		requireSilent(t, err)
	}
}

// TestClientThatRepeatsThePassword: what a client says is passed on, unless it holds a secret, and its
// error is never passed on itself.
func TestClientThatRepeatsThePassword(t *testing.T) {
	t.Parallel()
	for dsn, password := range map[string]string{
		"postgres://user:" + canary + "@host/db":         canary,
		"postgres://user:p%40" + canary + "@host/db":     "p@" + canary,
		"postgres://user@host/db?password=" + canary:     canary,
		"host=h password=" + canary + " user=u":          canary,
		"host=h password='sp ace" + canary + "' user=u":  "sp ace" + canary,
		"user:" + canary + "@tcp(host)/db":               canary,
		"user:" + canary + "/@:@tcp(host)/db?timeout=1s": canary + "/@:",
	} {
		for _, says := range []string{password, dsn, "login with " + password + " failed", "harmless"} {
			_, err := database.Open(t.Context(), database.Options{
				DSN: dsn, Dialect: database.PostgreSQL, Driver: register(t, func() error { return &tellTale{says, dsn} }),
			})
			require.Error(t, err)
			var own *tellTale
			require.False(t, errors.As(err, &own))
			requireSilent(t, err)
			if says == "harmless" {
				require.ErrorContains(t, err, "harmless")
			} else {
				require.ErrorContains(t, err, "is not shown because it repeats")
			}
		}
	}
}

// tellTale is an error that knows too much.
type tellTale struct{ Text, DSN string }

func (e *tellTale) Error() string { return e.Text }

// register registers a client whose connections fail with what fn returns, and returns its name.
func register(t *testing.T, fn func() error) string {
	name := "strange " + strings.ReplaceAll(t.Name(), "/", " ") + fmt.Sprint(len(sql.Drivers()))
	sql.Register(name, strangeConnector{fn})
	return name
}

// strangeConnector is a client of package sql that is of no use.
type strangeConnector struct{ fail func() error }

func (c strangeConnector) Open(string) (driver.Conn, error)             { return nil, c.fail() }
func (c strangeConnector) Connect(context.Context) (driver.Conn, error) { return nil, c.fail() }
func (c strangeConnector) Driver() driver.Driver                        { return c }
