package matrix

import (
	"context"
	"math/big"
	"reflect"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// options are those of comparisons: everything counts, unexported fields too, but for types that say
// themselves when they are equal.
var options = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmpopts.EquateNaNs(),
	cmp.Comparer(func(a, b big.Int) bool { return a.Cmp(&b) == 0 }),
	cmp.Comparer(func(a, b big.Rat) bool { return a.Cmp(&b) == 0 }),
	cmp.Comparer(func(a, b big.Float) bool { return a.Text('g', -1) == b.Text('g', -1) }), // its text is all that it encodes
	cmp.Comparer(func(a, b *regexp.Regexp) bool { return a == b || a != nil && b != nil && a.String() == b.String() }),
}

// Equal tells when two values of T are equal, where a comparison of everything in them would not do.
func Equal[T any](equal func(a, b T) bool) { options = append(options, cmp.Comparer(equal)) }

// roundTrip stores a value, and reads it twice: what comes back equals it, and shares nothing with it.
func roundTrip[V any](t *testing.T, where string, a Accessor[V], v V) {
	t.Helper()
	if err := a.Put(context.Background(), id, v); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	first, second := get(t, where, a), get(t, where, a)
	if d := cmp.Diff(v, first, options); d != "" {
		t.Fatalf("%s: what was stored (-) and what came back (+):\n%s", where, d)
	}
	for _, pair := range [][2]any{{v, first}, {first, second}} {
		if path := shared(pair[0], pair[1]); path != "" {
			t.Fatalf("%s: two callers share v%s", where, path)
		}
	}
}

func get[V any](t *testing.T, where string, a Accessor[V]) V {
	t.Helper()
	v, ok, err := a.Get(context.Background(), id)
	if err != nil || !ok {
		t.Fatalf("%s: get: found %v, error %v", where, ok, err)
	}
	return v
}
