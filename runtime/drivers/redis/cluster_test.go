package redis_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/internal/stalls"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// manyItems returns n items whose values name their keys.
func manyItems(n int) (items []drivers.Item, keys []string) {
	for i := range n {
		key := fmt.Sprint("many:", i)
		items = append(items, drivers.Item{Key: key, Value: []byte(key + "=v")})
		keys = append(keys, key)
	}
	return items, keys
}

// TestManyKeysOnCluster: values come in the order of their keys, from one round trip to each node.
func TestManyKeysOnCluster(t *testing.T) {
	t.Parallel()
	c := redistest.SharedCluster(t)
	d := open(t, redis.Options{Addrs: c.Addrs(), Prefix: c.Prefix()})
	ctx := context.Background()
	items, keys := manyItems(1000)
	items[7].Value = nil
	trips := redis.CountTrips(d)
	require.Len(t, trips, 3)
	atMost := func(most int64, what string) {
		for addr, n := range trips {
			require.LessOrEqual(t, n.Swap(0), most, "%s at %s", what, addr)
		}
	}
	once := func(what string) { atMost(1, what) }

	require.NoError(t, d.PutMany(ctx, items, time.Hour))
	atMost(2, "put many, the second time with the script for servers that do not know it")
	require.NoError(t, d.PutMany(ctx, items, time.Hour))
	once("put many")
	asked := append([]string{"none", keys[999], keys[7]}, keys...)
	values, err := d.GetMany(ctx, append(asked, "none", keys[0]))
	require.NoError(t, err)
	once("get many")
	require.Len(t, values, 1005)
	require.Nil(t, values[0])
	require.Equal(t, keys[999]+"=v", string(values[1]))
	require.NotNil(t, values[2])
	require.Empty(t, values[2])
	for i, key := range keys {
		if i != 7 {
			require.Equal(t, key+"=v", string(values[3+i]))
		}
	}
	require.Equal(t, keys[0]+"=v", string(values[1004]))

	require.NoError(t, d.Forget(ctx, slices.Concat(keys[:500], []string{keys[3], "none"})...))
	once("forget")
	values, err = d.GetMany(ctx, keys)
	require.NoError(t, err)
	for i, value := range values {
		require.Equal(t, i < 500, value == nil, keys[i])
	}
}

// TestNodeOfClusterThatFails: what the others have is returned, soon, with an error that names the
// node and the number of its keys.
func TestNodeOfClusterThatFails(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 3, 0, "--cluster-require-full-coverage", "no", "--cluster-node-timeout", "60000")
	d := open(t, redis.Options{Addrs: c.Addrs(), Timeout: drivers.DefaultTimeout})
	ctx := context.Background()
	items, keys := manyItems(1000)
	require.NoError(t, d.PutMany(ctx, items, 0))
	lost := c.Masters()[1]
	machine := stalls.Watch(t)
	check := func(t *testing.T, bound time.Duration) {
		started := time.Now()
		values, err := d.GetMany(ctx, keys)
		took := time.Since(started) - machine.During(started, time.Now())
		t.Logf("%v: %v", took, err)
		require.LessOrEqual(t, took, bound)
		missing := 0
		for i, value := range values {
			if value == nil {
				missing++
			} else {
				require.Equal(t, keys[i]+"=v", string(value))
			}
		}
		require.InDelta(t, 333, missing, 60)
		require.ErrorContains(t, err, fmt.Sprintf("get many %s: %d of 1000 keys: ", lost.Addr(), missing))
		require.ErrorContains(t, d.PutMany(ctx, items, 0), fmt.Sprintf("put many %s: %d of 1000 keys: ", lost.Addr(), missing))
		require.ErrorContains(t, d.Forget(ctx, keys...), fmt.Sprintf("forget %s: %d of 1000 keys: ", lost.Addr(), missing))
		require.ErrorContains(t, d.Flush(ctx), lost.Addr())
		require.NoError(t, d.PutMany(ctx, onlyOthers(items, values), 0))
		require.NoError(t, d.Ping(ctx), "the others answer")
	}

	lost.Stop()
	t.Run("stopped", func(t *testing.T) { check(t, drivers.DefaultTimeout+grace) })
	t.Run("open while one is stopped", func(t *testing.T) {
		for range 5 { // the client asks the addresses in random order
			started := time.Now()
			d, err := redis.Open(ctx, redis.Options{Addrs: c.Addrs()})
			require.NoError(t, err)
			require.Less(t, time.Since(started)-machine.During(started, time.Now()), drivers.DefaultTimeout/2)
			require.NoError(t, d.Close())
		}
	})
	lost.Kill()
	t.Run("killed", func(t *testing.T) { check(t, drivers.DefaultTimeout+grace) })
	c.Masters()[0].Stop()
	c.Masters()[2].Stop()
	t.Run("all fail", func(t *testing.T) { testStoppedNodes(t, d) })
}

// onlyOthers returns the items whose values were found.
func onlyOthers(items []drivers.Item, values [][]byte) (found []drivers.Item) {
	for i, value := range values {
		if value != nil {
			found = append(found, items[i])
		}
	}
	return found
}

// testStoppedNodes: every operation on nodes that hang obeys its bound, with a deadline, a cancel, or
// neither.
func testStoppedNodes(t *testing.T, d *redis.Driver) {
	machine := stalls.Watch(t)
	var wg sync.WaitGroup
	for name, call := range calls(d) {
		for _, what := range []string{"deadline", "cancel", "neither"} {
			wg.Go(func() {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				bound := drivers.DefaultTimeout
				switch what {
				case "deadline":
					bound = 100 * time.Millisecond
					ctx, cancel = context.WithTimeout(ctx, bound)
					defer cancel()
				case "cancel":
					defer time.AfterFunc(20*time.Millisecond, cancel).Stop()
				}
				started := time.Now()
				err := call(ctx)
				ended := time.Now()
				assert.Error(t, err, name)
				assert.LessOrEqual(t, ended.Sub(started)-machine.During(started, ended), bound+grace, "%s, %s: %v", name, what, err)
			})
		}
	}
	wg.Wait()
}

