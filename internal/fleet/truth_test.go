//go:build unix

package fleet_test

import (
	"bufio"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"

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
	rejected int // came with a fence from the past
	overlaps int
	conns    map[net.Conn]int // process ids
	paused   map[int]bool
}

func newTruth(t *testing.T) *truth {
	tr := &truth{
		path: filepath.Join(t.TempDir(), "t"),
		data: map[string]int64{}, acked: map[string]int64{}, loads: map[string]int{},
		conns: map[net.Conn]int{}, paused: map[int]bool{},
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
		if _, err := fmt.Fprintln(conn, tr.answer(conn, op, key, n)); err != nil {
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
		if tr.holder == conn {
			tr.holder = nil
		}
	}
	return 0
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
}

func (tr *truth) pause(pid int, paused bool) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.paused[pid] = paused
}

// counts returns what was counted of the lock.
func (tr *truth) counts() (entered, rejected, overlaps int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.entered, tr.rejected, tr.overlaps
}

func (tr *truth) loadsOf(key string) int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.loads[key]
}
