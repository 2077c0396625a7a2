package redis

import (
	"net"
	"syscall"
)

// masterConn is a connection to a server that was the master when it was made.
type masterConn struct {
	net.Conn
	addr      string
	sentinels *sentinels
}

// Close implements net.Conn.
func (c *masterConn) Close() error {
	c.sentinels.mu.Lock()
	delete(c.sentinels.conns, c)
	c.sentinels.mu.Unlock()
	return c.Conn.Close()
}

// keep returns conn with its address remembered, so that retire can find it.
func (s *sentinels) keep(conn net.Conn, addr string) net.Conn {
	c := &masterConn{conn, addr, s}
	s.mu.Lock()
	s.conns[c] = struct{}{}
	s.mu.Unlock()
	if st, ok := conn.(*steady); ok {
		return &steady{c, st.raw}
	}
	return c
}

// retire closes the connections to all servers but the master at addr. The calls on them fail, and
// the client replaces them.
func (s *sentinels) retire(addr string) {
	s.mu.Lock()
	var old []*masterConn
	for c := range s.conns {
		if c.addr != addr {
			old = append(old, c)
		}
	}
	s.mu.Unlock()
	for _, c := range old {
		_ = c.Close() // whoever uses it learns of it
	}
}

var _ syscall.Conn = (*steady)(nil)
