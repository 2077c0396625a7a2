package redis_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

const unknownCommand = "-ERR unknown command\r\n"

// startFalseServer starts a server that sends what answer returns for each command, and returns its
// address.
func startFalseServer(t *testing.T, answer func(command string) string) string {
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
			go serve(conn, answer)
		}
	}()
	return l.Addr().String()
}

func serve(conn net.Conn, answer func(string) string) {
	defer conn.Close()
	for r := bufio.NewReader(conn); ; {
		words, err := readCommand(r)
		if err != nil {
			return
		}
		if _, err := conn.Write([]byte(answer(strings.Join(words, " ")))); err != nil {
			return
		}
	}
}

// readCommand reads one command, an array of short strings.
func readCommand(r *bufio.Reader) ([]string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(line[1:]))
	words := make([]string, n)
	for i := range words {
		if _, err := r.ReadString('\n'); err != nil {
			return nil, err
		}
		if line, err = r.ReadString('\n'); err != nil {
			return nil, err
		}
		words[i] = strings.TrimSpace(line)
	}
	return words, err
}

// texts returns the reply that is an array of words.
func texts(words ...string) string {
	reply := fmt.Sprintf("*%d\r\n", len(words))
	for _, w := range words {
		reply += fmt.Sprintf("$%d\r\n%s\r\n", len(w), w)
	}
	return reply
}

// TestProxyOfACluster: what calls itself a node of a cluster, and has no slots to tell, is one server.
func TestProxyOfACluster(t *testing.T) {
	t.Parallel()
	addr := startFalseServer(t, func(command string) string {
		switch command {
		case "ping":
			return "+PONG\r\n"
		case "hello":
			return texts("server", "proxy", "mode", "cluster", "role", "master")
		case "get cachegen:k":
			return "$1\r\nv\r\n"
		}
		return unknownCommand
	})
	value, found, err := open(t, redis.Options{Addr: addr}).Get(context.Background(), "k")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "v", string(value))
}

// TestAnswersThatDoNotFit: a server that answers nonsense, or a node of a cluster that hides it, is an
// error, and neither a panic nor a word of the protocol.
func TestAnswersThatDoNotFit(t *testing.T) {
	t.Parallel()
	addr := startFalseServer(t, func(command string) string {
		switch command {
		case "ping":
			return "+PONG\r\n"
		case "get cachegen:k":
			return "-MOVED 7 127.0.0.1:1\r\n"
		case "mget cachegen:k":
			return texts("one", "two")
		}
		return unknownCommand
	})
	d := open(t, redis.Options{Addr: addr})
	_, _, err := d.Get(context.Background(), "k")
	require.ErrorContains(t, err, "a node of a cluster")
	require.NotContains(t, err.Error(), "MOVED")
	_, err = d.GetMany(context.Background(), []string{"k"})
	require.ErrorContains(t, err, "2 values for 1 keys")
}
