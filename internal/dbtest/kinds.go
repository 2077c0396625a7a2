package dbtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/cachegen/cachegen/internal/serverproc"
)

var postgres = kind{
	name:    "PostgreSQL",
	scheme:  "postgres",
	options: "sslmode=disable",
	ready:   "database system is ready to accept connections",
	install: installPostgres,
	command: func(tb testing.TB, dir string, port int) *exec.Cmd {
		return exec.Command(binary(tb, "postgres"), "-D", filepath.Join(dir, "data"), "-p", strconv.Itoa(port),
			"-c", "listen_addresses="+serverproc.Loopback, "-c", "unix_socket_directories=", "-c", "max_connections=200",
			"-c", "fsync=off", "-c", "full_page_writes=off")
	},
}

// installPostgres makes a cluster whose one user owns the database of the same name.
func installPostgres(tb testing.TB, dir string) {
	password := writeFile(tb, dir, "password", Password)
	output(tb, dir, binary(tb, "initdb"), "-D", filepath.Join(dir, "data"), "-U", User, "--pwfile", password,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions")
	create := exec.Command(binary(tb, "postgres"), "--single", "-D", filepath.Join(dir, "data"), "postgres")
	if err := unprivileged(create); err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	create.Stdin, create.Dir = open(tb, writeFile(tb, dir, "create", "CREATE DATABASE "+Database+"\n")), dir
	if out, err := create.CombinedOutput(); err != nil {
		tb.Fatalf("dbtest: create the database: %v\n%s", err, out)
	}
}

var mariadb = kind{
	name:    "MariaDB",
	scheme:  "mysql",
	ready:   "ready for connections",
	install: installMariaDB,
	command: func(tb testing.TB, dir string, port int) *exec.Cmd {
		return exec.Command(binary(tb, "mariadbd", "mysqld"), "--no-defaults", "--datadir="+filepath.Join(dir, "data"),
			"--port="+strconv.Itoa(port), "--bind-address="+serverproc.Loopback, "--socket="+filepath.Join(dir, "s"),
			"--pid-file="+filepath.Join(dir, "pid"), "--init-file="+filepath.Join(dir, "init.sql"), "--skip-name-resolve",
			"--max-connections=200", "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=2",
			"--skip-innodb-doublewrite", "--sync-binlog=0")
	},
}

// installMariaDB makes a data directory. The user and the database are made when the server starts.
func installMariaDB(tb testing.TB, dir string) {
	writeFile(tb, dir, "init.sql", "CREATE DATABASE IF NOT EXISTS "+Database+";\n"+
		"CREATE USER IF NOT EXISTS '"+User+"'@'%' IDENTIFIED BY '"+Password+"';\n"+
		"GRANT ALL ON "+Database+".* TO '"+User+"'@'%';\n")
	output(tb, dir, binary(tb, "mariadb-install-db", "mysql_install_db"), "--no-defaults", "--datadir="+filepath.Join(dir, "data"),
		"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
}

// writeFile writes a file that the server's account can read.
func writeFile(tb testing.TB, dir, name, text string) string {
	tb.Helper()
	path := filepath.Join(dir, name)
	err := os.WriteFile(path, []byte(text), 0o600)
	if err == nil {
		err = give(path)
	}
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	return path
}

func open(tb testing.TB, path string) *os.File {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	tb.Cleanup(func() { _ = f.Close() }) // it was only read
	return f
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
	serverproc.Missing(tb, names[0]+" is not installed (scripts/install-servers.sh installs it)")
	return ""
}
