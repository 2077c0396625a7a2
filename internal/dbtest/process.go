package dbtest

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// startTimeout bounds the start of a server on a busy machine; a start takes a second or two.
const startTimeout = 2 * time.Minute

// process is a running server and the watchdog that ends it if the test binary dies.
type process struct {
	cmd      *exec.Cmd
	exited   chan struct{} // closed once the server is gone and its log is complete
	watchdog *exec.Cmd
}

// startProcess starts a server and returns when its log holds ready. The watchdog removes dir after
// the server if the test binary dies.
func startProcess(cmd *exec.Cmd, ready, dir string) (*process, error) {
	log := &serverLog{marker: []byte(ready), ready: make(chan struct{})}
	p := &process{cmd: cmd, exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.exited)
		_ = cmd.Wait() // how it ended is in its log
	}()
	if err := p.watch(dir); err != nil {
		p.kill()
		return nil, fmt.Errorf("start the server's watchdog: %w", err)
	}
	if err := p.await(log); err != nil {
		p.kill()
		return nil, err
	}
	return p, nil
}

// watch starts a shell that kills the server when its standard input ends, which is when this
// process lets go of it or dies, by whatever means.
func (p *process) watch(dir string) error {
	const script = `read -r _; kill -9 "$1"; sleep 1; rm -rf "$2"`
	p.watchdog = exec.Command("sh", "-c", script, "sh", strconv.Itoa(p.cmd.Process.Pid), dir)
	if _, err := p.watchdog.StdinPipe(); err != nil { // never written; Wait closes it
		return err
	}
	return p.watchdog.Start()
}

func (p *process) await(log *serverLog) error {
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

// kill ends the watchdog first: it must not outlive the server and meet its process id again.
func (p *process) kill() {
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

// startError holds the log of a server that did not start.
type startError struct{ log string }

func (e *startError) Error() string { return e.log }

func isPortTaken(err error) bool {
	var e *startError
	return errors.As(err, &e) && (strings.Contains(e.log, "Address already in use") || strings.Contains(e.log, "could not bind"))
}

// serverLog collects what a server prints until it is ready, and drops the rest.
type serverLog struct {
	marker []byte
	ready  chan struct{}

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
	if bytes.Contains(l.text.Bytes(), l.marker) {
		l.done = true
		close(l.ready)
	}
	return len(b), nil
}

// String returns the log so far.
func (l *serverLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
