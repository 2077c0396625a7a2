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

	"github.com/cachegen/cachegen/internal/serverproc"
)

// User, Password and Database are those of every server. The user owns the database.
const (
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
	proc   *serverproc.Process // nil: killed
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
	s.port, s.proc = serverproc.StartOnPort(tb, nil, s.run)
	return s
}

func (s *Server) run(port int) (*serverproc.Process, error) {
	cmd := s.kind.command(s.tb, s.dir, port)
	if err := unprivileged(cmd); err != nil {
		return nil, err
	}
	return serverproc.Start(cmd, s.dir, s.kind.ready)
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
func (s *Server) Addr() string { return net.JoinHostPort(serverproc.Loopback, strconv.Itoa(s.port)) }

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
func (s *Server) Stop() { s.tb.Helper(); s.check(s.proc.Stop()) }

// Cont resumes a suspended server.
func (s *Server) Cont() { s.tb.Helper(); s.check(s.proc.Cont()) }

func (s *Server) check(err error) {
	s.tb.Helper()
	if err != nil {
		s.tb.Fatalf("dbtest: %s: %v", s.kind.name, err)
	}
}

// Kill ends the server at once, suspended or not, and returns when it is gone. A server that is
// shared or killed already is left alone.
func (s *Server) Kill() {
	s.proc.Kill()
	s.proc = nil
}

// Restart kills the server and starts it again on the same port, with what it had stored.
func (s *Server) Restart() {
	s.tb.Helper()
	if s.shared {
		s.tb.Fatal("dbtest: a shared server cannot be restarted; start one")
	}
	s.Kill()
	var err error
	s.proc, err = s.run(s.port)
	s.check(err)
}

// Name returns a name that nothing else uses, for a table or a prefix.
func Name() string { return "t" + strings.ToLower(rand.Text())[:16] }
