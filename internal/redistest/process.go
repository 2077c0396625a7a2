package redistest

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

// startTimeout bounds the start of a server on a busy machine; a start takes some ten milliseconds.
const startTimeout = 30 * time.Second

// process is a running redis-server and the watchdog that ends it if the test binary dies.
type process struct {
	cmd      *exec.Cmd
	exited   chan struct{} // closed once the server is gone and its log is complete
	watchdog *exec.Cmd
	litter   string // a directory that the watchdog removes after the server, or ""
}

// startProcess starts a server and returns when its log says that it accepts connections. Asking
// its port instead could be answered by another server that took the port.
func startProcess(binary string, args []string, litter string) (*process, error) {
	log := &serverLog{ready: make(chan struct{})}
	p := &process{cmd: exec.Command(binary, args...), exited: make(chan struct{}), litter: litter}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // how it ended is in its log
	}()
	if err := p.watch(); err != nil {
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
func (p *process) watch() error {
	const script = `read -r _; kill -9 "$1"; [ -z "$2" ] || rm -rf "$2"`
	p.watchdog = exec.Command("sh", "-c", script, "sh", strconv.Itoa(p.cmd.Process.Pid), p.litter)
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
	_ = p.cmd.Process.Kill() // fails only if it is gone already
	<-p.exited
}

// startError holds the log of a server that did not start.
type startError struct{ log string }

func (e *startError) Error() string { return e.log }

func isPortTaken(err error) bool {
	var e *startError
	return errors.As(err, &e) && strings.Contains(e.log, "Address already in use")
}

// serverLog collects what a server prints until it is ready, and drops the rest.
type serverLog struct {
	ready chan struct{}

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
	if l.done = isReady(l.text.String()); l.done {
		close(l.ready)
	}
	return len(b), nil
}

// isReady recognises the last line that a server, or a sentinel, prints when it starts.
func isReady(log string) bool {
	return strings.Contains(log, "Ready to accept connections") || strings.Contains(log, "Sentinel ID is")
}

// String returns the log so far.
func (l *serverLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
