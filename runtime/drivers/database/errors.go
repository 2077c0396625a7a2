package database

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// clientError is what is passed on of a client's error: its text, without secrets. The error itself may
// hold the whole configuration of a connection.
type clientError struct{ text, code string }

func (e *clientError) Error() string { return e.text }

// codeOf returns what kind of error a database reported: a SQLSTATE of PostgreSQL, the number of MariaDB
// and MySQL as "mysql 1213", that of SQLite as "sqlite 5", or "".
func codeOf(err error) string {
	var own *clientError
	var state interface{ SQLState() string }
	var number interface{ Code() int }
	switch {
	case errors.As(err, &own):
		return own.code
	case errors.As(err, &state):
		return state.SQLState()
	case errors.As(err, &number):
		return "sqlite " + strconv.Itoa(number.Code())
	}
	if found := mysqlError.FindStringSubmatch(err.Error()); found != nil {
		return "mysql " + found[1]
	}
	return ""
}

// mysqlError finds the number in the text: the client's type cannot be named without linking it.
var mysqlError = regexp.MustCompile(`\bError (\d{4})(?: \(\w{5}\))?: `)

// hasCode reports whether err is of one of some kinds. A number of SQLite's stands for its further
// distinctions too.
func hasCode(err error, codes ...string) bool {
	code := codeOf(err)
	if n, ok := strings.CutPrefix(code, "sqlite "); ok {
		if extended, err := strconv.Atoi(n); err == nil && slices.Contains(codes, "sqlite "+strconv.Itoa(extended&0xff)) {
			return true
		}
	}
	return code != "" && slices.Contains(codes, code)
}

// isCollision reports whether a statement was given up because of another one. A file that is busy is
// none if SQLite has waited for it as long as it may.
func (s *source) isCollision(err error) bool {
	if hasCode(err, "sqlite 5") {
		return s.connections == 0 || hasCode(err, "sqlite 517", "sqlite 261")
	}
	return hasCode(err, "40001", "40P01", "mysql 1213", "mysql 1205", "mysql 1020", "sqlite 6")
}

// errBusy is what SQLite says of a file that another process writes to for longer than a call may wait.
var errBusy = fmt.Errorf("another process writes to the file all the time: %w", context.DeadlineExceeded)

// isMigrationRace reports whether a table could not be made because it was being made.
func isMigrationRace(err error) bool {
	return hasCode(err, "23505", "42P07", "42710", "XX000", "40001", "40P01", "mysql 1213", "sqlite 5", "sqlite 6")
}

// isAbsent reports whether there is no such table.
func (s *source) isAbsent(err error) bool {
	return hasCode(err, "42P01", "mysql 1146") || hasCode(err, "sqlite 1") && strings.Contains(err.Error(), "no such table")
}

// fail says which operation failed where, and makes the error one that the contract of [drivers.Driver]
// knows: ErrClosed, the ctx's error, a deadline that was exceeded, or one of its own.
func (d *Driver) fail(ctx context.Context, what string, err error) error {
	if err != nil && d.closed.Load() {
		return drivers.ErrClosed
	}
	return d.source.failed(ctx, what, err)
}

func (s *source) failed(ctx context.Context, what string, err error) error {
	if err == nil || errors.Is(err, drivers.ErrNotNumber) || errors.Is(err, drivers.ErrOverflow) {
		return err
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("cachegen/drivers/database: %s in %s: %w", what, s.place, s.explain(err))
}

// explain returns what may be told of err.
func (s *source) explain(err error) error {
	var timeout net.Error
	for _, done := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, done) {
			return done
		}
	}
	switch {
	case hasCode(err, "sqlite 5"):
		return errBusy
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	case isTooLarge(err):
		return fmt.Errorf("the database does not take a value of that size: %w", drivers.ErrTooLarge)
	}
	return s.hide(err)
}

func isTooLarge(err error) bool {
	text := err.Error()
	return hasCode(err, "sqlite 18", "mysql 1153", "54000") || strings.Contains(text, "max_allowed_packet") ||
		strings.Contains(text, "packet for query is too large")
}

// hide returns an error with the text and the kind of err, or without the text if it repeats a secret.
func (s *source) hide(err error) error {
	if err == nil {
		return nil
	}
	text, code := err.Error(), codeOf(err)
	if s.repeats(text) {
		text = "the client's error is not shown because it repeats the password or the DSN"
		if code != "" {
			text += " (" + code + ")"
		}
	}
	return &clientError{text: text, code: code}
}

// repeats reports whether text holds a secret.
func (s *source) repeats(text string) bool {
	return slices.ContainsFunc(s.secrets, func(secret string) bool { return strings.Contains(text, secret) })
}

// refused makes a [*drivers.ConfigError] of an answer that will be the same next time.
func (s *source) refused(err error) error {
	if err == nil {
		return nil
	}
	for _, r := range []struct {
		field, reason string
		codes         []string
	}{
		{"DSN", "the server refused the login; correct user and password", []string{"28P01", "28000", "mysql 1045", "mysql 1698"}},
		{"DSN", "the server has no such database; make it, or name another one", []string{"3D000", "mysql 1049"}},
		{"DSN", "the user lacks a right; grant it, or make the table by the statements that Schema returns", []string{"42501", "mysql 1044", "mysql 1142", "mysql 1227"}},
		{"Table", "there is no such schema; make it, or name another one", []string{"3F000"}},
		{"Table", "the table has other columns than a store needs; name another one", []string{"42703", "42883", "42804", "mysql 1054"}},
		{"Path", "it is not an SQLite file, or damaged; remove it, or name another one", []string{"sqlite 26", "sqlite 11"}},
		{"Path", "the file cannot be opened for writing; give this user the right to write to it and to its directory, or name another one", []string{"sqlite 14", "sqlite 8", "sqlite 3", "sqlite 10"}},
	} {
		if hasCode(err, r.codes...) {
			return configError(r.field, s.place+": "+r.reason)
		}
	}
	switch {
	case s.isAbsent(err):
		return configError("Table", s.place+": there is no such table; call Migrate, or let Open make it")
	case hasCode(err, "sqlite 1") && strings.Contains(err.Error(), "no such column"):
		return configError("Table", s.place+": the table has other columns than a store needs; name another one")
	case hasCode(err, "sqlite 1") && strings.Contains(err.Error(), "unknown database"):
		return configError("Table", s.place+": there is no such schema; leave it out for an SQLite file")
	case strings.Contains(err.Error(), "cannot parse `"):
		return configError("DSN", "the client cannot read it; look for a parameter that it does not know")
	}
	return err
}
