package database

import (
	"database/sql"
	"reflect"
	"strings"
)

// Dialect is a kind of database: which SQL it speaks.
type Dialect string

// The dialects.
const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgres"
	MySQL      Dialect = "mysql" // MariaDB and MySQL
)

// grammar is how a dialect differs from the others.
type grammar struct {
	dialect  Dialect
	title    string // for people
	driver   string // the name of its client in package sql
	imported string // what registers that
	// now is the database's clock in microseconds since 1970, the same in all of a statement. It is
	// empty for SQLite, which has no clock but the machine's: that is passed as an argument, since
	// SQLite's own functions count in milliseconds.
	now string
	// parameter is what the number of a parameter follows. If it is "", parameters have no numbers.
	parameter string
	quote     string // around names
	// mark is added to a column by an update, so that [Driver.touched] can tell that it found a row.
	mark string
	// returning says that writes can answer with rows.
	returning bool
	// prepares says that a statement has to be prepared to be quick; other clients do it themselves.
	prepares bool
	text     [operations]string
	// arrays are the operations for more than one row, if they take arrays: one statement for any
	// number of rows. Others have one for each number.
	arrays [operations]string
	schema []string
}

func (d Dialect) grammar() (*grammar, error) {
	switch d {
	case SQLite:
		return &sqliteGrammar, nil
	case PostgreSQL:
		return &postgresGrammar, nil
	case MySQL:
		return &mysqlGrammar, nil
	}
	return nil, configError("Dialect", `it is unknown; use "sqlite", "postgres" or "mysql"`)
}

// dialectOf recognises the dialect of an open database by the package of its driver.
func dialectOf(db *sql.DB) (Dialect, error) {
	t := reflect.TypeOf(db.Driver())
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for _, known := range []struct {
		part    string
		dialect Dialect
	}{
		{"sqlite", SQLite}, {"jackc/pgx", PostgreSQL}, {"lib/pq", PostgreSQL}, {"go-sql-driver/mysql", MySQL},
	} {
		if strings.Contains(t.PkgPath(), known.part) {
			return known.dialect, nil
		}
	}
	return "", configError("Dialect", "the driver of DB is not recognised; set Dialect")
}
