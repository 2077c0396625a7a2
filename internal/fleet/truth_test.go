//go:build unix

package fleet_test

import (
	"bufio"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// truth is what lies behind the caches of a fleet, and what its processes report: it alone can tell
// whether one of them saw something that must not be. Each goroutine of a process has a connection.
type truth struct {
	path string
	l    net.Listener
	done sync.WaitGroup

	mu       sync.Mutex
	data     map[string]int64 // what a load reads
	acked    map[string]int64 // the newest whose invalidation was acknowledged
	loads    map[string]int
	fence    int64 // the largest that entered
	holder   net.Conn
	entered  int
	entries  map[int]int // by process id
	left     map[net.Conn]time.Time
	longest  time.Duration // from leaving to entering again
	rejected int           // came with a fence from the past
	overlaps int
	conns    map[net.Conn]int // process ids
	paused   map[int]bool
	order    *order // nil: none
	over     bool
}

func newTruth(t *testing.T) *truth {
	tr := &truth{
		path: filepath.Join(t.TempDir(), "t"),
		data: map[string]int64{}, acked: map[string]int64{}, loads: map[string]int{},
		conns: map[net.Conn]int{}, entries: map[int]int{}, left: map[net.Conn]time.Time{}, paused: map[int]bool{},
	}
	var err error
	tr.l, err = net.Listen("unix", tr.path)
	require.NoError(t, err)
	tr.done.Go(tr.accept)
	t.Cleanup(func() {
		require.NoError(t, tr.l.Close())
		tr.done.Wait()
	})
	return tr
}

func (tr *truth) accept() {
	for {
		conn, err := tr.l.Accept()
		if err != nil {
			return
		}
		tr.done.Go(func() { tr.serve(conn) })
	}
}

func (tr *truth) serve(conn net.Conn) {
	defer conn.Close()
	defer tr.gone(conn)
	in := bufio.NewReader(conn)
	for {
		var op, key string
		var n int64
		if _, err := fmt.Fscanln(in, &op, &key, &n); err != nil {
			return
		}
		if op == "enter" {
			tr.halt(conn, early)
		}
		answer := tr.answer(conn, op, key, n)
		if op == "enter" {
			tr.halt(conn, late)
		}
		if _, err := fmt.Fprintln(conn, answer); err != nil {
			return
		}
	}
}

func (tr *truth) answer(conn net.Conn, op, key string, n int64) int64 {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	switch op {
	case "pid":
		tr.conns[conn] = int(n)
	case "read":
		tr.loads[key]++
		return tr.data[key]
	case "write":
		tr.data[key]++
		return tr.data[key]
	case "ack":
		tr.acked[key] = max(tr.acked[key], n)
	case "least":
		return tr.acked[key]
	case "enter":
		return tr.enter(conn, n)
	case "leave":
		tr.left[conn] = time.Now()
		if tr.holder == conn {
			tr.holder = nil
		}
		if tr.over {
			return 1
		}
	}
	return 0
}

// finish tells those who leave the place not to come back.
func (tr *truth) finish() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.over = true
}

// enter admits the holder of a lock by its fence, and answers 0, or -1 to one of the past. A holder
// whose process is stopped does nothing, so it does not count as inside.
func (tr *truth) enter(conn net.Conn, fence int64) int64 {
	if fence <= tr.fence {
		tr.rejected++
		return -1
	}
	if tr.holder != nil && !tr.paused[tr.conns[tr.holder]] {
		tr.overlaps++
	}
	tr.fence, tr.holder = fence, conn
	tr.entered++
	tr.entries[tr.conns[conn]]++
	if left, ok := tr.left[conn]; ok {
		tr.longest = max(tr.longest, time.Since(left))
	}
	return 0
}

// gone lets the holder go that died.
func (tr *truth) gone(conn net.Conn) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.holder == conn {
		tr.holder = nil
	}
	delete(tr.conns, conn)
	delete(tr.left, conn)
}

// When a holder is stopped: before it is admitted by its fence, or after that.
const (
	early = "early"
	late  = "late"
)

// order is an order to stop a process.
type order struct {
	pid              int
	when             string
	stopped, resumed chan struct{}
}

// stopHolder stops a process when it next holds the lock, and returns when it has.
func (tr *truth) stopHolder(t *testing.T, pid int, when string) (resume func()) {
	o := &order{pid, when, make(chan struct{}), make(chan struct{})}
	tr.mu.Lock()
	tr.order = o
	tr.mu.Unlock()
	select {
	case <-o.stopped:
	case <-time.After(2 * time.Minute):
		t.Fatal("the process never holds the lock")
	}
	return func() {
		tr.mu.Lock()
		delete(tr.paused, pid)
		tr.mu.Unlock()
		require.NoError(t, syscall.Kill(pid, syscall.SIGCONT))
		close(o.resumed)
	}
}

// halt stops the process of conn, which waits for an answer, if that was ordered, and returns when it
// is resumed.
func (tr *truth) halt(conn net.Conn, when string) {
	tr.mu.Lock()
	o := tr.order
	if o == nil || o.pid != tr.conns[conn] || o.when != when {
		tr.mu.Unlock()
		return
	}
	tr.order, tr.paused[o.pid] = nil, true
	tr.mu.Unlock()
	_ = syscall.Kill(o.pid, syscall.SIGSTOP) // it may have been killed, at the end of a test that failed
	close(o.stopped)
	<-o.resumed
}

// counts returns what was counted of the lock.
func (tr *truth) counts() (entered, rejected, overlaps int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.entered, tr.rejected, tr.overlaps
}

func (tr *truth) longestWait() time.Duration {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.longest
}

// entriesOf returns how often a process entered.
func (tr *truth) entriesOf(pid int) int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.entries[pid]
}

func (tr *truth) loadsOf(key string) int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.loads[key]
}
