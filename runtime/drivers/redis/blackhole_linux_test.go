package redis_test

import (
	"context"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// blackhole takes over the port of a server that was killed, so that connecting to it never ends: the
// queue of connections that wait to be accepted is full, and the kernel answers no more.
func blackhole(t *testing.T, s *redistest.Server) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Close(fd) })
	require.NoError(t, syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}, Port: s.Port()}))
	require.NoError(t, syscall.Listen(fd, 0))
	for range 16 { // more than a queue of length 0 holds
		conn, err := net.DialTimeout("tcp", s.Addr(), 50*time.Millisecond)
		if err != nil {
			return
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	t.Fatal("the kernel's queue does not fill")
}

// TestUnreachableServer: a host that swallows what is sent to it holds no caller up, although most of
// them first wait for a turn and then for a connection.
func TestUnreachableServer(t *testing.T) {
	const timeout = drivers.DefaultTimeout
	for name, c := range map[string]struct {
		bound time.Duration
		ctx   func() (context.Context, context.CancelFunc)
	}{
		"no deadline": {timeout, func() (context.Context, context.CancelFunc) {
			return context.Background(), func() {}
		}},
		"late deadline": {timeout, func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), time.Hour)
		}},
		"deadline of 200 ms": {200 * time.Millisecond, func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 200*time.Millisecond)
		}},
		"never cancelled": {timeout, func() (context.Context, context.CancelFunc) {
			return context.WithCancel(context.Background())
		}},
		"cancelled at 100 ms": {100 * time.Millisecond, func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			return ctx, stopper(time.AfterFunc(100*time.Millisecond, cancel))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := redistest.Start(t)
			d := open(t, redis.Options{Addr: s.Addr(), Timeout: timeout, Connections: 10})
			s.Kill()
			blackhole(t, s)
			worst := slowest(t, nil, func() error {
				ctx, cancel := c.ctx()
				defer cancel()
				return get(ctx, d)
			})
			t.Logf("slowest of %d calls: %v", callers, worst)
			require.LessOrEqual(t, worst, c.bound+grace)
		})
	}
}

// stopper returns a function that stops the timer, after which its function is not called.
func stopper(timer *time.Timer) func() { return func() { timer.Stop() } }
