// Package matrix checks that cached values of types that nobody here wrote come back as they were, by
// the codec and the copies that were generated for them and by vmihailenco/msgpack.
package matrix

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	cache "github.com/cachegen/cachegen/runtime"
)

// seeds is how many values of each type are tried. The first is zero, or a pointer to zero; in the
// second nothing is nil or empty as far as it reaches.
const seeds = 24

// Readme is where the types are listed, as seen from a package's folder.
const Readme = "../README.md"

// Accessor is what a test needs of a generated accessor.
type Accessor[V any] interface {
	Key(id string) string
	Put(ctx context.Context, id string, v V) error
	Get(ctx context.Context, id string) (V, bool, error)
}

// A Case is one type of the matrix.
type Case struct {
	name   string // of the type, as Readme has it
	oracle string // what the msgpack library does to values of the type; empty if they come back
	run    func(*testing.T, Case)
}

// folders are what import paths have before the name of a package.
var folders = regexp.MustCompile(`[\w.-]+/`)

// Of returns the case of the type that an accessor caches.
func Of[V any, A Accessor[V]](newAccessor func(*cache.Manager) A) Case {
	return Case{
		name: folders.ReplaceAllString(reflect.TypeFor[V]().String(), ""),
		run:  func(t *testing.T, c Case) { check[V](t, c, newAccessor) },
	}
}

// Lost returns the case of a type whose values do not come back from the msgpack library, and says
// what becomes of them.
func (c Case) Lost(how string) Case {
	c.oracle = how
	return c
}

// row returns the line of Readme that stands for c.
func (c Case) row() string {
	how := "ok"
	if c.oracle != "" {
		how = c.oracle
	}
	return fmt.Sprintf("| `%s` | ok | %s |", c.name, how)
}

// Run checks the cases, and that Readme lists them.
func Run(t *testing.T, cases ...Case) {
	readme, err := os.ReadFile(Readme)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(string(readme), c.row()+"\n") {
				t.Errorf("README.md lacks the line\n%s", c.row())
			}
			c.run(t, c)
		})
	}
}

// check tries values of one type.
func check[V any, A Accessor[V]](t *testing.T, c Case, newAccessor func(*cache.Manager) A) {
	store := &store{}
	live, stored := newAccessor(memory(t)), newAccessor(store.manager(t))
	lost := ""
	for seed := range uint64(seeds) {
		v := Fill[V](t, seed)
		roundTrip(t, "memory", live, v)
		roundTrip(t, "bytes", stored, v)
		if how := loss(v); how != "" && lost == "" {
			lost = fmt.Sprintf("seed %d: %s", seed, how)
		}
		if c.oracle == "" && lost == "" {
			compare[V](t, store, stored, v, seed)
		}
		damage[V](t, store, stored, seed)
	}
	if (lost != "") != (c.oracle != "") {
		t.Errorf("README.md says %q of the msgpack library; what happens is %q", c.oracle, lost)
	}
}
