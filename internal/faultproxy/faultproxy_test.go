package faultproxy_test

import (
	"bufio"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/faultproxy"
)

// echo starts a server that sends back whatever it gets.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return l.Addr().String()
}

type client struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, p *faultproxy.Proxy) *client {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return &client{t, conn, bufio.NewReader(conn)}
}

// ask sends a line and returns what comes back, within d.
func (c *client) ask(line string, d time.Duration) (string, error) {
	c.t.Helper()
	require.NoError(c.t, c.SetDeadline(time.Now().Add(d)))
	_, err := io.WriteString(c, line+"\n")
	require.NoError(c.t, err)
	return c.r.ReadString('\n')
}

const patience = 10 * time.Second

func TestPassesOn(t *testing.T) {
	t.Parallel()
	p := faultproxy.Start(t, echo(t))
	c := dial(t, p)
	reply, err := c.ask("hello", patience)
	require.NoError(t, err)
	require.Equal(t, "hello\n", reply)
	require.Equal(t, 1, p.Open())

	p.Cut()
	_, err = c.r.ReadString('\n')
	require.Error(t, err)
}

func TestSilenceIsHeldBackUntilItEnds(t *testing.T) {
	t.Parallel()
	p := faultproxy.Start(t, echo(t))
	c := dial(t, p)
	p.Set(faultproxy.Fault{Silence: true})
	_, err := c.ask("one", 20*time.Millisecond)
	require.ErrorContains(t, err, "timeout")
	late := dial(t, p) // connects, and gets no answer either
	_, err = late.ask("two", 20*time.Millisecond)
	require.ErrorContains(t, err, "timeout")

	p.Set(faultproxy.Fault{})
	reply, err := c.ask("three", patience)
	require.NoError(t, err)
	require.Equal(t, "one\n", reply)
	reply, err = c.r.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "three\n", reply)
}

func TestCutsInTheMiddleOfAReply(t *testing.T) {
	t.Parallel()
	p := faultproxy.Start(t, echo(t))
	p.Set(faultproxy.Fault{Cut: 8})
	c := dial(t, p)
	reply, err := c.ask("hello", patience)
	require.NoError(t, err)
	require.Equal(t, "hello\n", reply)
	reply, err = c.ask("world", patience)
	require.Error(t, err)
	require.Equal(t, "wo", reply)
}

func TestDelaysAndRefusesEachConnection(t *testing.T) {
	t.Parallel()
	p := faultproxy.Start(t, echo(t))
	faults := []faultproxy.Fault{{Delay: 30 * time.Millisecond}, {Refuse: true}, {}}
	p.SetEach(func() faultproxy.Fault {
		f := faults[0]
		faults = faults[1:]
		return f
	})
	started := time.Now()
	reply, err := dial(t, p).ask("late", patience)
	require.NoError(t, err)
	require.Equal(t, "late\n", reply)
	require.GreaterOrEqual(t, time.Since(started), 30*time.Millisecond)

	_, err = dial(t, p).r.ReadByte()
	require.Error(t, err)

	_, err = dial(t, p).ask("fine", patience)
	require.NoError(t, err)
}
