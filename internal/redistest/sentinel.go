package redistest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/internal/serverproc"
)

// Group is the name under which the sentinels of [StartSentinel] watch their master.
const Group = "primary"

// Sentinels is a master with replicas, and three sentinels that watch it. Its methods report
// failures through the test that started it, and are called from one goroutine at a time.
type Sentinels struct {
	tb       testing.TB
	sentries []*Server
	servers  []*Server // the first was started as the master
}

// Setup says what [StartSentinel] starts.
type Setup struct {
	// Replicas is how many replicas the master has.
	Replicas int
	// Server holds further command line arguments of the master and its replicas.
	Server []string
	// Sentinel holds further lines of the sentinels' configuration. In both, {port} stands for the
	// port that was chosen.
	Sentinel []string
}

// StartSentinel starts a master, its replicas and three sentinels, which replace a dead master
// within some seconds. It returns when all know each other. They are killed at the end of the test.
func StartSentinel(tb testing.TB, setup Setup) *Sentinels {
	tb.Helper()
	args := append([]string{"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"}, setup.Server...)
	master := Start(tb, args...)
	g := &Sentinels{tb: tb, servers: []*Server{master}}
	for range setup.Replicas {
		replica := slices.Concat(args, []string{"--replicaof", master.host + " " + strconv.Itoa(master.port)})
		g.servers = append(g.servers, Start(tb, replica...))
	}
	for range 3 {
		g.sentries = append(g.sentries, startSentry(tb, master, setup.Sentinel))
	}
	Await(tb, "the sentinels know each other and the replicas", func() bool { return g.know(setup.Replicas) })
	return g
}

func startSentry(tb testing.TB, master *Server, extra []string) *Server {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "sentinel.conf")
	s := launch(tb, spec{args: func(port int) []string {
		text := sentryConfig(filepath.Dir(file), port, master, extra)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			tb.Fatalf("redistest: %v", err)
		}
		return []string{file, "--sentinel"}
	}})
	for _, line := range extra {
		if password, ok := strings.CutPrefix(line, "requirepass "); ok {
			s.password = password
		}
	}
	s.tls = master.tls
	tb.Cleanup(s.Kill)
	return s
}

func sentryConfig(dir string, port int, master *Server, extra []string) string {
	lines := append([]string{
		fmt.Sprintf("port %d", port),
		"bind " + serverproc.Loopback,
		"dir " + dir,
		`logfile ""`,
		fmt.Sprintf("sentinel monitor %s %s %d 2", Group, master.host, master.port),
		fmt.Sprintf("sentinel down-after-milliseconds %s 500", Group),
		fmt.Sprintf("sentinel failover-timeout %s 3000", Group),
	}, extra...)
	return strings.ReplaceAll(strings.Join(lines, "\n")+"\n", "{port}", strconv.Itoa(port))
}

// know reports whether every sentinel sees all others, and all replicas up.
func (g *Sentinels) know(replicas int) bool {
	for _, s := range g.sentries {
		reply, err := s.Do("SENTINEL", "MASTER", Group)
		if err != nil {
			return false
		}
		state := pairs(reply)
		if state["num-other-sentinels"] != "2" || state["num-slaves"] != strconv.Itoa(replicas) || state["flags"] != "master" {
			return false
		}
	}
	return g.replicate()
}

// AwaitReplicas returns when every server that has not been killed is the master or has its data.
func (g *Sentinels) AwaitReplicas() {
	g.tb.Helper()
	Await(g.tb, "the replicas have the master's data", g.replicate)
}

func (g *Sentinels) replicate() bool {
	master := g.Master()
	for _, s := range g.servers {
		if s.proc != nil && s != master && !strings.Contains(s.text("INFO", "replication"), "master_link_status:up") {
			return false
		}
	}
	return master != nil
}

// pairs reads a reply that lists names and values by turns.
func pairs(reply any) map[string]string {
	items, _ := reply.([]any)
	out := map[string]string{}
	for i := 0; i+1 < len(items); i += 2 {
		name, _ := items[i].(string)
		out[name], _ = items[i+1].(string)
	}
	return out
}

// Addrs returns the addresses of the sentinels as host:port.
func (g *Sentinels) Addrs() []string {
	var addrs []string
	for _, s := range g.sentries {
		addrs = append(addrs, s.Addr())
	}
	return addrs
}

// Sentries returns the sentinels themselves.
func (g *Sentinels) Sentries() []*Server { return g.sentries }

// Servers returns the servers that they watch; the first was started as the master.
func (g *Sentinels) Servers() []*Server { return g.servers }

// Master returns the server that most sentinels take for the master now, or nil.
func (g *Sentinels) Master() *Server {
	votes := map[string]int{}
	for _, s := range g.sentries {
		if s.proc == nil {
			continue
		}
		if reply, err := s.Do("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Group); err == nil {
			if addr, ok := reply.([]any); ok && len(addr) == 2 {
				votes[fmt.Sprint(addr[0], ":", addr[1])]++
			}
		}
	}
	for _, s := range g.servers {
		if votes[s.Addr()] > len(g.sentries)/2 {
			return s
		}
	}
	return nil
}
