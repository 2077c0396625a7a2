package redis_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// canary is a password that must not be seen anywhere.
const canary = "c4n4ry-p4ssw0rd"

// requireSilent checks that v shows the canary under no verb and through no encoder.
func requireSilent(t *testing.T, v any) {
	t.Helper()
	texts := []string{fmt.Sprintf("%v %+v %#v %s %q %d %x", v, v, v, v, v, v, v)}
	if encoded, err := json.Marshal(v); err == nil {
		texts = append(texts, string(encoded))
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", v)
	texts = append(texts, log.String())
	if err, ok := v.(error); ok {
		for ; err != nil; err = errors.Unwrap(err) {
			texts = append(texts, err.Error())
		}
	}
	for _, text := range texts {
		require.NotContains(t, text, canary)
		require.NotContains(t, text, fmt.Sprintf("%x", canary))
	}
}

func TestOptionsHideThePassword(t *testing.T) {
	t.Parallel()
	o := redis.Options{Addr: "h:1", Username: "u", Password: canary}
	requireSilent(t, o)
	requireSilent(t, &o)
	requireSilent(t, struct{ O redis.Options }{o})
	require.Contains(t, o.String(), "Password:***")
	require.NotContains(t, redis.Options{}.String(), "***")
}

func TestDriverHidesThePassword(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--requirepass", canary)
	d := open(t, redis.Options{Addr: s.Addr(), Password: canary})
	requireSilent(t, d)
	s.Kill()
	for _, call := range calls(d) {
		requireSilent(t, call(context.Background()))
	}
}

func TestErrorsHideThePassword(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--requirepass", "another")
	for name, cfg := range map[string]drivers.StoreConfig{
		"refused":         {Host: s.Host(), Port: s.Port(), Password: canary},
		"refused user":    {Host: s.Host(), Port: s.Port(), Username: "u", Password: canary},
		"refused DSN":     {DSN: "redis://u:" + canary + "@" + s.Addr()},
		"down":            {Host: s.Host(), Port: 1, Password: canary},
		"unknown host":    {Host: "host.invalid", Password: canary},
		"DSN scheme":      {DSN: "http://u:" + canary + "@h"},
		"DSN no scheme":   {DSN: "u:" + canary + "@h:1"},
		"DSN garbage":     {DSN: "redis://u:" + canary + "%zz@h"},
		"DSN port":        {DSN: "redis://u:x@h:" + canary},
		"DSN control":     {DSN: "redis://u:" + canary + "\x7f@h"},
		"DSN database":    {DSN: "redis://h/" + canary},
		"DSN query":       {DSN: "redis://h/?password=" + canary},
		"DSN in Host":     {Host: "redis://u:" + canary + "@h"},
		"login in Host":   {Host: canary + "@h"},
		"DSN in Addrs":    {Addrs: []string{"redis://u:" + canary + "@h:1"}},
		"login in Addrs":  {Addrs: []string{canary + "@h:1"}},
		"DSN in Path":     {Path: "unix://u:" + canary + "@/s"},
		"DSN in Database": {Database: "redis://u:" + canary + "@h/1"},
	} {
		_, err := openConfig(t, cfg)
		require.Error(t, err, name)
		requireSilent(t, err)
	}
}

// TestEchoedPassword: a server that does not know a command may answer with its arguments.
func TestEchoedPassword(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	go echo(l)
	_, err = redis.Open(context.Background(), redis.Options{Addr: l.Addr().String(), Password: canary, Timeout: patient})
	require.ErrorContains(t, err, "repeats the password")
	requireSilent(t, err)
}

// echo answers whatever it reads with an error that holds it, until l is closed.
func echo(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			buf := make([]byte, 4096)
			for {
				n, err := conn.Read(buf)
				if err != nil {
					return
				}
				text := strings.NewReplacer("\r", " ", "\n", " ").Replace(string(buf[:n]))
				if _, err := fmt.Fprintf(conn, "-ERR unknown command, with args beginning with: %s\r\n", text); err != nil {
					return
				}
			}
		}()
	}
}
