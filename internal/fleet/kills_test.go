//go:build unix

package fleet_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	cache "github.com/cachegen/cachegen/runtime"
)

// long asks for the long form of tests that have one, of some minutes.
var long = os.Getenv("CACHEGEN_TEST_LONG") != ""

// countForEver increments one counter again and again, and prints each result that it is given.
func countForEver(_, text string) error {
	var store fields
	if err := json.Unmarshal([]byte(text), &store); err != nil {
		return err
	}
	m := cache.NewManager(&cache.Config{Stores: map[string]cache.StoreConfig{"default": store.config()}})
	if err := m.Ready(context.Background()); err != nil {
		return err
	}
	rerun.Ready()
	for {
		n, err := m.IncrementTTL("counter", 1, time.Hour)
		if err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// result is a result that a process was given, or the end of that process.
type result struct {
	of   *rerun.Process
	n    int64
	last bool
}

// counters are processes that count for ever, and what was acknowledged to them.
type counters struct {
	t            *testing.T
	store        string
	results      chan result
	acknowledged map[int64]bool
}

// join starts one more process.
func (c *counters) join() *rerun.Process {
	p := rerun.Start(c.t, "counter", "", c.store)
	p.Begin()
	go func() {
		for last := false; !last; {
			line := p.Line()
			last = line == ""
			n, _ := strconv.ParseInt(line, 10, 64) // 0 is noticed: no counter gives it
			select {
			case c.results <- result{p, n, last}:
			case <-c.t.Context().Done():
				return
			}
		}
	}()
	return p
}

// note notes the next result, which nobody may have had before, and returns what came.
func (c *counters) note() result {
	r := <-c.results
	if r.last {
		return r
	}
	require.Positive(c.t, r.n)
	require.False(c.t, c.acknowledged[r.n], "%d was given twice", r.n)
	c.acknowledged[r.n] = true
	return r
}

// kill kills a process, and notes what it was given until then.
func (c *counters) kill(victim *rerun.Process) {
	require.NoError(c.t, victim.Cmd.Process.Kill())
	for r := c.note(); !r.last || r.of != victim; r = c.note() {
		require.False(c.t, r.last, "a process ended that was not killed")
	}
	require.Error(c.t, victim.Cmd.Wait(), "it was killed")
}

// killSome runs processes, kills one after the other at moments that r chooses, and all of them at the
// end, and returns how many it killed.
func (c *counters) killSome(r *rand.Rand) (kills int) {
	const processes, most, longest = 4, 12, time.Minute
	var all [processes]*rerun.Process
	for i := range all {
		all[i] = c.join()
	}
	for began := time.Now(); kills+processes < most || long && time.Since(began) < longest; kills++ {
		for range r.IntN(500) {
			require.False(c.t, c.note().last, "a process ended that was not killed")
		}
		<-time.After(time.Duration(r.IntN(2000)) * time.Microsecond) // anywhere in an increment
		i := r.IntN(processes)
		c.kill(all[i])
		all[i] = c.join()
	}
	for _, p := range all {
		c.kill(p)
	}
	return kills + processes
}

// TestCountersOfAFleetThatIsKilled: no acknowledged increment is lost or given twice, though processes
// are killed at any moment; each of them may have made one increment more than it could tell.
func TestCountersOfAFleetThatIsKilled(t *testing.T) {
	eachStore(t, func(t *testing.T, store fields) {
		text, err := json.Marshal(store)
		require.NoError(t, err)
		c := &counters{t: t, store: string(text), results: make(chan result), acknowledged: map[int64]bool{}}
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		kills := c.killSome(rand.New(rand.NewPCG(seed, 0)))
		n, ok, err := cache.GetAs[int64](manager(t, store), "counter")
		require.NoError(t, err)
		require.True(t, ok)
		require.GreaterOrEqual(t, int(n), len(c.acknowledged), "an acknowledged increment is lost")
		require.LessOrEqual(t, int(n), len(c.acknowledged)+kills)
		for acknowledged := range c.acknowledged {
			require.LessOrEqual(t, acknowledged, n)
		}
		t.Logf("%d kills; %d increments, %d of them acknowledged", kills, n, len(c.acknowledged))
	})
}
