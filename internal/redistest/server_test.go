package redistest_test

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
)

// ask sends one inline command and returns the first line of the reply.
func ask(t *testing.T, addr, command string, patience time.Duration) (string, error) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	_, err = conn.Write([]byte(command + "\r\n"))
	require.NoError(t, err)
	line, err := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(line), err
}

func TestServerAnswersStopsAndRestarts(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	reply, err := ask(t, s.Addr(), "SET a 1", 10*time.Second)
	require.NoError(t, err)
	require.Equal(t, "+OK", reply)

	s.Stop()
	_, err = ask(t, s.Addr(), "PING", 50*time.Millisecond)
	require.ErrorContains(t, err, "timeout")
	s.Cont()
	reply, err = ask(t, s.Addr(), "PING", 10*time.Second)
	require.NoError(t, err)
	require.Equal(t, "+PONG", reply)

	s.Restart()
	reply, err = ask(t, s.Addr(), "EXISTS a", 10*time.Second)
	require.NoError(t, err)
	require.Equal(t, ":0", reply, "a restarted server is empty")

	s.Stop()
	s.Kill()
	s.Kill()
	_, err = ask(t, s.Addr(), "PING", 10*time.Second)
	require.ErrorContains(t, err, "refused")
}

func TestStartPassesArguments(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--requirepass", "p{port}")
	reply, err := ask(t, s.Addr(), "PING", 10*time.Second)
	require.NoError(t, err)
	require.Contains(t, reply, "NOAUTH")
}

func TestSharedIsOneServerWithAPrefixForEach(t *testing.T) {
	t.Setenv(redistest.AddressVariable, "")
	a, b := redistest.Shared(t), redistest.Shared(t)
	require.Equal(t, a.Addr(), b.Addr())
	require.NotEqual(t, a.Prefix(), b.Prefix())
}

func TestSharedUsesTheGivenServer(t *testing.T) {
	t.Setenv(redistest.AddressVariable, "redis.test:7000")
	s := redistest.Shared(t)
	require.Equal(t, "redis.test", s.Host())
	require.Equal(t, 7000, s.Port())
}

func TestClusterServesMovesAndSurvives(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 3, 1)
	first, second := c.Masters()[0], c.Masters()[1]
	const key = "k0"
	slot := c.Slot(key)
	for _, s := range c.Masters() {
		if s.Owns(slot) {
			first = s
		}
	}
	if second == first {
		second = c.Masters()[0]
	}
	_, err := first.Do("SET", key, "v")
	require.NoError(t, err)
	_, err = second.Do("GET", key)
	require.ErrorContains(t, err, "MOVED")

	c.Move(slot, first, second, func() {})
	require.True(t, second.Owns(slot))
	require.False(t, first.Owns(slot))
	reply, err := second.Do("GET", key)
	require.NoError(t, err)
	require.Equal(t, "v", reply)

	second.Kill()
	redistest.Await(t, "a replica takes over", func() bool {
		for _, s := range c.Replicas() {
			if s.Owns(slot) {
				return true
			}
		}
		return false
	})
	c.AwaitServing()
}

func TestSharedClusterIsOne(t *testing.T) {
	t.Parallel()
	a, b := redistest.SharedCluster(t), redistest.SharedCluster(t)
	require.Equal(t, a.Addrs(), b.Addrs())
	require.Len(t, a.Addrs(), 3)
	require.NotEqual(t, a.Prefix(), b.Prefix())
}

func TestSentinelsReplaceTheMaster(t *testing.T) {
	t.Parallel()
	g := redistest.StartSentinel(t, redistest.Setup{Replicas: 1})
	require.Equal(t, g.Servers()[0], g.Master())
	g.Master().Kill()
	redistest.Await(t, "the replica is the master", func() bool { return g.Master() == g.Servers()[1] })
}
