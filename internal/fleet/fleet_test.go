//go:build unix

// Package fleet_test runs several processes on one store, as a fleet of servers does: their loads, their
// invalidations, their counters and their locks, also when some of them are stopped or killed.
package fleet_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"syscall"
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

// TestLockOfAFleet has holders that are stopped for longer than their lock lasts, and killed.
func TestLockOfAFleet(t *testing.T) {
	eachStore(t, func(t *testing.T, store fields) {
		const processes, steps = 6, 300
		const ttl = 500 * time.Millisecond
		tr := newTruth(t)
		all := start(t, processes, role{Does: "lock", Fields: store, Truth: tr.path, Goroutines: 2, Steps: steps, TTL: ttl})
		all.Begin()
		victim, stopped, rest := all[0], all[1], all[2:]
		for range 2 {
			pid := stopped.Cmd.Process.Pid
			require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
			tr.pause(pid, true)
			waitForGrants(t, tr, 20, ttl)
			require.NoError(t, syscall.Kill(pid, syscall.SIGCONT))
			tr.pause(pid, false)
		}
		victim.Kill()
		end(t, append(rest, stopped))
		entered, rejected, overlaps := tr.counts()
		require.Zero(t, overlaps)
		require.Greater(t, entered, steps)
		t.Logf("%d grants with ever larger fences, %d kept out by theirs, no two holders at once", entered, rejected)
	})
}

// waitForGrants waits until n more holders have entered, and at least for d.
func waitForGrants(t *testing.T, tr *truth, n int, d time.Duration) {
	before, _, _ := tr.counts()
	for start := time.Now(); ; {
		<-time.After(10 * time.Millisecond)
		now, _, _ := tr.counts()
		if time.Since(start) > d && now >= before+n {
			return
		}
		require.Less(t, time.Since(start), time.Minute, "nobody gets the lock any more")
	}
}
