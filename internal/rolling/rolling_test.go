// Package rolling_test runs old and new builds of a program on one Redis server, as while a deploy
// rolls on, with types that differ between the two.
package rolling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
)

// change is how a type differs, and what each build makes of what the other has written.
type change struct {
	kind               string
	id                 int64
	newReads, oldReads bool
}

var changes = []change{
	{"same", 1, true, true},
	{"added", 1, false, true},   // the old build skips what it does not know
	{"optional", 1, true, true}, // added with omitempty: it may be missing
	{"removed", 1, true, false}, // the other way round
	{"renamed", 1, false, false},
	{"tagged", 1, true, true},    // renamed in Go alone, by a tag
	{"retyped", 1, false, false}, // a number became a string
	{"widened", 1, true, true},   // int32 became int64, and the number fits
	{"pointer", 1, true, true},   // a string became a pointer to one, and is not nil
	{"omitted", 1, true, true},   // got omitempty, and is not empty
	{"omitted", 2, true, false},  // is empty: the old build misses it
	{"nested", 1, false, true},   // added, far below
	{"embedded", 1, true, true},  // moved to an embedded struct: written alike
	{"reordered", 1, true, true},
	{"tuple", 1, false, false},     // two fields without names swapped
	{"dynamic", 1, false, false},   // the same beside an any
	{"versioned", 1, false, false}, // version=1 became version=2
}

func TestRollingDeploy(t *testing.T) {
	before, after := build(t, "old"), build(t, "new")
	t.Run("one after the other", func(t *testing.T) {
		for _, c := range changes {
			t.Run(c.kind, func(t *testing.T) { handOver(t, before, after, c) })
		}
	})
	t.Run("two and two", func(t *testing.T) { mix(t, before, after) })
}

// handOver lets each build read what the other has written, and then both ask in turn. A value that
// either can read is loaded no more.
func handOver(t *testing.T, before, after string, c change) {
	forth, back := redistest.Shared(t), redistest.Shared(t)
	o, n := start(t, before, forth), start(t, after, forth)
	require.True(t, o.loads(c.kind, c.id))
	require.Equal(t, !c.newReads, n.loads(c.kind, c.id), "the new build after the old one")

	o2, n2 := start(t, before, back), start(t, after, back)
	require.True(t, n2.loads(c.kind, c.id))
	require.Equal(t, !c.oldReads, o2.loads(c.kind, c.id), "the old build after the new one")

	for range 3 {
		overwrites := n2.loads(c.kind, c.id) || o2.loads(c.kind, c.id)
		require.Equal(t, !c.newReads && !c.oldReads, overwrites)
	}
}

// mix lets four processes do this and that with all values for some seconds: no call fails and no value
// is wrong.
func mix(t *testing.T, before, after string) {
	s := redistest.Shared(t)
	var all []*process
	for _, program := range []string{before, after, before, after} {
		all = append(all, start(t, program, s))
	}
	for _, p := range all {
		p.send(command{Mix: 3 * time.Second})
	}
	for _, p := range all {
		a := p.answer()
		require.Positive(t, a.Loads)
		t.Logf("%d calls, %d loads", a.Calls, a.Loads)
	}
}
