// Package rerun starts further processes of the test program that is running, for tests of what several
// processes do together, or of what one leaves behind that dies. Each process plays a role, which it is
// given by its environment.
package rerun

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The environment tells a process its role, and the arguments of that.
const (
	roleVariable = "CACHEGEN_TEST_ROLE"
	pathVariable = "CACHEGEN_TEST_ROLE_PATH"
	argVariable  = "CACHEGEN_TEST_ROLE_ARG"
)

// Role is what a process can do, at path and as arg says. It calls [Ready] before it begins. The process
// fails if it returns an error.
type Role func(path, arg string) error

// Main is what TestMain calls. It plays the role of this process if it was started for one, runs the
// tests otherwise, and exits.
func Main(m *testing.M, roles map[string]Role) {
	role := os.Getenv(roleVariable)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := roles[role](os.Getenv(pathVariable), os.Getenv(argVariable)); err != nil {
		fmt.Fprintln(os.Stderr, role, "failed:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Ready says that the role is set, and waits until the test lets it begin.
func Ready() {
	fmt.Println("ready")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // the test is gone if it fails
}

// Process is another process of the test program. Its methods report failures through the test that
// started it, and are called from one goroutine at a time.
type Process struct {
	// Cmd is the process, for signals to it.
	Cmd *exec.Cmd

	tb  testing.TB
	in  io.WriteCloser
	out *bufio.Scanner
}

// Start starts a process in a role, and returns when it is ready. It is killed at the end of the test.
// change, if any, may change how it is started.
func Start(tb testing.TB, role, path, arg string, change ...func(*exec.Cmd)) *Process {
	tb.Helper()
	p := launch(tb, role, path, arg, change...)
	p.await()
	return p
}

func launch(tb testing.TB, role, path, arg string, change ...func(*exec.Cmd)) *Process {
	tb.Helper()
	p := &Process{Cmd: exec.Command(os.Args[0]), tb: tb}
	p.Cmd.Env = append(os.Environ(), roleVariable+"="+role, pathVariable+"="+path, argVariable+"="+arg)
	p.Cmd.Stderr = os.Stderr
	for _, fn := range change {
		fn(p.Cmd)
	}
	var err error
	p.in, err = p.Cmd.StdinPipe()
	p.check(err)
	out, err := p.Cmd.StdoutPipe()
	p.check(err)
	p.out = bufio.NewScanner(out)
	p.check(p.Cmd.Start())
	tb.Cleanup(p.Kill)
	return p
}

func (p *Process) check(err error) {
	p.tb.Helper()
	if err != nil {
		p.tb.Fatalf("rerun: %v", err)
	}
}

func (p *Process) await() {
	p.tb.Helper()
	if line := p.Line(); line != "ready" {
		p.tb.Fatalf("rerun: the process says %q; want ready", line)
	}
}

// Line returns the next line that the process prints, or "" at the end.
func (p *Process) Line() string {
	if !p.out.Scan() {
		return ""
	}
	return p.out.Text()
}

// Begin lets the process begin.
func (p *Process) Begin() {
	p.tb.Helper()
	_, err := io.WriteString(p.in, "\n")
	p.check(err)
}

// End waits until the process has succeeded, and returns what it printed.
func (p *Process) End() (lines []string) {
	p.tb.Helper()
	for line := p.Line(); line != ""; line = p.Line() {
		lines = append(lines, line)
	}
	if err := p.Cmd.Wait(); err != nil {
		p.tb.Fatalf("rerun: %v\n%s", err, strings.Join(lines, "\n"))
	}
	return lines
}

// Kill ends the process without a chance to clean up, and waits until it is gone.
func (p *Process) Kill() {
	if p.Cmd.ProcessState == nil {
		_ = p.Cmd.Process.Kill() // it may have ended by itself
		_ = p.Cmd.Wait()         // with the signal as its error
	}
}

// Group is several processes.
type Group []*Process

// StartAll starts n processes in one role, and returns when all are ready; arg returns the argument of
// the i-th.
func StartAll(tb testing.TB, role, path string, n int, arg func(i int) string) Group {
	tb.Helper()
	all := make(Group, n)
	for i := range all {
		all[i] = launch(tb, role, path, arg(i))
	}
	for _, p := range all {
		p.await()
	}
	return all
}

// Begin lets the processes begin.
func (g Group) Begin() {
	for _, p := range g {
		p.Begin()
	}
}

// End waits until all processes have succeeded, and returns what they printed.
func (g Group) End() (lines []string) {
	for _, p := range g {
		lines = append(lines, p.End()...)
	}
	return lines
}

// Together runs n processes in one role at once, and returns what they printed; arg is that of
// [StartAll].
func Together(tb testing.TB, role, path string, n int, arg func(i int) string) []string {
	tb.Helper()
	all := StartAll(tb, role, path, n, arg)
	all.Begin()
	return all.End()
}
