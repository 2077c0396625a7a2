// Package redistest starts throwaway Redis servers for tests: real ones, on a free loopback port,
// without persistence, gone when the test ends.
//
// A machine without redis-server skips these tests and says so; where the environment variable CI
// is set, that is a failure.
package redistest

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

const (
	loopback = "127.0.0.1"
	// startAttempts is how often a server is started anew because its port was taken meanwhile.
	startAttempts = 5
)

// Server is one redis-server. Its methods report failures through the test that started it, and
// are called from one goroutine at a time.
type Server struct {
	tb     testing.TB
	host   string
	port   int
	prefix string
	binary string
	args   []string
	proc   *process // nil: the server is shared, or killed
}

// Start starts a server with the given command line arguments, in which {port} stands for the port
// that was chosen, and returns when it accepts connections. It is killed at the end of the test.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	s := launch(tb, tb.TempDir(), args)
	tb.Cleanup(s.Kill)
	return s
}

func launch(tb testing.TB, dir string, args []string) *Server {
	tb.Helper()
	s := &Server{tb: tb, host: loopback, prefix: newPrefix(), binary: binary(tb)}
	for attempt := 1; ; attempt++ {
		s.port = freePort(tb)
		s.args = arguments(dir, s.port, args)
		var err error
		if s.proc, err = startProcess(s.binary, s.args); err == nil {
			return s
		}
		if attempt == startAttempts || !isPortTaken(err) {
			tb.Fatalf("redistest: %v", err)
		}
	}
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
	if s.proc, err = startProcess(s.binary, s.args); err != nil {
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

// freePort returns a port that was free a moment ago. Nothing keeps it free until the server binds
// it, which is why Start tries again.
func freePort(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		tb.Fatalf("redistest: find a free port: %v", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func binary(tb testing.TB) string {
	tb.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		Missing(tb, "redis-server is not in PATH (scripts/install-servers.sh installs it)")
	}
	return path
}
