package redis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// faulty opens a store that is closed at the end of the test, when none of the servers that run then
// may have a connection of it left. That its goroutines end, TestMain checks.
func faulty(t *testing.T, o redis.Options, servers ...*redistest.Server) *redis.Driver {
	t.Helper()
	t.Cleanup(func() { // after the store has been closed
		for _, s := range servers {
			redistest.Await(t, "connections end at "+s.Addr(), func() bool { return connections(s) == 0 })
		}
	})
	o.Timeout = drivers.DefaultTimeout
	return open(t, o)
}

// connections returns how many connections a running server has, but for those of sentinels and this one.
func connections(s *redistest.Server) int {
	n := 0
	for _, kind := range []string{"normal", "pubsub"} {
		reply, err := s.Do("CLIENT", "LIST", "TYPE", kind)
		if err != nil {
			return 0 // it was killed
		}
		for line := range strings.Lines(reply.(string)) {
			if strings.Contains(line, " name= ") && !strings.Contains(line, "cmd=client|list") {
				n++ // sentinels have names
			}
		}
	}
	return n
}

// requireRecovered checks that calls stop failing within the promised second from now. That is also how
// often the client looks for a server that it has lost.
func requireRecovered(t *testing.T, l *load, what string) {
	t.Helper()
	took := l.recovery(time.Now())
	t.Logf("works again %v after %s", took, what)
	require.LessOrEqual(t, took, time.Second+grace)
}

// watchLock watches a lock. The function that it returns checks that the watcher is still told when the
// lock is given back, after whatever happened to the servers.
func watchLock(t *testing.T, d *redis.Driver) (told func()) {
	t.Helper()
	ctx := context.Background()
	wake, stop, err := d.Watch(ctx, "l")
	require.NoError(t, err)
	t.Cleanup(stop)
	return func() {
		redistest.Await(t, "the watcher is told", func() bool {
			_ = d.ForceUnlock(ctx, "l") // it may be lost as long as there is no connection
			select {
			case <-wake:
				return true
			default:
				return false
			}
		})
		requireUnlockIsTold(t, d, wake)
	}
}

// requireUnlockIsTold checks that nothing is lost once there is a connection again.
func requireUnlockIsTold(t *testing.T, d *redis.Driver, wake <-chan struct{}) {
	t.Helper()
	for range 20 {
		require.NoError(t, d.ForceUnlock(context.Background(), "l"))
		requireWake(t, wake, "l")
	}
}

// TestFaultsUnderLoad runs one fault after the other, and before the parallel tests, since it is about time.
func TestFaultsUnderLoad(t *testing.T) {
	t.Run("restart", testRestart)
	t.Run("stop", testStop)
	t.Run("failover by sentinels", testFailover)
	t.Run("failover in a cluster", testClusterFailover)
}

// testRestart: a server that is killed and started again costs the calls of that time only.
func testRestart(t *testing.T) {
	s := redistest.Start(t)
	l := startLoad(t, faulty(t, redis.Options{Addr: s.Addr()}, s), loadKeys, hurried(drivers.DefaultTimeout))
	for range 3 {
		l.more(200)
		s.Restart()
		requireRecovered(t, l, "the restart")
	}
	require.Positive(t, l.failed.Load(), "nothing was broken")
	l.report("restarts of a server")
}

// testStop: a server that hangs, and goes on.
func testStop(t *testing.T) {
	s := redistest.Start(t)
	l := startLoad(t, faulty(t, redis.Options{Addr: s.Addr()}, s), loadKeys, hurried(drivers.DefaultTimeout))
	l.more(200)
	s.Stop()
	if long {
		hold(5 * time.Second)
	} else {
		hold(1500 * time.Millisecond)
	}
	s.Cont()
	requireRecovered(t, l, "it goes on")
	require.Positive(t, l.failed.Load(), "nothing was broken")
	l.report("a server that hangs")
}

// testFailover: sentinels replace a master that was killed, and one that hangs.
func testFailover(t *testing.T) {
	g := redistest.StartSentinel(t, redistest.Setup{Replicas: 2})
	servers := append(g.Sentries(), g.Servers()...)
	d := faulty(t, redis.Options{Addrs: g.Addrs(), Master: redistest.Group}, servers...)
	told := watchLock(t, d)
	l := startLoad(t, d, loadKeys, hurried(drivers.DefaultTimeout))
	l.more(200)

	killed := g.Master()
	killed.Kill()
	died := time.Now()
	redistest.Await(t, "a replica is promoted", func() bool { return promoted(g, killed) })
	t.Logf("a replica is promoted %v after the master died", time.Since(died))
	requireRecovered(t, l, "the promotion")

	g.AwaitReplicas()
	hung := g.Master()
	hung.Stop()
	died = time.Now()
	redistest.Await(t, "a replica is promoted", func() bool { return promoted(g, hung) })
	t.Logf("a replica is promoted %v after the master hangs", time.Since(died))
	requireRecovered(t, l, "the promotion")
	hung.Cont()
	requireRecovered(t, l, "the old master is back")
	l.report("failovers by sentinels")
	told()
}

