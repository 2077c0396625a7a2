package database_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// The environment tells a run of the test binary which part to play in which store.
const (
	roleVariable = "DATABASETEST_ROLE"
	pathVariable = "DATABASETEST_PATH"
	argVariable  = "DATABASETEST_ARG"
)

// roles are what another process can do. Each announces itself by ready before it begins.
var roles = map[string]func(path, arg string) error{
	"increment": incrementALot,
	"add":       addALot,
	"lock":      lockALot,
	"write":     writeForEver,
	"first":     openFirst,
}

// TestMain plays the part of another process if the environment asks for one: see child.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := roles[role](os.Getenv(pathVariable), os.Getenv(argVariable)); err != nil {
			fmt.Fprintln(os.Stderr, role, "failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// ready says that the role is set, and waits until the test lets it begin.
func ready() {
	fmt.Println("ready")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // the test is gone if it fails
}

// join opens a store for a role, which ends with the process.
func join(path string) (*database.Driver, error) {
	return database.Open(context.Background(), database.Options{Path: path, Timeout: patient})
}

// child is another process.
type child struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Scanner
}

// spawn starts another process in the given role, and returns when it is ready.
func spawn(t *testing.T, role, path, arg string, change ...func(*exec.Cmd)) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(os.Environ(), roleVariable+"="+role, pathVariable+"="+path, argVariable+"="+arg)
	c.cmd.Stderr = os.Stderr
	for _, fn := range change {
		fn(c.cmd)
	}
	var err error
	c.stdin, err = c.cmd.StdinPipe()
	require.NoError(t, err)
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	c.out = bufio.NewScanner(out)
	require.NoError(t, c.cmd.Start())
	t.Cleanup(c.kill)
	require.Equal(t, "ready", c.line())
	return c
}

// line returns the next line that the process prints, or "" at the end.
func (c *child) line() string {
	if !c.out.Scan() {
		return ""
	}
	return c.out.Text()
}

// begin lets the process begin.
func (c *child) begin() {
	_, err := io.WriteString(c.stdin, "\n")
	require.NoError(c.t, err)
}

// end waits until the process has succeeded, and returns what it printed.
func (c *child) end() (lines []string) {
	for line := c.line(); line != ""; line = c.line() {
		lines = append(lines, line)
	}
	require.NoError(c.t, c.cmd.Wait(), strings.Join(lines, "\n"))
	return lines
}

// kill ends the process without a chance to clean up, and waits until it is gone.
func (c *child) kill() {
	if c.cmd.ProcessState == nil {
		_ = c.cmd.Process.Kill() // it may have ended by itself
		_ = c.cmd.Wait()         // with the signal as its error
	}
}

// together runs several processes in one role at once, with their number as the argument.
func together(t *testing.T, role, path string, processes int) (lines []string) {
	t.Helper()
	all := make([]*child, processes)
	for i := range all {
		all[i] = spawn(t, role, path, fmt.Sprint(i))
	}
	for _, c := range all {
		c.begin()
	}
	for _, c := range all {
		lines = append(lines, c.end()...)
	}
	return lines
}

// newPath returns the path of a file that is not there yet.
func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "cache.db") }

// look opens a file beside the driver, as another program would.
func look(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(30000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// count returns the number of rows in the table of the file at path.
func count(t testing.TB, db *sql.DB) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRow("SELECT count(*) FROM cachegen").Scan(&n))
	return n
}

func requireValue(t testing.TB, d *database.Driver, key, want string) {
	t.Helper()
	value, found, err := d.Get(context.Background(), key)
	require.NoError(t, err)
	require.True(t, found, "%q is missing", key)
	require.Equal(t, want, string(value))
}

func requireMiss(t testing.TB, d *database.Driver, key string) {
	t.Helper()
	_, found, err := d.Get(context.Background(), key)
	require.NoError(t, err)
	require.False(t, found, "%q is there", key)
}

func put(t testing.TB, d *database.Driver, key, value string) {
	t.Helper()
	require.NoError(t, d.Put(context.Background(), key, []byte(value), 0))
}
