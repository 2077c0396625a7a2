package redis

import (
	"context"
	"net"
	"syscall"

	goredis "github.com/redis/go-redis/v9"
)

// dialFunc makes a connection.
type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// steady is a connection that hands out one syscall.RawConn. The client asks for it before each
// command, to see whether the server has closed the connection or left something unread, and a
// connection of package net makes a new one each time.
type steady struct {
	net.Conn
	raw syscall.RawConn
}

// SyscallConn implements syscall.Conn.
func (s *steady) SyscallConn() (syscall.RawConn, error) { return s.raw, nil }

// dialer is the client's own dialer for o, whose connections are steady. Encrypted ones have no
// syscall.RawConn and stay as they are.
func dialer(o *goredis.Options) dialFunc {
	dial := goredis.NewDialer(o)
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		system, ok := conn.(syscall.Conn)
		if !ok {
			return conn, nil
		}
		raw, err := system.SyscallConn()
		if err != nil {
			_ = conn.Close() // it is of no use
			return nil, err
		}
		return &steady{conn, raw}, nil
	}
}
