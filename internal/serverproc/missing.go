package serverproc

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// notices keeps one notice from being printed by each of a hundred tests.
var notices sync.Map

// Missing ends the test because the machine lacks what it needs. Where the environment variable CI
// is set that is a failure; elsewhere the test is skipped, and standard error says so, also in a
// quiet run.
func Missing(tb testing.TB, what string) {
	tb.Helper()
	if os.Getenv("CI") != "" {
		tb.Fatal(what)
	}
	if _, printed := notices.LoadOrStore(what, true); !printed {
		fmt.Fprintf(os.Stderr, "\n*** NOT TESTED against a real server: %s\n\n", what)
	}
	tb.Skip(what)
}
