package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// openConfig opens a store through the registry.
func openConfig(t *testing.T, cfg drivers.StoreConfig) (drivers.Driver, error) {
	t.Helper()
	cfg.Driver = "database"
	if cfg.Timeout == 0 {
		cfg.Timeout = patient
	}
	d, err := drivers.Open(context.Background(), cfg)
	if err == nil {
		t.Cleanup(func() { require.NoError(t, d.Close()) })
	}
	return d, err
}

func TestConfigurationsThatWork(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	for name, cfg := range map[string]drivers.StoreConfig{
		"path":             {Path: path},
		"in memory":        {Path: ":memory:"},
		"DSN":              {DSN: "sqlite://" + path},
		"DSN in memory":    {DSN: "sqlite://:memory:"},
		"URI":              {DSN: "file:" + path},
		"URI with slashes": {DSN: "file://" + path + "?_pragma=cache_size(-4000)"},
		"URI in memory":    {DSN: "file:anything?mode=memory"},
		"client's form":    {DSN: "file:" + path + "?_pragma=busy_timeout(30000)", Options: map[string]string{"dialect": "sqlite"}},
		"options": {Path: path, Options: map[string]string{
			"table": "Other_table", "sync": "true", "driver": "sqlite", "max_connections": "2", "migrate": "true", "sweep_every": "1h",
		}},
		"schema": {Path: path, Options: map[string]string{"table": "main.select"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := openConfig(t, cfg)
			require.NoError(t, err)
			require.NoError(t, d.Put(t.Context(), name, []byte("v"), time.Hour))
			_, found, err := d.Get(t.Context(), name)
			require.NoError(t, err)
			require.True(t, found)
		})
	}
	d, err := openConfig(t, drivers.StoreConfig{DSN: "sqlite://" + path})
	require.NoError(t, err)
	for _, name := range []string{"path", "DSN", "URI", "URI with slashes", "client's form"} {
		_, found, err := d.Get(t.Context(), name)
		require.NoError(t, err)
		require.True(t, found, "%s names the same file", name)
	}
}

// TestEnvironment: the variables alone make a store.
func TestEnvironment(t *testing.T) {
	t.Setenv("CACHE_DRIVER", "database")
	for variable, value := range map[string]string{"CACHE_PATH": newPath(t), "CACHE_DSN": "sqlite://" + newPath(t)} {
		t.Setenv(variable, value)
		config, err := cache.FromEnv()
		require.NoError(t, err)
		m := cache.NewManager(config)
		require.NoError(t, m.Ready(t.Context()))
		require.NoError(t, m.Put("k", "v", time.Hour))
		value, found := m.GetString("k")
		require.True(t, found)
		require.Equal(t, "v", value)
		require.NoError(t, m.Shutdown(t.Context()))
		t.Setenv(variable, "")
	}
}

func TestConfigurationsThatDoNot(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	for says, cfg := range map[string]drivers.StoreConfig{
		"Path: name an SQLite file":             {},
		"DSN: the database is named in two":     {Path: path, DSN: "sqlite://" + path},
		"Host: this driver does not read it":    {Path: path, Host: "h"},
		"Port: ":                                {Path: path, Port: 1},
		"Password: ":                            {Path: path, Password: canary},
		"Username: ":                            {Path: path, Username: "u"},
		"Database: ":                            {Path: path, Database: "d"},
		"TLS: ":                                 {Path: path, TLS: true},
		"CAFile: ":                              {Path: path, CAFile: "f"},
		"Addrs: ":                               {Path: path, Addrs: []string{"a"}},
		"Master: ":                              {Path: path, Master: "m"},
		"MaxEntries: ":                          {Path: path, MaxEntries: 1},
		"MaxBytes: ":                            {Path: path, MaxBytes: 1},
		"Options[tabel]: unknown option":        {Path: path, Options: map[string]string{"tabel": "t"}},
		"Options[sync]: it is neither":          {Path: path, Options: map[string]string{"sync": "often"}},
		"Options[migrate]: it is neither":       {Path: path, Options: map[string]string{"migrate": "later"}},
		"Options[sweep_every]: it is not":       {Path: path, Options: map[string]string{"sweep_every": "-1s"}},
		"Options[max_connections]: ":            {Path: path, Options: map[string]string{"max_connections": "0"}},
		`Driver: no client "sqlight" is`:        {Path: path, Options: map[string]string{"driver": "sqlight"}},
		"Dialect: it is unknown":                {DSN: "x", Options: map[string]string{"dialect": "db2"}},
		"Path: only SQLite has files":           {Path: path, Options: map[string]string{"dialect": "mysql"}},
		"Table: ":                               {Path: path, Options: map[string]string{"table": "a b"}},
		"there is no such schema":               {Path: path, Options: map[string]string{"table": "other.t"}},
		"there is no such table; call Migrate":  {Path: path, Options: map[string]string{"migrate": "false", "table": "absent"}},
		"DSN: its scheme redis is unknown":      {DSN: "redis://h"},
		"DSN: it does not begin with a scheme;": {DSN: "/var/lib/cache.db"},
		"DSN: it does not begin with a scheme that is known": {DSN: "user:" + canary + "@tcp(h)/d"},
		`import _ "github.com/jackc/pgx/v5/stdlib"`:          {DSN: "postgres://u:" + canary + "@h/d"},
		`import _ "github.com/go-sql-driver/mysql"`:          {DSN: "mariadb://u:" + canary + "@h/d"},
	} {
		_, err := openConfig(t, cfg)
		var config *drivers.ConfigError
		require.ErrorAs(t, err, &config, says)
		require.ErrorContains(t, err, says)
		require.Contains(t, err.Error(), "cachegen/drivers/database: ")
		require.True(t, drivers.Permanent(err))
		requireSilent(t, err)
	}
}

