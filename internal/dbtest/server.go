// Package dbtest starts throwaway PostgreSQL and MariaDB servers for tests: real ones, on a free
// loopback port, gone when the test ends. What they have acknowledged survives their death, but not a
// loss of power. Servers that refuse root run under another account if the tests are root's.
//
// A machine without a server skips its tests and says so; where the environment variable CI is set,
// that is a failure. The package links no client.
package dbtest

import (
	"crypto/rand"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	loopback = "127.0.0.1"
	// startAttempts is how often a server is started anew because its port was taken meanwhile.
	startAttempts = 5

	// User, Password and Database are those of every server. The user owns the database.
	User     = "cachegen"
	Password = "pass/word:w1th@marks"
	Database = "cachegen"
)

// Server is one database server. Its methods report failures through the test that started it, and
// are called from one goroutine at a time.
type Server struct {
	tb     testing.TB
	kind   *kind
	dir    string
	port   int
	shared bool
	proc   *process // nil: killed
}

// kind is what differs between the servers.
type kind struct {
	name    string
	scheme  string // of its URLs
	options string // in its URLs
	ready   string // in the log of a server that accepts connections
	install func(tb testing.TB, dir string)
	command func(tb testing.TB, dir string, port int) *exec.Cmd

	mu  sync.Mutex
	one *Server // the shared one; guarded by mu
}

// StartPostgres starts a PostgreSQL server, which is killed at the end of the test.
func StartPostgres(tb testing.TB) *Server { tb.Helper(); return start(tb, &postgres) }

// StartMariaDB starts a MariaDB server, which is killed at the end of the test.
func StartMariaDB(tb testing.TB) *Server { tb.Helper(); return start(tb, &mariadb) }

// Postgres returns the one PostgreSQL server of this test binary. It stays until the binary ends, and
// cannot be stopped, killed or restarted.
func Postgres(tb testing.TB) *Server { tb.Helper(); return shared(tb, &postgres) }

// MariaDB is Postgres for MariaDB.
func MariaDB(tb testing.TB) *Server { tb.Helper(); return shared(tb, &mariadb) }

func start(tb testing.TB, k *kind) *Server {
	tb.Helper()
	s := launch(tb, k)
	tb.Cleanup(func() {
		s.Kill()
		if err := os.RemoveAll(s.dir); err != nil {
			tb.Errorf("dbtest: %v", err)
		}
	})
	return s
}

// shared leaves the server to its watchdog, which ends it with the test binary.
func shared(tb testing.TB, k *kind) *Server {
	tb.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.one == nil {
		k.one = launch(tb, k)
	}
	return &Server{tb: tb, kind: k, port: k.one.port, shared: true}
}

func launch(tb testing.TB, k *kind) *Server {
	tb.Helper()
	s := &Server{tb: tb, kind: k, dir: directory(tb)}
	k.install(tb, s.dir)
	for attempt := 1; ; attempt++ {
		s.port = freePort(tb)
		err := s.run()
		if err == nil {
			return s
		}
		if attempt == startAttempts || !isPortTaken(err) {
			tb.Fatalf("dbtest: %s: %v", k.name, err)
		}
	}
}

func (s *Server) run() (err error) {
	cmd := s.kind.command(s.tb, s.dir, s.port)
	if err := unprivileged(cmd); err != nil {
		return err
	}
	s.proc, err = startProcess(cmd, s.kind.ready, s.dir)
	return err
}

// directory makes one that the server's account owns. That of the test itself is closed to others.
func directory(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "cachegen-db-")
	if err == nil {
		err = give(dir)
	}
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	return dir
}

// output runs a program under the server's account and returns what it prints.
func output(tb testing.TB, dir, program string, args ...string) {
	tb.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	err := unprivileged(cmd)
	if err == nil {
		var out []byte
		if out, err = cmd.CombinedOutput(); err != nil {
			tb.Fatalf("dbtest: %s: %v\n%s", program, err, out)
		}
	}
	if err != nil {
		tb.Fatalf("dbtest: %s: %v", program, err)
	}
}

// Addr returns the server's address as host:port.
func (s *Server) Addr() string { return net.JoinHostPort(loopback, strconv.Itoa(s.port)) }

// URL returns how to reach the database, with the login.
func (s *Server) URL() string { return s.URLAt(s.Addr()) }

// URLAt is URL for another address, that of a proxy for instance.
func (s *Server) URLAt(addr string) string {
	u := url.URL{
		Scheme:   s.kind.scheme,
		User:     url.UserPassword(User, Password),
		Host:     addr,
		Path:     "/" + Database,
		RawQuery: s.kind.options,
	}
	return u.String()
}

// Stop suspends the server with all its processes, so that it accepts connections and bytes but
// answers nothing.
func (s *Server) Stop() { s.tb.Helper(); s.control(stop) }

// Cont resumes a suspended server.
func (s *Server) Cont() { s.tb.Helper(); s.control(resume) }

func (s *Server) control(signal func(*os.Process) error) {
	s.tb.Helper()
	if s.proc == nil {
		s.tb.Fatal("dbtest: this server is shared or killed and cannot be signalled; start one")
	}
	server := s.proc.cmd.Process
	for _, p := range append([]*os.Process{server}, childrenOf(server.Pid)...) {
		if err := signal(p); err != nil && p == server {
			s.tb.Fatalf("dbtest: signal the server: %v", err)
		}
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

// Restart kills the server and starts it again on the same port, with what it had stored.
func (s *Server) Restart() {
	s.tb.Helper()
	if s.shared {
		s.tb.Fatal("dbtest: a shared server cannot be restarted; start one")
	}
	s.Kill()
	if err := s.run(); err != nil {
		s.tb.Fatalf("dbtest: restart: %v", err)
	}
}

// Name returns a name that nothing else uses, for a table or a prefix.
func Name() string { return "t" + strings.ToLower(rand.Text())[:16] }

// freePort returns a port that was free a moment ago. Nothing keeps it free until the server binds
// it, which is why a server is started more than once.
func freePort(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		tb.Fatalf("dbtest: find a free port: %v", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
