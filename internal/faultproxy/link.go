package faultproxy

import (
	"net"
	"sync"
	"time"
)

// link is one connection through the proxy.
type link struct {
	proxy *Proxy
	fault Fault         // guarded by proxy.mu
	ends  []net.Conn    // guarded by proxy.mu until the second is there
	gone  chan struct{} // closed with the ends
	once  sync.Once
}

func (l *link) close() {
	l.once.Do(func() {
		close(l.gone)
		for _, end := range l.ends {
			_ = end.Close() // both sides learn of it
		}
	})
}

func (l *link) isGone() bool {
	select {
	case <-l.gone:
		return true
	default:
		return false
	}
}

// requests copies what the client sends.
func (l *link) requests(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if !l.pass() {
			return
		}
		if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}

// replies copies what the server sends, late and up to the cut.
func (l *link) replies(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	passed := 0
	for {
		n, err := from.Read(buf)
		if !l.pass() {
			return
		}
		f := l.now()
		if !l.wait(f.Delay) {
			return
		}
		cut := f.Cut > 0 && passed+n >= f.Cut
		if cut {
			n = max(f.Cut-passed, 0)
		}
		passed += n
		if _, werr := to.Write(buf[:n]); cut || err != nil || werr != nil {
			return
		}
	}
}

// now returns the fault of this moment.
func (l *link) now() Fault {
	l.proxy.mu.Lock()
	defer l.proxy.mu.Unlock()
	return l.fault
}

// pass returns once the connection is not silent. It reports false if the link is closed first.
func (l *link) pass() bool {
	for {
		l.proxy.mu.Lock()
		silent, change := l.fault.Silence, l.proxy.change
		l.proxy.mu.Unlock()
		if !silent {
			return true
		}
		select {
		case <-change:
		case <-l.gone:
			return false
		}
	}
}

// wait lets d pass. It reports false if the link is closed first.
func (l *link) wait(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.gone:
		return false
	}
}
