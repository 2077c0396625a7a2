package database

import (
	"database/sql"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// source is where a store is kept.
type source struct {
	db      *sql.DB
	grammar *grammar
	table   tableName
	timeout time.Duration
	place   string // for errors: the dialect, where the database is, and the table

	file        string // of SQLite: the absolute path, or "" for one in memory or that was given open
	connections int    // of SQLite: the size of the pool, or 0 for one that was given open

	secrets []string // what no error may repeat
}

// target is what a DSN or a path says.
type target struct {
	dialect Dialect
	dsn     string // as the client wants it
	place   string // without secrets
	file    string // of SQLite
	memory  bool   // of SQLite
	secrets []string
}

// source checks o and opens the pool; it does not connect.
func (o Options) source() (*source, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	table, err := parseTable(o.Table)
	if err != nil {
		return nil, err
	}
	s := &source{db: o.DB, table: table, timeout: o.timeout()}
	if o.DB != nil {
		return s, s.given(o)
	}
	t, err := o.target()
	if err != nil {
		return nil, err
	}
	return s, s.open(o, t)
}

// given completes s for a database that is open.
func (s *source) given(o Options) (err error) {
	dialect := o.Dialect
	if dialect == "" {
		if dialect, err = dialectOf(o.DB); err != nil {
			return err
		}
	}
	s.grammar, err = dialect.grammar()
	if err == nil {
		s.place = placeOf(s.grammar, s.table)
	}
	return err
}

// open opens the pool of t.
func (s *source) open(o Options, t target) (err error) {
	if s.grammar, err = t.dialect.grammar(); err != nil {
		return err
	}
	name, err := s.grammar.client(o.Driver)
	if err != nil {
		return err
	}
	s.place, s.file, s.secrets = placeOf(s.grammar, s.table)+" at "+t.place, t.file, t.secrets
	if s.db, err = sql.Open(name, t.dsn); err != nil {
		return configError("DSN", "the client cannot read it; look for a parameter that it does not know")
	}
	n := o.MaxConnections
	switch {
	case t.memory:
		n = 1 // each connection would have a database of its own
	case n == 0 && t.dialect == SQLite:
		n = max(fewestForSQLite, runtime.GOMAXPROCS(0))
	case n == 0:
		n = defaultConnections
	}
	s.db.SetMaxOpenConns(n)
	s.db.SetMaxIdleConns(n)
	if t.dialect == SQLite {
		s.connections = n
	} else {
		s.db.SetConnMaxIdleTime(idleTime)
	}
	return nil
}

// idleTime is below the times after which servers and what stands before them close connections.
const idleTime = 3 * time.Minute

// client returns the name of the registered client for g.
func (g *grammar) client(name string) (string, error) {
	linked := sql.Drivers()
	switch {
	case name != "" && !slices.Contains(linked, name):
		return "", configError("Driver", fmt.Sprintf("no client %q is registered with package sql; import its package, or leave Driver empty", name))
	case name != "":
		return name, nil
	case !slices.Contains(linked, g.driver):
		return "", configError("DSN", fmt.Sprintf("the client of %s is not linked: import _ %q", g.title, g.imported))
	}
	return g.driver, nil
}

// placeOf names a table in errors.
func placeOf(g *grammar, t tableName) string {
	name := t.name
	if t.schema != "" {
		name = t.schema + "." + name
	}
	return string(g.dialect) + " table " + name
}
