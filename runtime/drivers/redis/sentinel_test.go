package redis_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/internal/stalls"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

func TestSentinels(t *testing.T) {
	t.Parallel()
	g := redistest.StartSentinel(t, redistest.Setup{})
	t.Run("ways to name them", func(t *testing.T) { testWaysToNameSentinels(t, g) })
	t.Run("some fail", func(t *testing.T) { testSentinelsThatFail(t, g) })
}

func testWaysToNameSentinels(t *testing.T, g *redistest.Sentinels) {
	s := redistest.Shared(t)
	requireWorks(t, drivers.StoreConfig{Addrs: g.Addrs(), Master: redistest.Group, Database: "3"})
	requireWorks(t, drivers.StoreConfig{Addrs: g.Addrs()[1:2], Master: redistest.Group})
	for name, c := range map[string]struct {
		field string
		cfg   drivers.StoreConfig
	}{
		"unknown group":            {"Master", drivers.StoreConfig{Addrs: g.Addrs(), Master: "other"}},
		"no sentinels":             {"Addrs", drivers.StoreConfig{Addrs: []string{s.Addr()}, Master: redistest.Group}},
		"sentinels as a cluster":   {"Addrs", drivers.StoreConfig{Addrs: g.Addrs()}},
		"a sentinel as the server": {"Addrs", drivers.StoreConfig{Addrs: g.Addrs()[:1]}},
		"unknown database":         {"Database", drivers.StoreConfig{Addrs: g.Addrs(), Master: redistest.Group, Database: "99"}},
	} {
		t.Run(name, func(t *testing.T) { requireRefused(t, c.cfg, c.field) })
	}
}

// testSentinelsThatFail: a store opens, and makes connections, as long as one sentinel answers.
func testSentinelsThatFail(t *testing.T, g *redistest.Sentinels) {
	ctx := context.Background()
	o := redis.Options{Addrs: g.Addrs(), Master: redistest.Group, Timeout: drivers.DefaultTimeout}
	machine := stalls.Watch(t)
	opens := func(what string, within time.Duration) {
		started := time.Now()
		d, err := redis.Open(ctx, o)
		took := time.Since(started) - machine.During(started, time.Now())
		require.NoError(t, err, what)
		t.Logf("%s: open after %v", what, took)
		require.LessOrEqual(t, took, within)
		require.NoError(t, d.Put(ctx, "k", nil, 0))
		require.NoError(t, d.Close())
	}
	opens("all answer", drivers.DefaultTimeout/4)
	g.Sentries()[0].Stop()
	opens("one hangs", drivers.DefaultTimeout/4)
	g.Sentries()[1].Stop()
	opens("two hang", drivers.DefaultTimeout/2)
	g.Sentries()[0].Kill()
	g.Sentries()[1].Kill()
	opens("two are dead", drivers.DefaultTimeout/4)

	d := faulty(t, o, g.Servers()...)
	g.Sentries()[2].Kill()
	require.NoError(t, d.Put(ctx, "k", nil, 0), "connections that there are need no sentinel")
	_, err := redis.Open(ctx, o)
	require.ErrorContains(t, err, "ask the sentinel at ")
	require.False(t, drivers.Permanent(err))
	require.ErrorContains(t, err, "ping primary of "+strings.Join(g.Addrs(), ",")+": ")
}