// promoted reports whether the sentinels have agreed on a master that is not old.
func promoted(g *redistest.Sentinels, old *redistest.Server) bool {
	m := g.Master()
	return m != nil && m != old
}

// testClusterFailover: replicas take over from a master that was killed and from one that
// hangs, and the calls for the other masters' keys work all the time.
func testClusterFailover(t *testing.T) {
	c := redistest.StartCluster(t, 3, 1, "--cluster-require-full-coverage", "no")
	d := faulty(t, redis.Options{Addrs: c.Addrs()}, c.Nodes()...)
	told := watchLock(t, d)
	l := startLoad(t, d, loadKeys, hurried(drivers.DefaultTimeout))
	l.more(200)

	killed := c.Masters()[0]
	killed.Kill()
	takeOver(t, c, l, 0, "killed")
	for text := range l.texts() {
		// Of the others, only what they said themselves, or too late: the machine may be busy.
		require.True(t, strings.Contains(text, killed.Addr()) || strings.Contains(text, "CLUSTERDOWN") ||
			strings.Contains(text, "no answer in time"), text)
	}

	hung := c.Masters()[1]
	hung.Stop()
	takeOver(t, c, l, 1, "stopped")
	hung.Cont()
	requireRecovered(t, l, "the old master is back")
	for text := range l.texts() {
		require.NotContains(t, text, "MOVED")
	}
	l.report("failovers in a cluster")
	told()
}

// takeOver waits until the replica of the given master serves its slots and the load works again.
func takeOver(t *testing.T, c *redistest.Cluster, l *load, master int, what string) {
	t.Helper()
	started := time.Now()
	slot := master * 16384 / len(c.Masters())
	redistest.Await(t, "the replica takes over", func() bool { return c.Replicas()[master].Owns(slot) })
	t.Logf("the replica takes over %v after the master was %s", time.Since(started), what)
	requireRecovered(t, l, "that")
}

// TestReshardingUnderLoad: slots that move cost nothing but time.
func TestReshardingUnderLoad(t *testing.T) {
	t.Parallel()
	const keys = 120
	c := redistest.StartCluster(t, 3, 0, "--cluster-node-timeout", "60000")
	from, to := c.Masters()[0], c.Masters()[1]
	d := open(t, redis.Options{Addrs: c.Addrs()})
	l := startLoad(t, d, keys, unhurried)
	l.more(200)
	slots := usedSlots(c, keys)
	for slot := range slots {
		c.Move(slot, from, to, func() { l.more(20) })
	}
	l.more(500)
	l.report(fmt.Sprintf("%d slots moved", len(slots)))
	require.Zero(t, l.failed.Load(), "%v", l.texts())
	asked, moved, again := refusals(t, from, "ASK"), refusals(t, from, "MOVED"), refusals(t, from, "TRYAGAIN")+refusals(t, to, "TRYAGAIN")
	t.Logf("the old node answered ASK %d times and MOVED %d times, both TRYAGAIN %d times", asked, moved, again)
	require.Positive(t, asked, "no call met a slot that was half moved")
	require.Positive(t, moved)
	require.Positive(t, again)
	for w, n := range l.counted {
		sum, err := d.Increment(context.Background(), fmt.Sprint("count:", w), 0, 0)
		require.NoError(t, err)
		require.Equal(t, n, sum, "an increment was lost or done twice")
	}
}

// usedSlots returns the slots of a load's keys that the first of three masters serves.
func usedSlots(c *redistest.Cluster, keys int) map[int]bool {
	slots := map[int]bool{}
	for n := range keys {
		if slot := c.Slot(drivers.DefaultPrefix + ":" + loadKey(n)); slot < 16384/3 {
			slots[slot] = true
		}
	}
	return slots
}

// refusals returns how often a server has answered with an error that begins with word.
func refusals(t *testing.T, s *redistest.Server, word string) int {
	t.Helper()
	reply, err := s.Do("INFO", "errorstats")
	require.NoError(t, err)
	_, rest, found := strings.Cut(reply.(string), "errorstat_"+word+":count=")
	if !found {
		return 0
	}
	n := 0
	_, err = fmt.Sscan(rest, &n)
	require.NoError(t, err)
	return n
}
