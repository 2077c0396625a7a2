// Package redistest starts throwaway Redis servers for tests: real ones, on free loopback ports,
// without persistence, gone when the test ends. There is one server ([Start], [Shared]), a cluster
// ([StartCluster], [SharedCluster]), and a master with replicas and sentinels ([StartSentinel]).
//
// The servers are those of the program redis-server, or of the one that the environment variable
// CACHEGEN_TEST_REDIS_SERVER names: valkey-server, or a path. A machine without it skips these
// tests and says so; where the environment variable CI is set, that is a failure.
package redistest

import (
	"cmp"
	"crypto/tls"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/internal/serverproc"
)

// BinaryVariable names the environment variable with the program to start in place of redis-server.
const BinaryVariable = "CACHEGEN_TEST_REDIS_SERVER"

// Server is one redis-server. Its methods report failures through the test that started it, and
// are called from one goroutine at a time.
type Server struct {
	tb       testing.TB
	host     string
	port     int
	prefix   string
	password string      // of the default user
	tls      *tls.Config // nil: connections are not encrypted
	binary   string
	args     []string            // nil: the server is shared
	litter   string              // what the watchdog removes
	proc     *serverproc.Process // nil: the server is shared, or killed
}

// spec says how a server is started.
type spec struct {
	args   func(port int) []string // the whole command line
	usable func(port int) bool     // nil: any free port is
	litter string                  // a directory to remove if the test binary dies, or ""
}

// Start starts a server with the given command line arguments, in which {port} stands for the port
// that was chosen, and returns when it accepts connections. It is killed at the end of the test.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	dir := tb.TempDir()
	s := launch(tb, spec{args: func(port int) []string { return arguments(dir, port, args) }})
	tb.Cleanup(s.Kill)
	return s
}

func launch(tb testing.TB, sp spec) *Server {
	tb.Helper()
	s := &Server{tb: tb, host: serverproc.Loopback, prefix: newPrefix(), binary: binary(tb), litter: sp.litter}
	s.port, s.proc = serverproc.StartOnPort(tb, sp.usable, func(port int) (*serverproc.Process, error) {
		s.args = sp.args(port)
		s.password = argument(s.args, "--requirepass")
		s.tls = encryption(tb, s.args)
		return s.run()
	})
	return s
}

// run starts the program, and waits for the last line that a server, or a sentinel, prints when it
// starts.
func (s *Server) run() (*serverproc.Process, error) {
	return serverproc.Start(exec.Command(s.binary, s.args...), s.litter, "Ready to accept connections", "Sentinel ID is")
}

// argument returns what follows name on a command line, or "".
func argument(args []string, name string) string {
	if i := slices.Index(args, name); i >= 0 && i+1 < len(args) {
		return args[i+1]
	}
	return ""
}

// encryption returns how to talk to a server with the given command line, as a client that shows the
// server's own certificate.
func encryption(tb testing.TB, args []string) *tls.Config {
	tb.Helper()
	if !slices.Contains(args, "--tls-port") {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(argument(args, "--tls-cert-file"), argument(args, "--tls-key-file"))
	if err != nil {
		tb.Fatalf("redistest: %v", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, InsecureSkipVerify: true} // it started the server itself
}

// Addr returns the server's address as host:port.
func (s *Server) Addr() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

// Host returns the server's address without its port.
func (s *Server) Host() string { return s.host }

// Port returns the port on which the server listens.
func (s *Server) Port() int { return s.port }

// Prefix returns a key prefix that nothing else uses, for tests that share a server.
func (s *Server) Prefix() string { return s.prefix }

// Stop suspends the server, so that it accepts connections and bytes but answers nothing.
func (s *Server) Stop() { s.tb.Helper(); s.check(s.proc.Stop()) }

// Cont resumes a suspended server.
func (s *Server) Cont() { s.tb.Helper(); s.check(s.proc.Cont()) }

func (s *Server) check(err error) {
	s.tb.Helper()
	if err != nil {
		s.tb.Fatalf("redistest: %v", err)
	}
}

// Kill ends the server at once, suspended or not, and returns when it is gone. A server that is
// shared or killed already is left alone.
func (s *Server) Kill() {
	s.proc.Kill()
	s.proc = nil
}

// Restart kills the server and starts it again, empty, on the same port.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Kill()
	if s.args == nil {
		s.tb.Fatal("redistest: a shared server cannot be restarted; use Start")
	}
	var err error
	s.proc, err = s.run()
	s.check(err)
}

func arguments(dir string, port int, extra []string) []string {
	p := strconv.Itoa(port)
	args := []string{
		"--port", p, "--bind", serverproc.Loopback, "--dir", dir,
		"--save", "", "--appendonly", "no", "--daemonize", "no",
		"--loglevel", "notice", "--logfile", "",
	}
	for _, a := range extra {
		args = append(args, strings.ReplaceAll(a, "{port}", p))
	}
	return args
}

func binary(tb testing.TB) string {
	tb.Helper()
	name := cmp.Or(os.Getenv(BinaryVariable), "redis-server")
	path, err := exec.LookPath(name)
	if err != nil {
		serverproc.Missing(tb, name+" is not in PATH (scripts/install-servers.sh installs redis-server)")
	}
	return path
}

// RequireTLS skips the test, with the notice of [serverproc.Missing], if redis-server was built without
// TLS.
func RequireTLS(tb testing.TB) {
	tb.Helper()
	// A build with TLS goes on to complain that no certificate is configured.
	out, _ := exec.Command(binary(tb), "--port", "0", "--tls-port", "1").CombinedOutput()
	if strings.Contains(string(out), "Bad directive") {
		serverproc.Missing(tb, "redis-server was built without TLS")
	}
}
