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
	"time"

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

func TestOptionsHideThePasswords(t *testing.T) {
	t.Parallel()
	for _, o := range []redis.Options{
		{Addr: "h:1", Username: "u", Password: canary},
		{Addrs: []string{"h:1", "i:1"}, Password: canary},
		{Addrs: []string{"h:1"}, Master: "m", SentinelUsername: "u", SentinelPassword: canary},
	} {
		requireSilent(t, o)
		requireSilent(t, &o)
		requireSilent(t, struct{ O redis.Options }{o})
		requireSilent(t, []redis.Options{o})
		require.Contains(t, o.String(), "Password:***")
	}
	require.NotContains(t, redis.Options{}.String(), "***")
}

func TestDriverHidesThePassword(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--requirepass", canary)
	requireSilentWhenDown(t, redis.Options{Addr: s.Addr(), Password: canary}, []*redistest.Server{s})
}

// requireSilentWhenDown checks that neither a store nor its calls show the canary, after the servers
// have been killed.
func requireSilentWhenDown(t *testing.T, o redis.Options, servers []*redistest.Server) {
	t.Helper()
	o.Timeout = time.Second
	d := open(t, o)
	requireSilent(t, d)
	requireSilent(t, struct{ D *redis.Driver }{d})
	for _, s := range servers {
		s.Kill()
	}
	for _, call := range calls(d) {
		err := call(context.Background())
		require.Error(t, err)
		requireSilent(t, err)
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
		"refused nodes":   {Addrs: []string{s.Addr(), s.Addr()}, Password: canary},
		"nodes down":      {Addrs: []string{"127.0.0.1:1", "127.0.0.1:2"}, Password: canary},
		"sentinels down":  {Addrs: []string{"127.0.0.1:1"}, Master: "m", Password: canary, Options: map[string]string{"sentinel_password": canary}},
		"no sentinel":     {Addrs: []string{s.Addr()}, Master: "m", Options: map[string]string{"sentinel_password": canary}},
		"no group":        {Master: canary + "@h:1"},
		"DSN in Master":   {Addrs: []string{"redis://u:" + canary + "@h:1"}, Master: "m"},
		"DSN as Master":   {Addrs: []string{s.Addr()}, Master: "redis://u:" + canary + "@h:1"},
		"unknown option":  {Options: map[string]string{"password": canary}},
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
	for _, o := range []redis.Options{
		{Addr: l.Addr().String(), Password: canary},
		{Addrs: []string{l.Addr().String(), l.Addr().String()}, Password: canary},
		{Addrs: []string{l.Addr().String()}, Master: "m", SentinelPassword: canary},
	} {
		o.Timeout = patient
		_, err = redis.Open(context.Background(), o)
		require.ErrorContains(t, err, "repeats the password")
		requireSilent(t, err)
	}
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
