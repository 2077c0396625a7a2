package database

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"time"
)

// tableName is a table, in a schema or wherever the database looks first.
type tableName struct{ schema, name string }

// namePattern is what every database takes for a name when it is quoted, with room for the suffix of the
// index in the shortest limit, PostgreSQL's 63.
var namePattern = regexp.MustCompile(`\A[A-Za-z_][A-Za-z0-9_]{0,55}\z`)

// parseTable returns the table that an option names.
func parseTable(s string) (tableName, error) {
	if s == "" {
		s = DefaultTable
	}
	var t tableName
	if schema, name, two := strings.Cut(s, "."); two {
		t = tableName{schema, name}
	} else {
		t = tableName{name: s}
	}
	if !namePattern.MatchString(t.name) || t.schema != "" && !namePattern.MatchString(t.schema) || strings.HasPrefix(s, ".") {
		return t, configError("Table", "it is not a name, or schema.name, of up to 56 letters, digits and underscores that begins with no digit")
	}
	return t, nil
}

// quoted returns the name as it stands in statements.
func (t tableName) quoted(g *grammar) string { return t.with(g, t.name) }

// with returns another name in the schema of t.
func (t tableName) with(g *grammar, name string) string {
	name = g.quote + name + g.quote
	if t.schema != "" {
		name = g.quote + t.schema + g.quote + "." + name
	}
	return name
}

// schema returns the statements that make the table. An index stands in the schema of its table, which
// PostgreSQL does not want to be told, and SQLite wants to be told there and not at the table.
func (g *grammar) tableSchema(t tableName) []string {
	bare, index := g.quote+t.name+g.quote, t.with(g, t.name+"_sweep")
	if g.dialect == PostgreSQL {
		index = g.quote + t.name + "_sweep" + g.quote
	}
	r := strings.NewReplacer("{table}", t.quoted(g), "{bare}", bare, "{index}", index)
	statements := make([]string, len(g.schema))
	for i, s := range g.schema {
		statements[i] = r.Replace(s)
	}
	return statements
}

// Schema returns the SQL statements that make the table of a store, for those who make tables
// themselves: see [Options].SkipMigration. They do nothing if the table is there. An empty table name
// means [DefaultTable].
func Schema(dialect Dialect, table string) ([]string, error) {
	g, err := dialect.grammar()
	if err != nil {
		return nil, err
	}
	t, err := parseTable(table)
	if err != nil {
		return nil, err
	}
	return g.tableSchema(t), nil
}

// Migrate makes the table of a store in db, if there is none. Several processes may do so at once.
func Migrate(ctx context.Context, db *sql.DB, dialect Dialect, table string) error {
	g, err := dialect.grammar()
	if err != nil {
		return err
	}
	t, err := parseTable(table)
	if err != nil {
		return err
	}
	s := &source{grammar: g, table: t, place: placeOf(g, t)}
	if err := migrate(ctx, db, g, t); err != nil {
		return s.refused(s.failed(ctx, "make the table", err))
	}
	return nil
}

const (
	migrationTimeout = 10 * time.Second
	// migrationAttempts is how often the table is made anew when another process makes it as well:
	// IF NOT EXISTS does not keep PostgreSQL from failing then.
	migrationAttempts = 8
)

func migrate(ctx context.Context, db *sql.DB, g *grammar, t tableName) (err error) {
	for attempt := range migrationAttempts {
		if err = execAll(ctx, db, g.tableSchema(t)); err == nil || !isMigrationRace(err) || pause(ctx, attempt) != nil {
			return err
		}
	}
	return err
}

func execAll(ctx context.Context, db *sql.DB, statements []string) error {
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
