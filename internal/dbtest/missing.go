package dbtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
		tb.Fatalf("dbtest: %s", what)
	}
	if _, printed := notices.LoadOrStore(what, true); !printed {
		fmt.Fprintf(os.Stderr, "\n*** NOT TESTED against a real database server: %s\n\n", what)
	}
	tb.Skipf("dbtest: %s", what)
}

// binary finds a program in PATH, or where distributions put servers that they do not put there.
func binary(tb testing.TB, names ...string) string {
	tb.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
		for _, pattern := range []string{"/usr/lib/postgresql/*/bin/", "/usr/sbin/", "/usr/libexec/"} {
			found, err := filepath.Glob(pattern + name)
			if err == nil && len(found) > 0 {
				return found[len(found)-1]
			}
		}
	}
	Missing(tb, names[0]+" is not installed (scripts/install-servers.sh installs it)")
	return ""
}
