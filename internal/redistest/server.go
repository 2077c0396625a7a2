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
)

const (
	loopback = "127.0.0.1"
	// startAttempts is how often a server is started anew because its port was taken meanwhile.
	startAttempts = 5
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
	args     []string
	litter   string   // what the watchdog removes
	proc     *process // nil: the server is shared, or killed
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
	s := &Server{tb: tb, host: loopback, prefix: newPrefix(), binary: binary(tb), litter: sp.litter}
	for attempt := 1; ; attempt++ {
		s.port = freePort(tb, sp.usable)
		s.args = sp.args(s.port)
		s.password = argument(s.args, "--requirepass")
		s.tls = encryption(tb, s.args)
		var err error
		if s.proc, err = startProcess(s.binary, s.args, s.litter); err == nil {
			return s
		}
		if attempt == startAttempts || !isPortTaken(err) {
			tb.Fatalf("redistest: %v", err)
		}
	}
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
func (s *Server) Stop() {
	s.tb.Helper()
	s.control(stop)
}

// Cont resumes a suspended server.
func (s *Server) Cont() {
	s.tb.Helper()
	s.control(resume)
}

func (s *Server) control(signal func(*os.Process) error) {
	s.tb.Helper()
	if s.proc == nil {
		s.tb.Fatal("redistest: this server is shared or killed and cannot be signalled; use Start")
	}
	if err := signal(s.proc.cmd.Process); err != nil {
		s.tb.Fatalf("redistest: signal the server: %v", err)
	}
}

// Kill ends the server at once, suspended or not, and returns when it is gone. A server that is
// shared or killed already is left alone.
func (s *Server) Kill() {
	if s.proc != nil {
		s.proc.kill()
		s.proc = nil
	}
}

// Restart kills the server and starts it again, empty, on the same port.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Kill()
	if s.args == nil {
		s.tb.Fatal("redistest: a shared server cannot be restarted; use Start")
	}
	var err error
	if s.proc, err = startProcess(s.binary, s.args, s.litter); err != nil {
		s.tb.Fatalf("redistest: restart: %v", err)
	}
}

func arguments(dir string, port int, extra []string) []string {
	p := strconv.Itoa(port)
	args := []string{
		"--port", p, "--bind", loopback, "--dir", dir,
		"--save", "", "--appendonly", "no", "--daemonize", "no",
		"--loglevel", "notice", "--logfile", "",
	}
	for _, a := range extra {
		args = append(args, strings.ReplaceAll(a, "{port}", p))
	}
	return args
}

// freePort returns a port that was free a moment ago, and is usable. Nothing keeps it free until
// the server binds it, which is why launch tries again.
func freePort(tb testing.TB, usable func(int) bool) int {
	tb.Helper()
	for {
		l, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
		if err != nil {
			tb.Fatalf("redistest: find a free port: %v", err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close() // it was only asked for its port
		if usable == nil || usable(port) {
			return port
		}
	}
}

func binary(tb testing.TB) string {
	tb.Helper()
	name := cmp.Or(os.Getenv(BinaryVariable), "redis-server")
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(tb, name+" is not in PATH (scripts/install-servers.sh installs redis-server)")
	}
	return path
}
