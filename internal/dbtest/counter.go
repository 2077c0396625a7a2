package dbtest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync/atomic"
	"testing"
)

// Count registers a client of package sql that passes everything on to the client registered as name,
// and counts. It returns its name, and a function that returns how many statements were executed and how
// many were prepared since it was called last.
func Count(tb testing.TB, name string) (counted string, since func() (executed, prepared int64)) {
	tb.Helper()
	db, err := sql.Open(name, "")
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	defer db.Close()
	c := &counter{inner: db.Driver()}
	counted = "counted " + name + " " + Name()
	sql.Register(counted, c)
	return counted, func() (executed, prepared int64) { return c.executed.Swap(0), c.prepared.Swap(0) }
}

type counter struct {
	inner              driver.Driver
	executed, prepared atomic.Int64
}

// Open implements driver.Driver.
func (c *counter) Open(dsn string) (driver.Conn, error) {
	conn, err := c.inner.Open(dsn)
	if err != nil {
		return nil, err
	}
	return &countedConn{Conn: conn, counter: c}, nil
}

type countedConn struct {
	driver.Conn
	counter *counter
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *countedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.counter.prepared.Add(1)
	s, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &countedStmt{Stmt: s, counter: c.counter}, nil
}

// ExecContext implements driver.ExecerContext. A client that has to prepare executes nothing here.
func (c *countedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	if err != driver.ErrSkip {
		c.counter.executed.Add(1)
	}
	return result, err
}

// QueryContext implements driver.QueryerContext.
func (c *countedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
	if err != driver.ErrSkip {
		c.counter.executed.Add(1)
	}
	return rows, err
}

// CheckNamedValue implements driver.NamedValueChecker.
func (c *countedConn) CheckNamedValue(v *driver.NamedValue) error {
	if inner, ok := c.Conn.(driver.NamedValueChecker); ok {
		return inner.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type countedStmt struct {
	driver.Stmt
	counter *counter
}

// ExecContext implements driver.StmtExecContext.
func (s *countedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.counter.executed.Add(1)
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext implements driver.StmtQueryContext.
func (s *countedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.counter.executed.Add(1)
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}
