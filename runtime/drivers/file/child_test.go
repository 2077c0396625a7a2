//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// The environment tells a run of the test binary which part to play in which store.
const (
	roleVariable = "FILETEST_ROLE"
	pathVariable = "FILETEST_PATH"
	argVariable  = "FILETEST_ARG"
)

// roles are what another process can do. Each announces itself by ready before it begins.
var roles = map[string]func(path, arg string) error{
	"increment":     incrementALot,
	"add":           addALot,
	"lock":          lockALot,
	"take":          takeALot,
	"grants":        lockForEver,
	"load":          loadALot,
	"limited":       writeUnderLimit,
	"pass":          passOn,
	"fresh":         writeFresh,
	"write":         writeForEver,
	"die":           dieCalling,
	"hang":          hangWriting,
	"umask":         writeUnderUmask,
	"owner's umask": openUnderUmask,
	"nobody":        actWithoutRights,
}

// play runs a role and returns the exit code.
func play(role string) int {
	if err := roles[role](os.Getenv(pathVariable), os.Getenv(argVariable)); err != nil {
		fmt.Fprintln(os.Stderr, role, "failed:", err)
		return 1
	}
	return 0
}

// ready says that the role is set, and waits until the test lets it begin.
func ready() {
	fmt.Println("ready")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // the test is gone if it fails
}

// join opens a store for a role, which ends with the process.
func join(path string) (*file.Driver, error) {
	return file.Open(context.Background(), file.Options{Path: path, Timeout: patient})
}

// joinQuietly is join without a goroutine that would meet the faults of the role.
func joinQuietly(path string) (*file.Driver, error) {
	return file.Open(context.Background(), file.Options{Path: path, Timeout: patient, Now: time.Now})
}

// child is another process.
type child struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Scanner
}

// spawn starts another process in the given role, and returns when it is ready.
func spawn(t *testing.T, role, path, arg string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(os.Environ(), roleVariable+"="+role, pathVariable+"="+path, argVariable+"="+arg)
	c.cmd.Stderr = os.Stderr
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
	return togetherAs(t, role, path, processes, func(i int) string { return fmt.Sprint(i) })
}

// togetherAs is together with another argument.
func togetherAs(t *testing.T, role, path string, processes int, arg func(i int) string) (lines []string) {
	t.Helper()
	all := make([]*child, processes)
	for i := range all {
		all[i] = spawn(t, role, path, arg(i))
	}
	for _, c := range all {
		c.begin()
	}
	for _, c := range all {
		lines = append(lines, c.end()...)
	}
	return lines
}
