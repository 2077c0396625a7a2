package redistest

import (
	"crypto/rand"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
)

// AddressVariable names the environment variable with the host:port of a server that [Shared] uses
// instead of its own. Tests leave keys there, each under its own prefix.
const AddressVariable = "CACHEGEN_TEST_REDIS"

// shared is the server of this test binary; its watchdog ends it with the binary.
var (
	sharedMu sync.Mutex
	shared   *Server // nil until the first call; guarded by sharedMu
)

// Shared returns the one server of this test binary, with a prefix of its own for each call. It
// stays until the binary ends, and cannot be stopped, killed or restarted.
func Shared(tb testing.TB) *Server {
	tb.Helper()
	if addr := os.Getenv(AddressVariable); addr != "" {
		return given(tb, addr)
	}
	sharedMu.Lock()
	defer sharedMu.Unlock()
	if shared == nil {
		shared = launch(tb, spec{args: func(port int) []string { return arguments(os.TempDir(), port, nil) }}) // nothing is written there
	}
	return &Server{tb: tb, host: shared.host, port: shared.port, prefix: newPrefix()}
}

func given(tb testing.TB, addr string) *Server {
	tb.Helper()
	host, p, err := net.SplitHostPort(addr)
	if err != nil {
		tb.Fatalf("redistest: %s: %v; set it to host:port", AddressVariable, err)
	}
	port, err := strconv.Atoi(p)
	if err != nil {
		tb.Fatalf("redistest: %s: the port of %q is not a number", AddressVariable, addr)
	}
	return &Server{tb: tb, host: host, port: port, prefix: newPrefix()}
}

func newPrefix() string { return "test-" + rand.Text() }