// TestGivenDatabase: a database that was given open stays open, and its dialect is recognised.
func TestGivenDatabase(t *testing.T) {
	t.Parallel()
	db := look(t, newPath(t))
	db.SetMaxOpenConns(1)
	d := open(t, database.Options{DB: db})
	put(t, d, "k", "v")
	require.Equal(t, 1, count(t, db))
	require.NoError(t, d.Close())
	require.Equal(t, 1, count(t, db), "it is still open")

	require.NoError(t, db.Close())
	_, err := database.Open(t.Context(), database.Options{DB: db})
	require.ErrorContains(t, err, "database is closed")
	_, err = database.Open(t.Context(), database.Options{DB: db, MaxConnections: 1})
	require.True(t, drivers.Permanent(err))
	_, err = database.Open(t.Context(), database.Options{DB: sql.OpenDB(strangeConnector{})})
	require.ErrorContains(t, err, "set Dialect")
}

// TestTableOfAnother: a table of that name that is none of a store's is not touched.
func TestTableOfAnother(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	_, err := look(t, path).Exec("CREATE TABLE cachegen (name TEXT, value TEXT)")
	require.NoError(t, err)
	_, err = database.Open(t.Context(), database.Options{Path: path})
	require.True(t, drivers.Permanent(err))
	require.ErrorContains(t, err, "other columns")
}

// TestMigrate: the statements that are exported make a table that Open is content with.
func TestMigrate(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	db := look(t, path)
	_, err := database.Open(t.Context(), database.Options{DB: db, SkipMigration: true})
	require.ErrorContains(t, err, "there is no such table")
	statements, err := database.Schema(database.SQLite, "")
	require.NoError(t, err)
	for range 2 {
		for _, s := range statements {
			_, err := db.Exec(s)
			require.NoError(t, err)
		}
		require.NoError(t, database.Migrate(t.Context(), db, database.SQLite, "main.other"))
	}
	open(t, database.Options{DB: db, SkipMigration: true})
	open(t, database.Options{DB: db, SkipMigration: true, Table: "other"})
	for _, dialect := range []database.Dialect{database.PostgreSQL, database.MySQL} {
		statements, err := database.Schema(dialect, "s.t")
		require.NoError(t, err)
		require.Contains(t, statements[0], map[database.Dialect]string{"postgres": `"s"."t"`, "mysql": "`s`.`t`"}[dialect])
	}
	_, err = database.Schema("oracle", "")
	require.Error(t, err)
	require.Error(t, database.Migrate(t.Context(), db, database.SQLite, "x;y"))
}

// hostileTables returns names that must not reach a statement.
func hostileTables() (names []string) {
	parts := []string{
		"", " ", "a b", "a;b", `a"b`, "a'b", "a`b", "a--", "a/*", "a)b", "(a", "a,b", "a\x00", "a\n", "\n", "1a", "-a", "é", "表",
		"a%b", "a\\", "[a]", "{table}", "a=b", "a$b", "a@b", "a#b", `"; DROP TABLE users; --`, "' OR 1=1 --", "a b c",
		strings.Repeat("a", 57), strings.Repeat("a", 1000), "a\u202eb", "a\t",
	}
	for _, p := range parts {
		names = append(names, p, "s."+p, p+".t", "s.t."+p, `"`+p+`"`, "x"+p+".", "."+p)
	}
	// Those that happen to be names, or the default.
	valid := map[string]bool{"": true}
	var hostile []string
	for _, n := range names {
		if !valid[n] {
			hostile = append(hostile, n)
		}
	}
	return hostile
}

// TestHostileTables: each of 200 names is refused before anything is opened.
func TestHostileTables(t *testing.T) {
	t.Parallel()
	names := hostileTables()
	require.GreaterOrEqual(t, len(names), 200)
	path := newPath(t)
	for _, name := range names {
		for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL, database.MySQL} {
			_, err := database.Schema(dialect, name)
			require.ErrorContains(t, err, "Table: it is not a name", "%q", name)
		}
		_, err := database.Open(t.Context(), database.Options{Path: path, Table: name})
		require.True(t, drivers.Permanent(err), "%q: %v", name, err)
		require.NoFileExists(t, path)
	}
}

// TestTableNames: reserved words and long names are quoted, and names that differ are different tables.
func TestTableNames(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	for _, name := range []string{"select", "table", "Order", "_", "x1", strings.Repeat("n", 56), "main.group", "temp_"} {
		d := open(t, database.Options{Path: path, Table: name})
		requireMiss(t, d, "k")
		put(t, d, "k", name)
		requireValue(t, open(t, database.Options{Path: path, Table: name}), "k", name)
	}
}

// TestLongKeys: a key that no index takes is an error, and any that the contract allows is none.
func TestLongKeys(t *testing.T) {
	t.Parallel()
	d := open(t, database.Options{Prefix: strings.Repeat("p", 200)})
	put(t, d, strings.Repeat("{", 512), "v")
	require.ErrorContains(t, d.Put(t.Context(), strings.Repeat("k", 3000), nil, 0), "a key is too long")
	_, err := d.GetMany(t.Context(), []string{"a", strings.Repeat("k", 3000)})
	require.ErrorContains(t, err, "a key is too long")
}

func TestPathIsMadeAbsolute(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	d := open(t, database.Options{Path: filepath.Join("a", "b.db")})
	require.Contains(t, fmt.Sprint(d), "sqlite table cachegen at ")
	require.FileExists(t, filepath.Join(dir, "a", "b.db"))
}