func TestSentinelLogin(t *testing.T) {
	t.Parallel()
	g := redistest.StartSentinel(t, redistest.Setup{
		Server: []string{"--requirepass", "of-servers"},
		Sentinel: []string{
			"requirepass " + canary, "sentinel sentinel-pass " + canary,
			"sentinel auth-pass " + redistest.Group + " of-servers",
			"user asker on >" + canary + " +hello +auth +sentinel|get-master-addr-by-name +sentinel|sentinels",
			"user nobody on >" + canary,
		},
	})
	login := func(user, password, server string) drivers.StoreConfig {
		return drivers.StoreConfig{Addrs: g.Addrs(), Master: redistest.Group, Password: server,
			Options: map[string]string{"sentinel_username": user, "sentinel_password": password}}
	}
	requireWorks(t, login("", canary, "of-servers"))
	requireWorks(t, login("asker", canary, "of-servers"))
	requireRefused(t, login("", "", "of-servers"), "SentinelPassword")
	requireRefused(t, login("", "wrong-"+canary, "of-servers"), "SentinelPassword")
	requireRefused(t, login("nobody", canary, "of-servers"), "SentinelUsername")
	requireRefused(t, login("", canary, ""), "Password")
	requireRefused(t, login("", canary, "wrong-"+canary), "Password")
	for _, cfg := range []drivers.StoreConfig{login("", "wrong-"+canary, "x"), login("nobody", canary, "x"), login("", canary, "wrong-"+canary)} {
		_, err := openConfig(t, cfg)
		require.Error(t, err)
		requireSilent(t, err)
	}
	o := redis.Options{Addrs: g.Addrs(), Master: redistest.Group, Password: "of-servers", SentinelPassword: canary}
	requireSilentWhenDown(t, o, append(g.Servers(), g.Sentries()...))
}

// falseSentinel answers like a sentinel, with the address that it is told to.
type falseSentinel struct {
	addr string

	mu     sync.Mutex
	master string
}

func startFalseSentinel(t *testing.T, master string) *falseSentinel {
	t.Helper()
	f := &falseSentinel{master: master}
	f.addr = startFalseServer(t, f.answer)
	return f
}

func (f *falseSentinel) name(master string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.master = master
}

func (f *falseSentinel) answer(command string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch command {
	case "sentinel get-master-addr-by-name " + redistest.Group:
		host, port, _ := net.SplitHostPort(f.master)
		return texts(host, port)
	case "sentinel sentinels " + redistest.Group:
		return "*0\r\n"
	}
	return unknownCommand
}

// TestMasterThatIsReplacedWithoutADisconnect: a master that lost touch with the sentinels serves its
// old connections as if nothing had happened, and must not keep them.
func TestMasterThatIsReplacedWithoutADisconnect(t *testing.T) {
	t.Parallel()
	old, replacement := redistest.Start(t), redistest.Start(t)
	o := redis.Options{Master: redistest.Group}
	var sentinels []*falseSentinel
	for range 3 {
		f := startFalseSentinel(t, old.Addr())
		sentinels, o.Addrs = append(sentinels, f), append(o.Addrs, f.addr)
	}
	d := open(t, o)
	ctx := context.Background()
	require.NoError(t, d.Put(ctx, "at", []byte("old"), 0))
	other := open(t, redis.Options{Addr: replacement.Addr()})
	require.NoError(t, other.Put(ctx, "at", []byte("new"), 0))
	at := func() string {
		value, _, _ := d.Get(ctx, "at") // an error is that of a connection that is closed
		return string(value)
	}

	sentinels[2].name(replacement.Addr()) // one alone does not know better
	for range 2000 {
		require.Equal(t, "old", at())
	}
	sentinels[1].name(replacement.Addr())
	redistest.Await(t, "the replacement is asked", func() bool { return at() == "new" })
	require.NoError(t, d.Ping(ctx))
	for range 100 {
		require.Equal(t, "new", at())
	}
}

// TestReplicaThatSentinelsTakeForTheMaster: what it holds may be out of date.
func TestReplicaThatSentinelsTakeForTheMaster(t *testing.T) {
	t.Parallel()
	master := redistest.Start(t)
	replica := redistest.Start(t, "--replicaof", master.Host()+" "+strconv.Itoa(master.Port()))
	f := startFalseSentinel(t, replica.Addr())
	o := redis.Options{Addrs: []string{f.addr}, Master: redistest.Group}
	_, err := redis.Open(context.Background(), o)
	require.ErrorContains(t, err, "is a replica")
	require.False(t, drivers.Permanent(err))
	f.name(master.Addr())
	require.NoError(t, open(t, o).Put(context.Background(), "k", nil, 0))
}
