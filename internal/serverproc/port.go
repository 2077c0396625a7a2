package serverproc

import (
	"net"
	"testing"
)

const (
	// Loopback is the address on which the servers of tests listen.
	Loopback = "127.0.0.1"
	// attempts is how often a server is started anew because its port was taken meanwhile.
	attempts = 5
)

// StartOnPort calls start with a free port, and again with another one if that was taken meanwhile, and
// returns the last port and its server. usable, unless nil, tells which ports will do. A server that
// does not start ends the test.
func StartOnPort(tb testing.TB, usable func(port int) bool, start func(port int) (*Process, error)) (int, *Process) {
	tb.Helper()
	for attempt := 1; ; attempt++ {
		port := freePort(tb, usable)
		p, err := start(port)
		if err == nil {
			return port, p
		}
		if attempt == attempts || !portTaken(err) {
			tb.Fatalf("serverproc: %v", err)
		}
	}
}

// freePort returns a port that was free a moment ago, and is usable. Nothing keeps it free until the
// server binds it, which is why StartOnPort tries again.
func freePort(tb testing.TB, usable func(int) bool) int {
	tb.Helper()
	for {
		l, err := net.Listen("tcp", net.JoinHostPort(Loopback, "0"))
		if err != nil {
			tb.Fatalf("serverproc: find a free port: %v", err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close() // it was only asked for its port
		if usable == nil || usable(port) {
			return port
		}
	}
}