func TestWaysToNameACluster(t *testing.T) {
	t.Parallel()
	c := redistest.SharedCluster(t)
	s := redistest.Shared(t)
	first := c.Masters()[0]
	for name, cfg := range map[string]drivers.StoreConfig{
		"nodes":         {Addrs: c.Addrs()},
		"one node":      {Addrs: c.Addrs()[2:]},
		"host and port": {Host: first.Host(), Port: first.Port()},
		"DSN":           {DSN: "redis://" + first.Addr() + "/0"},
		"one is down":   {Addrs: append([]string{"127.0.0.1:1"}, c.Addrs()...)},
	} {
		t.Run(name, func(t *testing.T) {
			cfg.Prefix = c.Prefix() + name
			requireWorks(t, cfg)
			d, err := openConfig(t, cfg)
			require.NoError(t, err)
			for i := range 100 {
				require.NoError(t, d.Put(context.Background(), fmt.Sprint(i), nil, time.Minute), "no MOVED")
			}
		})
	}
	for name, want := range map[string]struct {
		cfg   drivers.StoreConfig
		field string
	}{
		"database of one node": {drivers.StoreConfig{Addrs: c.Addrs()[:1], Database: "1"}, "Database"},
		"database of nodes":    {drivers.StoreConfig{Addrs: c.Addrs(), Database: "1"}, "Database"},
		"database in a DSN":    {drivers.StoreConfig{DSN: "redis://" + first.Addr() + "/1"}, "Database"},
		"no nodes":             {drivers.StoreConfig{Addrs: []string{s.Addr(), s.Addr()}}, "Addrs"},
		"a wrong password":     {drivers.StoreConfig{Addrs: c.Addrs(), Username: "u", Password: canary}, "Password"},
	} {
		t.Run(name, func(t *testing.T) { requireRefused(t, want.cfg, want.field) })
	}
}

// TestFlushOfCluster: all that is its own at every master, and nothing else.
func TestFlushOfCluster(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 3, 0, "--cluster-node-timeout", "60000")
	t.Run("prefixes that nest, and patterns", func(t *testing.T) { testFlushOfPrefixes(t, c) })
	t.Run("while slots move", func(t *testing.T) { testFlushWhileSlotsMove(t, c) })
	for _, s := range c.Masters() {
		reply, err := s.Do("INFO", "commandstats")
		require.NoError(t, err)
		require.NotContains(t, reply, "cmdstat_flush")
		require.NotContains(t, reply, "cmdstat_keys")
		require.Contains(t, reply, "cmdstat_unlink", "each master had keys")
	}
}

func testFlushOfPrefixes(t *testing.T, c *redistest.Cluster) {
	ctx := context.Background()
	prefixes := []string{"a", "ab", "a:b", "a*", "a?", "[ab]", `a\`, "a!s!b", "*"}
	var stores []*redis.Driver
	for _, prefix := range prefixes {
		stores = append(stores, open(t, redis.Options{Addrs: c.Addrs(), Prefix: prefix}))
	}
	items, keys := manyItems(300)
	for _, d := range stores {
		require.NoError(t, d.PutMany(ctx, items, 0))
	}
	for i, d := range stores {
		require.NoError(t, d.Flush(ctx))
		for j, other := range stores {
			values, err := other.GetMany(ctx, keys)
			require.NoError(t, err)
			for n, value := range values {
				require.Equal(t, j <= i, value == nil, "%s of %s after the flush of %s", keys[n], prefixes[j], prefixes[i])
			}
		}
	}
}

// testFlushWhileSlotsMove: a key that is moved from a node not yet walked to one that was walked
// already is found, by Flush and by Scan.
func testFlushWhileSlotsMove(t *testing.T, c *redistest.Cluster) {
	const foreign = 30_000 // they make the walk long
	d := open(t, redis.Options{Addrs: c.Addrs()})
	ctx := context.Background()
	items, _ := manyItems(foreign)
	other := open(t, redis.Options{Addrs: c.Addrs(), Prefix: "other"})
	for chunk := range slices.Chunk(items, 5_000) {
		require.NoError(t, other.PutMany(ctx, chunk, 0))
	}
	from, to := c.Masters()[2], c.Masters()[0]
	const rounds, each = 2, 60
	var moving sync.WaitGroup
	move := func(n int) {
		moving.Go(func() {
			for slot := 16384 - each*(n+1); slot < 16384-each*n; slot++ {
				c.Move(slot, from, to, func() {})
			}
		})
	}
	for round := range rounds {
		require.NoError(t, d.PutMany(ctx, items[:6_000], 0))
		move(2 * round)
		require.NoError(t, d.Flush(ctx))
		moving.Wait()
		require.Equal(t, foreign, size(t, c.Masters()), "after the flush of round %d", round)
		move(2*round + 1)
		require.Len(t, scanned(t, other, ""), foreign)
		moving.Wait()
	}
}

// size returns the number of keys at all servers.
func size(t *testing.T, servers []*redistest.Server) int {
	t.Helper()
	sum := 0
	for _, s := range servers {
		n, err := s.Do("DBSIZE")
		require.NoError(t, err)
		sum += int(n.(int64))
	}
	return sum
}
