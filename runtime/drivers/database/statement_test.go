package database_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// TestStatements: every template of every dialect is complete, and names what it takes.
func TestStatements(t *testing.T) {
	t.Parallel()
	placeholder := regexp.MustCompile(`\{[a-z]`)
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL, database.MySQL} {
		for _, rows := range []int{1, 3} {
			texts := database.Statements(dialect, rows)
			require.Greater(t, len(texts), 25)
			for _, text := range texts {
				require.NotRegexp(t, placeholder, text)
				require.Contains(t, text, "THE_TABLE")
				if dialect != database.MySQL {
					require.NotContains(t, strings.ReplaceAll(text, "LAST_INSERT_ID", "!"), "!", "MySQL's alone")
				}
			}
		}
	}
}

// TestPadded: a statement has few sizes, and never many more rows than it needs.
func TestPadded(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for n := 1; n <= 500; n++ {
		p := database.Padded(n)
		require.GreaterOrEqual(t, p, n)
		require.LessOrEqual(t, p, n+n/4)
		seen[p] = true
	}
	require.Less(t, len(seen), 36)
}

// state is an error of PostgreSQL's client.
type state string

func (s state) Error() string    { return "failed with " + string(s) }
func (s state) SQLState() string { return string(s) }

// TestCollisionsAreRetried: three times, if the database says that another attempt may succeed, and not
// for any other error, nor once the ctx is done.
func TestCollisionsAreRetried(t *testing.T) {
	t.Parallel()
	d := open(t, database.Options{Path: ":memory:"})
	for _, collision := range []error{
		state("40001"), state("40P01"), errors.New("Error 1213 (40001): Deadlock found"), errors.New("Error 1205: Lock wait timeout"),
		fmt.Errorf("wrapped: %w", state("40001")),
	} {
		for failures := range database.Retries + 2 {
			attempts := 0
			err := d.Do(t.Context(), func(context.Context) error {
				if attempts++; attempts <= failures {
					return collision
				}
				return nil
			})
			require.Equal(t, min(failures, database.Retries)+1, attempts)
			require.Equal(t, failures > database.Retries, err != nil)
		}
	}
	for _, other := range []error{state("23505"), errors.New("Error 1064 (42000): syntax"), errors.New("connection refused"), context.Canceled} {
		attempts := 0
		require.Error(t, d.Do(t.Context(), func(context.Context) error { attempts++; return other }))
		require.Equal(t, 1, attempts)
	}
	ctx, cancel := context.WithCancel(t.Context())
	attempts := 0
	require.ErrorIs(t, d.Do(ctx, func(context.Context) error { attempts++; cancel(); return state("40001") }), context.Canceled)
	require.Equal(t, 1, attempts)
}
