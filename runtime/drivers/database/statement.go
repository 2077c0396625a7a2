package database

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"
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

// statement is the SQL of an operation, and the order in which its arguments go into it.
type statement struct {
	text  string
	order []int // indexes of arguments
	stmt  *sql.Stmt
}

// clock is the index of an argument that is no one's but the time.
const clock = -1

// writer makes a statement of a template, in which
//
//	{table}             is the table
//	{now}               the time
//	{mark}              see grammar
//	{an argument}       a parameter
//	{each} … {end}      repeated for each row, with commas between
//	{every} … {end}     the same without commas
//	{names}             the argument name of each row, with commas between
type writer struct {
	g     *grammar
	table string
	once  []string
	each  []string
	rows  int

	text    strings.Builder
	order   []int
	numbers map[int]int // of arguments that the text has already, where parameters have numbers
}

func (g *grammar) statement(op operation, table string, rows int) *statement {
	w := &writer{g: g, table: table, once: shapes[op].once, each: shapes[op].each, rows: rows, numbers: map[int]int{}}
	w.write(g.text[op], 0)
	return &statement{text: w.text.String(), order: w.order}
}

// write writes a part of a template for one row.
func (w *writer) write(template string, row int) {
	for template != "" {
		before, rest, found := cutPlaceholder(template)
		w.text.WriteString(before)
		if !found {
			return
		}
		name, after, _ := strings.Cut(rest, "}")
		template = after
		switch name {
		case "table":
			w.text.WriteString(w.table)
		case "mark":
			w.text.WriteString(w.g.mark)
		case "each", "every":
			var part string
			part, template, _ = strings.Cut(after, "{end}")
			w.repeat(part, map[string]string{"each": ",", "every": " "}[name])
		case "names":
			w.repeat("{name}", ",")
		default:
			w.argument(name, row)
		}
	}
}

// cutPlaceholder cuts at the next brace that begins a placeholder: those of regular expressions do not.
func cutPlaceholder(s string) (before, after string, found bool) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '{' && s[i+1] >= 'a' && s[i+1] <= 'z' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func (w *writer) repeat(part, between string) {
	for row := range w.rows {
		if row > 0 {
			w.text.WriteString(between)
		}
		w.write(part, row)
	}
}

func (w *writer) argument(name string, row int) {
	if name == "now" && w.g.now != "" {
		w.text.WriteString(w.g.now)
		return
	}
	index := w.index(name, row)
	if w.g.parameter == "" {
		w.order = append(w.order, index)
		w.text.WriteByte('?')
		return
	}
	number, known := w.numbers[index]
	if !known {
		w.order = append(w.order, index)
		number = len(w.order)
		w.numbers[index] = number
	}
	w.text.WriteString(w.g.parameter)
	w.text.WriteString(strconv.Itoa(number))
}

// index returns which argument name is. A name that the operation does not have is a mistake in a
// template, which every test finds.
func (w *writer) index(name string, row int) int {
	if name == "now" {
		return clock
	}
	for i, n := range w.once {
		if n == name {
			return i
		}
	}
	for i, n := range w.each {
		if n == name {
			return len(w.once) + row*len(w.each) + i
		}
	}
	panic("cachegen/drivers/database: a template names the unknown argument " + name)
}

// bind puts args into the statement's order.
func (s *statement) bind(args []any) []any {
	bound := make([]any, len(s.order))
	for i, index := range s.order {
		if index == clock {
			bound[i] = time.Now().UnixMicro()
		} else {
			bound[i] = args[index]
		}
	}
	return bound
}

// mostStatements bounds how many statements for several rows are kept: there is one for each number.
const mostStatements = 128

// key names a statement.
type key struct {
	op   operation
	rows int
}

// prepared returns the statement of op for n rows.
func (d *Driver) prepared(ctx context.Context, op operation, rows int) (*statement, error) {
	k := key{op, rows}
	d.mu.RLock()
	s := d.statements[k]
	full := len(d.statements) >= mostStatements
	d.mu.RUnlock()
	if s != nil {
		return s, nil
	}
	s = d.grammar.statement(op, d.table, rows)
	if rows > 1 && full {
		return s, nil
	}
	if d.grammar.prepares {
		var err error
		if s.stmt, err = d.db.PrepareContext(ctx, s.text); err != nil {
			return nil, err
		}
	}
	return d.keep(k, s), nil
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
	s, err := d.prepared(ctx, op, rows)
	if err != nil {
		return nil, err
	}
	if s.stmt != nil {
		return s.stmt.QueryContext(ctx, s.bind(args)...)
	}
	return d.db.QueryContext(ctx, s.text, s.bind(args)...)
}

// exec runs an operation that answers with no rows.
func (d *Driver) exec(ctx context.Context, op operation, rows int, args ...any) (sql.Result, error) {
	s, err := d.prepared(ctx, op, rows)
	if err != nil {
		return nil, err
	}
	if s.stmt != nil {
		return s.stmt.ExecContext(ctx, s.bind(args)...)
	}
	return d.db.ExecContext(ctx, s.text, s.bind(args)...)
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
