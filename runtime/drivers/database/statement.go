package database

import (
	"context"
	"database/sql"
)

// operation is one thing that is asked of the database, in one statement.
type operation int

const (
	probe operation = iota
	get
	getMany
	put
	add
	forget
	increment
	replace
	lock
	lockLeft
	extend
	fenceOf
	unlock
	forceUnlock
	acquire
	acquireAnyway
	leases
	fill
	renew
	holds
	release
	marked
	takeSteadily
	takeFromWindow
	usage
	boundary
	flush
	flushRest
	scan
	expired
	sweep
	postpone
	operations
)

// shapes are the arguments of the operations: those that a statement takes once, and those that it
// takes for each of n rows.
var shapes = [operations]struct{ once, each []string }{
	probe:          {once: []string{"name"}},
	get:            {once: []string{"name"}},
	getMany:        {each: []string{"name"}},
	put:            {once: []string{"ttl", "look"}, each: []string{"name", "value"}},
	add:            {once: []string{"ttl", "look", "name", "value"}},
	forget:         {each: []string{"name"}},
	increment:      {once: []string{"ttl", "look", "name", "value", "delta", "least", "most"}},
	replace:        {once: []string{"name", "old", "value"}},
	lock:           {once: []string{"name", "owner", "ttl", "keep", "look"}},
	lockLeft:       {once: []string{"name"}},
	extend:         {once: []string{"name", "owner", "ttl", "keep"}},
	fenceOf:        {once: []string{"name", "owner"}},
	unlock:         {once: []string{"name", "owner"}},
	forceUnlock:    {once: []string{"name"}},
	acquire:        {once: []string{"token", "ttl", "nonce"}, each: []string{"name"}},
	acquireAnyway:  {once: []string{"token", "ttl", "nonce"}, each: []string{"name"}},
	leases:         {each: []string{"name"}},
	fill:           {once: []string{"token", "ttl", "nonce"}, each: []string{"name", "value"}},
	renew:          {once: []string{"token", "ttl", "nonce"}, each: []string{"name"}},
	holds:          {once: []string{"token"}, each: []string{"name"}},
	release:        {once: []string{"token"}, each: []string{"name"}},
	marked:         {once: []string{"nonce"}, each: []string{"name"}},
	takeSteadily:   {once: []string{"name", "cost", "most"}},
	takeFromWindow: {once: []string{"name", "n", "most", "period"}},
	usage:          {once: []string{"name"}},
	boundary:       {once: []string{"from", "end"}},
	flush:          {once: []string{"from", "last"}},
	flushRest:      {once: []string{"from", "end"}},
	scan:           {once: []string{"from", "end"}},
	sweep:          {each: []string{"name"}},
	postpone:       {once: []string{"look"}, each: []string{"name"}},
}

// mostExact bounds how many statements are kept for the exact numbers of rows that were asked for. When
// there are more, statements for further numbers have one of few sizes.
const mostExact = 256

// key names a statement.
type key struct {
	op   operation
	rows int
}

// prepared returns the statement of op for some rows, and the arguments as it takes them.
func (d *Driver) prepared(ctx context.Context, op operation, rows int, args []any) (*statement, []any, error) {
	if rows > 1 && d.grammar.arrays[op] != "" {
		args, rows = arraysOf(op, rows, args), 2 // or any other number
	}
	s, full := d.kept(key{op, rows})
	if s == nil && rows > 1 && full {
		args, rows = fillUp(op, rows, args)
		s, _ = d.kept(key{op, rows})
	}
	if s != nil {
		return s, s.bind(args), nil
	}
	s = d.grammar.statement(op, d.table, rows)
	if d.grammar.prepares {
		var err error
		if s.stmt, err = d.db.PrepareContext(ctx, s.text); err != nil {
			return nil, nil, err
		}
	}
	s = d.keep(key{op, rows}, s)
	return s, s.bind(args), nil
}

// kept returns the statement that is kept under k, or nil, and whether there are many others.
func (d *Driver) kept(k key) (s *statement, full bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.statements[k], len(d.statements) >= mostExact
}

// keep returns s, or the statement that another call has kept meanwhile.
func (d *Driver) keep(k key, s *statement) *statement {
	d.mu.Lock()
	defer d.mu.Unlock()
	if other := d.statements[k]; other != nil || d.closed.Load() {
		if s.stmt != nil {
			_ = s.stmt.Close() // nobody has used it
			s.stmt = nil
		}
		if other == nil {
			other = s
		}
		return other
	}
	d.statements[k] = s
	return s
}

// query runs an operation that answers with rows.
func (d *Driver) query(ctx context.Context, op operation, rows int, args ...any) (*sql.Rows, error) {
	s, args, err := d.prepared(ctx, op, rows, args)
	if err != nil {
		return nil, err
	}
	if s.stmt != nil {
		return s.stmt.QueryContext(ctx, args...)
	}
	return d.db.QueryContext(ctx, s.text, args...)
}

// exec runs an operation that answers with no rows.
func (d *Driver) exec(ctx context.Context, op operation, rows int, args ...any) (sql.Result, error) {
	s, args, err := d.prepared(ctx, op, rows, args)
	if err != nil {
		return nil, err
	}
	if s.stmt != nil {
		return s.stmt.ExecContext(ctx, args...)
	}
	return d.db.ExecContext(ctx, s.text, args...)
}

// row runs an operation that answers with at most one row, and reports whether it did.
func (d *Driver) row(ctx context.Context, op operation, args []any, into ...any) (bool, error) {
	rows, err := d.query(ctx, op, 1, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	found := rows.Next()
	if found {
		if err := rows.Scan(into...); err != nil {
			return false, err
		}
	}
	// The close ends a statement that writes: its error is that of the write.
	err = rows.Close()
	if rows.Err() != nil {
		err = rows.Err()
	}
	return found && err == nil, err
}

// each runs an operation that answers with rows, and calls fn with each of them.
func (d *Driver) each(ctx context.Context, op operation, n int, args []any, fn func(*sql.Rows) error) error {
	rows, err := d.query(ctx, op, n, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	err = rows.Close()
	if rows.Err() != nil {
		err = rows.Err()
	}
	return err
}

// touched reports whether an update found its row.
func (d *Driver) touched(ctx context.Context, op operation, args ...any) (bool, error) {
	result, err := d.exec(ctx, op, 1, args...)
	if err != nil {
		return false, err
	}
	if d.grammar.mark != "" {
		id, err := result.LastInsertId()
		return id == 1, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
