package matrix

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// damages is how many damaged forms of each value are tried.
const damages = 30

// damage lets generated code read what is left of a value in s after some bytes of it have changed, in
// envelopes that are in order. That is a miss or some other value, and neither an error nor a panic.
func damage[V any](t *testing.T, s *store, a Accessor[V], seed uint64) {
	t.Helper()
	whole, key, r := s.value, a.Key(id), rand.New(rand.NewPCG(seed, 1))
	h, payload, err := msgp.Open(whole[adapted:], key)
	if err != nil {
		t.Fatal(err)
	}
	for range damages {
		damaged := damagedCopy(r, payload)
		s.value = envelope(whole[:adapted], key, h, damaged)
		if _, _, err := a.Get(context.Background(), id); err != nil {
			t.Fatalf("seed %d: %x: %v", seed, damaged, err)
		}
	}
}

// damagedCopy returns a copy of b with a few changes.
func damagedCopy(r *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(b) + 1)
		switch n := min(r.IntN(4), len(b)-at); r.IntN(4) {
		case 0:
			b = slices.Insert(b, at, byte(r.Int()))
		case 1:
			b = slices.Delete(b, at, at+n)
		case 2:
			b = b[:at]
		default:
			for i := range n {
				b[at+i] ^= 1 << r.IntN(8)
			}
		}
	}
	return b
}
