//go:build unix

// Package fleet_test runs several processes on one store, as a fleet of servers does: their loads, their
// invalidations, their counters and their locks, also when some of them are stopped or killed.
package fleet_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/internal/rerun"
	cache "github.com/cachegen/cachegen/runtime"
)

// stores are the backends that processes can share.
var stores = map[string]func(t *testing.T) fields{
	"file": func(t *testing.T) fields { return fields{Driver: "file", Path: t.TempDir()} },
	"sqlite": func(t *testing.T) fields {
		return fields{Driver: "database", Path: filepath.Join(t.TempDir(), "cache.db")}
	},
	"redis": func(t *testing.T) fields {
		s := redistest.Shared(t)
		return fields{Driver: "redis", Prefix: s.Prefix(), Host: s.Host(), Port: s.Port()}
	},
}

func eachStore(t *testing.T, test func(t *testing.T, store fields)) {
	for name, open := range stores {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// start starts processes in a role; they wait for the word to begin.
func start(t *testing.T, n int, r role) rerun.Group {
	text, err := json.Marshal(r)
	require.NoError(t, err)
	return rerun.StartAll(t, "member", "", n, func(int) string { return string(text) })
}

// end waits for processes and returns how many reads of them were stale.
func end(t *testing.T, all rerun.Group) (stale int) {
	for _, line := range all.End() {
		n, err := strconv.Atoi(line)
		require.NoError(t, err)
		stale += n
	}
	return stale
}

func TestCountersOfAFleetAreExact(t *testing.T) {
	eachStore(t, func(t *testing.T, store fields) {
		const processes, goroutines, steps = 4, 8, 50
		all := start(t, processes, role{Does: "count", Fields: store, Truth: newTruth(t).path, Goroutines: goroutines, Steps: steps})
		all.Begin()
		end(t, all)
		m := manager(t, store)
		n, ok, err := cache.GetAs[int64](m, "counter")
		require.NoError(t, err)
		require.True(t, ok)
		require.EqualValues(t, processes*goroutines*steps, n)
	})
}

func manager(t *testing.T, store fields) *cache.Manager {
	m := cache.NewManager(&cache.Config{Stores: map[string]cache.StoreConfig{"default": store.config()}})
	t.Cleanup(func() { require.NoError(t, m.Shutdown(context.Background())) })
	return m
}

func TestOneLoadInAFleet(t *testing.T) {
	eachStore(t, func(t *testing.T, store fields) {
		const processes, rounds = 8, 10
		tr := newTruth(t)
		all := start(t, processes, role{Does: "load", Fields: store, Truth: tr.path, Goroutines: 4, Steps: rounds})
		all.Begin()
		end(t, all)
		for i := range rounds {
			require.Equal(t, 1, tr.loadsOf(fmt.Sprint("round", i)), "round %d", i)
		}
	})
}

func TestNoReadOfAFleetIsOlderThanAnAcknowledgedForget(t *testing.T) {
	eachStore(t, func(t *testing.T, store fields) {
		const processes, goroutines, steps = 8, 4, 200
		all := start(t, processes, role{Does: "history", Fields: store, Truth: newTruth(t).path, Goroutines: goroutines, Steps: steps})
		all.Begin()
		require.Zero(t, end(t, all), "stale reads of %d steps", processes*goroutines*steps)
		t.Logf("%d steps, no stale read", processes*goroutines*steps)
	})
}

// TestLockOfAFleet has a holder that is killed, and one that is stopped for longer than its lock lasts,
// before it uses its fence or after that, by turns. Nobody waits for longer than Block does, a minute. Its
// long form is 100,000 grants.
func TestLockOfAFleet(t *testing.T) {
	stops, grants := 4, 3000
	if long {
		stops, grants = 20, 100_000
	}
	eachStore(t, func(t *testing.T, store fields) {
		tr := newTruth(t)
		r := role{Does: "lock", Fields: store, Truth: tr.path, Goroutines: 2, Steps: math.MaxInt, TTL: 500 * time.Millisecond}
		busy := start(t, 5, r)
		r.Goroutines = 1 // while it holds the lock it does nothing else: one that is stopped in a write holds up all others
		stopped := start(t, 1, r)[0]
		victim, alive := busy[0], append(busy[1:], stopped)
		busy.Begin()
		stopped.Begin()
		waitForGrants(t, tr, 20)
		victim.Kill()
		for i := range stops {
			resume := tr.stopHolder(t, stopped.Cmd.Process.Pid, []string{early, late}[i%2])
			waitForGrants(t, tr, 20)
			resume()
		}
		entered, _, _ := tr.counts()
		waitForGrants(t, tr, grants-entered)
		tr.finish()
		end(t, alive)
		entered, rejected, overlaps := tr.counts()
		require.Zero(t, overlaps)
		require.GreaterOrEqual(t, rejected, stops/2, "those that were stopped before they used their fences")
		t.Logf("%d grants with ever larger fences, %d kept out by theirs, no two holders at once; the longest wait was %v",
			entered, rejected, tr.longestWait())
		requireShares(t, tr, alive)
	})
}

// requireShares requires that each process has entered. Nobody promises how often.
func requireShares(t *testing.T, tr *truth, all rerun.Group) {
	var shares []int
	for _, p := range all {
		shares = append(shares, tr.entriesOf(p.Cmd.Process.Pid))
	}
	t.Logf("shares: %v", shares)
	require.Positive(t, slices.Min(shares))
}

// waitForGrants waits until n more holders have entered.
func waitForGrants(t *testing.T, tr *truth, n int) {
	before, _, _ := tr.counts()
	for last, since := before, time.Now(); last < before+n; {
		<-time.After(10 * time.Millisecond)
		if now, _, _ := tr.counts(); now > last {
			last, since = now, time.Now()
		}
		require.Less(t, time.Since(since), time.Minute, "nobody gets the lock any more")
	}
}
