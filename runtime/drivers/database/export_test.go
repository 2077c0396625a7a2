package database

import "context"

// Sweep removes what has expired, at once.
func (d *Driver) Sweep(ctx context.Context) { d.sweepAll(ctx) }

// Do runs fn as a call of the driver would be.
func (d *Driver) Do(ctx context.Context, fn func(ctx context.Context) error) error {
	return d.do(ctx, "test", writing, fn)
}

// Retries is how often a call is tried again.
const Retries = retries

// Statements returns the SQL of every operation, for the given number of rows.
func Statements(dialect Dialect, rows int) (texts []string) {
	g, err := dialect.grammar()
	if err != nil {
		panic(err)
	}
	for op := range operations {
		if g.text[op] != "" {
			texts = append(texts, g.statement(op, "THE_TABLE", rows).text)
		}
	}
	return texts
}

// Padded returns how many names a statement for n names takes.
var Padded = padded
