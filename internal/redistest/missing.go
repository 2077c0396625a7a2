package redistest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
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
		tb.Fatalf("redistest: %s", what)
	}
	if _, printed := notices.LoadOrStore(what, true); !printed {
		fmt.Fprintf(os.Stderr, "\n*** NOT TESTED against a real Redis server: %s\n\n", what)
	}
	tb.Skipf("redistest: %s", what)
}

// RequireTLS skips the test, with the notice of [Missing], if redis-server was built without TLS.
func RequireTLS(tb testing.TB) {
	tb.Helper()
	// A build with TLS goes on to complain that no certificate is configured.
	out, _ := exec.Command(binary(tb), "--port", "0", "--tls-port", "1").CombinedOutput()
	if strings.Contains(string(out), "Bad directive") {
		Missing(tb, "redis-server was built without TLS")
	}
}
