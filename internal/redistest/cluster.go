package redistest

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cachegen/cachegen/internal/serverproc"
)

const (
	slots = 16384
	// busOffset is how far the port on which a cluster's nodes talk is from the clients' port.
	busOffset = 10000
	// nodeTimeout, in milliseconds, is how soon the nodes of a cluster give up on one of theirs.
	nodeTimeout = "1000"
)

// Cluster is a group of servers that share the keys by their slots. Its methods report failures
// through the test that started it, and are called from one goroutine at a time.
type Cluster struct {
	tb      testing.TB
	prefix  string
	masters int
	nodes   []*Server // the masters first; each with its replicas, later, in the same order
}

// StartCluster starts masters that share the slots evenly, each with the given number of replicas,
// and the given command line arguments beside those of a cluster. It returns when all of them
// serve. They are killed at the end of the test.
func StartCluster(tb testing.TB, masters, replicas int, args ...string) *Cluster {
	tb.Helper()
	c := &Cluster{tb: tb, prefix: newPrefix(), masters: masters}
	for range masters * (1 + replicas) {
		dir := tb.TempDir()
		s := launch(tb, clusterSpec(dir, "", args))
		tb.Cleanup(s.Kill)
		c.nodes = append(c.nodes, s)
	}
	c.form()
	return c
}

// sharedCluster is the cluster of this test binary; watchdogs end it with the binary.
var (
	sharedClusterMu sync.Mutex
	sharedCluster   *Cluster // nil until the first call; guarded by sharedClusterMu
)

// SharedCluster returns the one cluster of this test binary, three masters, with a prefix of its
// own for each call. It stays until the binary ends, and its nodes cannot be signalled or killed.
func SharedCluster(tb testing.TB) *Cluster {
	tb.Helper()
	sharedClusterMu.Lock()
	defer sharedClusterMu.Unlock()
	if sharedCluster == nil {
		sharedCluster = launchShared(tb, 3)
	}
	c := &Cluster{tb: tb, prefix: newPrefix(), masters: sharedCluster.masters}
	for _, s := range sharedCluster.nodes {
		c.nodes = append(c.nodes, &Server{tb: tb, host: s.host, port: s.port, prefix: c.prefix})
	}
	return c
}

func launchShared(tb testing.TB, masters int) *Cluster {
	tb.Helper()
	c := &Cluster{tb: tb, masters: masters}
	for range masters {
		dir, err := os.MkdirTemp("", "cachegen-node")
		if err != nil {
			tb.Fatalf("redistest: %v", err)
		}
		c.nodes = append(c.nodes, launch(tb, clusterSpec(dir, dir, nil)))
	}
	c.form()
	return c
}

func clusterSpec(dir, litter string, extra []string) spec {
	return spec{
		litter: litter,
		args: func(port int) []string {
			args := []string{"--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf",
				"--cluster-node-timeout", nodeTimeout, "--cluster-replica-validity-factor", "0",
				"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"}
			return arguments(dir, port, append(args, extra...))
		},
		usable: func(port int) bool {
			bus := port + busOffset
			if bus > 65535 {
				return false
			}
			l, err := net.Listen("tcp", net.JoinHostPort(serverproc.Loopback, strconv.Itoa(bus)))
			if err != nil {
				return false
			}
			return l.Close() == nil
		},
	}
}

// form makes a cluster of servers that know nothing of each other.
func (c *Cluster) form() {
	c.tb.Helper()
	for i, s := range c.nodes {
		s.do("CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
		if i > 0 {
			s.do("CLUSTER", "MEET", c.nodes[0].host, strconv.Itoa(c.nodes[0].port))
		}
	}
	for i, s := range c.Masters() {
		share := []string{"CLUSTER", "ADDSLOTS"}
		for slot := i * slots / c.masters; slot < (i+1)*slots/c.masters; slot++ {
			share = append(share, strconv.Itoa(slot))
		}
		s.do(share...)
	}
	known := fmt.Sprintf("cluster_known_nodes:%d\r", len(c.nodes))
	Await(c.tb, "the nodes of the cluster know each other", func() bool {
		return c.all(func(s *Server) bool { return strings.Contains(s.text("CLUSTER", "INFO"), known) })
	})
	for i, s := range c.nodes[c.masters:] {
		s.do("CLUSTER", "REPLICATE", c.nodes[i%c.masters].nodeID())
	}
	c.AwaitServing()
}

// AwaitServing returns when every node that has not been killed says that all slots are served,
// and every replica has its master's data.
func (c *Cluster) AwaitServing() {
	c.tb.Helper()
	Await(c.tb, "all slots of the cluster are served", func() bool {
		return c.all(func(s *Server) bool {
			state, replication := s.text("CLUSTER", "INFO"), s.text("INFO", "replication")
			return strings.Contains(state, "cluster_state:ok") && strings.Contains(state, "cluster_slots_ok:16384") &&
				(strings.Contains(replication, "role:master") || strings.Contains(replication, "master_link_status:up"))
		})
	})
}

// all reports whether holds does for every node that is not known to be dead.
func (c *Cluster) all(holds func(*Server) bool) bool {
	for _, s := range c.nodes {
		if (s.proc != nil || s.args == nil) && !holds(s) {
			return false
		}
	}
	return true
}

// Prefix returns a key prefix that nothing else uses, for tests that share a cluster.
func (c *Cluster) Prefix() string { return c.prefix }

// Masters returns the nodes that were started as masters.
func (c *Cluster) Masters() []*Server { return c.nodes[:c.masters] }

// Replicas returns the nodes that were started as replicas; the i-th is one of the master
// numbered i modulo the number of masters.
func (c *Cluster) Replicas() []*Server { return c.nodes[c.masters:] }

// Nodes returns all servers.
func (c *Cluster) Nodes() []*Server { return c.nodes }

// Addrs returns the addresses of the masters as host:port.
func (c *Cluster) Addrs() []string {
	var addrs []string
	for _, s := range c.Masters() {
		addrs = append(addrs, s.Addr())
	}
	return addrs
}
