// Package faultproxy stands between a client and a server in tests, and breaks their connections on
// demand. It knows TCP and no protocol, so it serves for any server.
package faultproxy

import (
	"net"
	"sync"
	"testing"
	"time"
)

// Fault is what happens to a connection. The zero value passes everything on at once.
type Fault struct {
	// Refuse closes new connections as soon as they are accepted.
	Refuse bool
	// Silence passes nothing on, in either direction, and leaves the connection open: the other
	// side seems to hang. What was held back goes on when the silence ends.
	Silence bool
	// Delay is how long each piece of a reply waits before it is passed on.
	Delay time.Duration
	// Cut closes the connection when that many bytes of replies have been passed on. 0 is never.
	Cut int
}

// Proxy forwards every connection to one server. It is safe for concurrent use.
type Proxy struct {
	listener net.Listener
	target   string
	running  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	fault  Fault
	each   func() Fault  // nil: fault is for all
	change chan struct{} // closed and replaced when fault changes
	open   map[*link]struct{}
}

// Start starts a proxy, on a loopback port, for the server at target. It is closed, with all its
// connections, at the end of the test.
func Start(tb testing.TB, target string) *Proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("faultproxy: %v", err)
	}
	p := &Proxy{
		listener: l,
		target:   target,
		change:   make(chan struct{}),
		open:     map[*link]struct{}{},
	}
	p.running.Go(p.accept)
	tb.Cleanup(p.close)
	return p
}

// Addr returns the address to connect to, as host:port.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Set makes f the fault of all connections, those that are open and those to come.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.each = f, nil
	for l := range p.open {
		l.fault = f
	}
	close(p.change)
	p.change = make(chan struct{})
}

// SetEach asks next for the fault of each connection to come. Calls do not overlap.
func (p *Proxy) SetEach(next func() Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.each = next
}

// Cut closes all open connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.open {
		l.close()
	}
}

// Open returns the number of open connections.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	_ = p.listener.Close() // it only ends the wait for connections
	p.Cut()
	p.running.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.serve(client) })
	}
}

func (p *Proxy) serve(client net.Conn) {
	l := p.admit(client)
	if l == nil {
		_ = client.Close() // refusing it is the point
		return
	}
	defer p.leave(l)
	server, err := net.Dial("tcp", p.target)
	if err != nil || !p.join(l, server) {
		return
	}
	var requests sync.WaitGroup
	requests.Go(func() {
		defer l.close()
		l.requests(server, client)
	})
	l.replies(client, server)
	l.close()
	requests.Wait()
}

// admit registers a new connection, or returns nil if it is to be refused.
func (p *Proxy) admit(client net.Conn) *link {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.fault
	if p.each != nil {
		f = p.each()
	}
	if f.Refuse || p.closed {
		return nil
	}
	l := &link{proxy: p, fault: f, ends: []net.Conn{client}, gone: make(chan struct{})}
	p.open[l] = struct{}{}
	return l
}

// join adds the server's end. It reports false if the connection was cut meanwhile.
func (p *Proxy) join(l *link, server net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	l.ends = append(l.ends, server)
	if l.isGone() {
		_ = server.Close() // nothing was sent
		return false
	}
	return true
}

func (p *Proxy) leave(l *link) {
	l.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, l)
}
