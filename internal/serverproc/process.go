// Package serverproc runs the servers that tests need as processes of their own: it starts them on free
// loopback ports, suspends, resumes and kills them, and sees to it that none of them outlives the test
// binary, however that ends.
package serverproc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// startTimeout bounds the start of a server on a busy machine; a start takes a second or two at most.
const startTimeout = 2 * time.Minute

// Process is a running server and the watchdog that ends it if the test binary dies. The nil Process is
// a server that is not the caller's own, or was killed. Its methods are called from one goroutine at a
// time.
type Process struct {
	cmd      *exec.Cmd
	exited   chan struct{} // closed once the server is gone and its log is complete
	watchdog *exec.Cmd
}

// Start starts a server and returns when what it prints holds one of the ready texts. Asking its port
// instead could be answered by another server that took the port. The watchdog removes the directory
// litter, unless that is "", after the server if the test binary dies.
func Start(cmd *exec.Cmd, litter string, ready ...string) (*Process, error) {
	log := &serverLog{markers: ready, ready: make(chan struct{})}
	p := &Process{cmd: cmd, exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.exited)
		_ = cmd.Wait() // how it ended is in its log
	}()
	if err := p.watch(litter); err != nil {
		p.Kill()
		return nil, fmt.Errorf("start the server's watchdog: %w", err)
	}
	if err := p.await(log); err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

// watch starts a shell that kills the server when its standard input ends, which is when this
// process lets go of it or dies, by whatever means.
func (p *Process) watch(litter string) error {
	const script = `read -r _; kill -9 "$1"; [ -z "$2" ] || { sleep 1; rm -rf "$2"; }`
	p.watchdog = exec.Command("sh", "-c", script, "sh", strconv.Itoa(p.cmd.Process.Pid), litter)
	if _, err := p.watchdog.StdinPipe(); err != nil { // never written; Wait closes it
		return err
	}
	return p.watchdog.Start()
}

func (p *Process) await(log *serverLog) error {
	timer := time.NewTimer(startTimeout)
	defer timer.Stop()
	select {
	case <-log.ready:
		return nil
	case <-p.exited:
		return fmt.Errorf("the server ended at once: %w", &startError{log.String()})
	case <-timer.C:
		return fmt.Errorf("the server is not ready after %v:\n%s", startTimeout, log)
	}
}

// Kill ends the server at once, suspended or not, and returns when it is gone. The nil Process is left
// alone.
func (p *Process) Kill() {
	if p == nil {
		return
	}
	// The watchdog goes first: it must not outlive the server and meet its process id again.
	if p.watchdog != nil && p.watchdog.Process != nil {
		_ = p.watchdog.Process.Kill()
		_ = p.watchdog.Wait()
	}
	children := childrenOf(p.cmd.Process.Pid)
	_ = p.cmd.Process.Kill() // fails only if it is gone already
	for _, child := range children {
		_ = child.Kill() // most are gone by then: they watch their parent, unless they are stopped
	}
	<-p.exited
}

// Stop suspends the server with all its processes, so that it accepts connections and bytes but answers
// nothing.
func (p *Process) Stop() error { return p.signal(stop) }

// Cont resumes a suspended server.
func (p *Process) Cont() error { return p.signal(resume) }

func (p *Process) signal(send func(*os.Process) error) error {
	if p == nil {
		return errors.New("this server is shared or killed and cannot be signalled; start one")
	}
	if err := send(p.cmd.Process); err != nil {
		return fmt.Errorf("signal the server: %w", err)
	}
	for _, child := range childrenOf(p.cmd.Process.Pid) {
		_ = send(child) // it may have ended meanwhile
	}
	return nil
}

// startError holds the log of a server that did not start.
type startError struct{ log string }

func (e *startError) Error() string { return e.log }

// portTaken reports whether a server did not start since another one had its port.
func portTaken(err error) bool {
	var e *startError
	return errors.As(err, &e) && (strings.Contains(e.log, "Address already in use") || strings.Contains(e.log, "could not bind"))
}

// serverLog collects what a server prints until it is ready, and drops the rest.
type serverLog struct {
	markers []string
	ready   chan struct{}

	mu   sync.Mutex
	text bytes.Buffer
	done bool
}

// Write implements io.Writer.
func (l *serverLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		return len(b), nil
	}
	l.text.Write(b)
	for _, marker := range l.markers {
		if !l.done && bytes.Contains(l.text.Bytes(), []byte(marker)) {
			l.done = true
			close(l.ready)
		}
	}
	return len(b), nil
}

// String returns the log so far.
func (l *serverLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
