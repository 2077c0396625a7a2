package drivertest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// scanner: the keys of a store, all of them and no others, come back as they were given.
func (s *suite) scanner(t *testing.T) {
	d := s.driver(t)
	sc, ok := d.Driver.(drivers.Scanner)
	if !ok {
		t.Skip("the driver is no Scanner")
	}
	wantScan(t, d, sc, "", nil)
	want := []string{"counter"}
	d.increment("counter", 1, 0)
	for i := range 500 {
		want = append(want, fmt.Sprint("many:", i))
	}
	for _, key := range append(want[1:], awkward...) {
		d.put(key, "v", 0)
	}
	want = append(want, awkward...)
	wantScan(t, d, sc, "", want)
	for _, prefix := range []string{"many:", "many:4", "%", "%7", "%7B", "{", "*", "a", "[", `\`, "counter", "absent", "\x00"} {
		wantScan(t, d, sc, prefix, startingWith(want, prefix))
	}
	d.forget(awkward...)
	d.forget("counter")
	wantScan(t, d, sc, "", want[1:501])

	n := 0
	for range sc.Scan(d.ctx, "") { // a reader may stop, and use the store meanwhile
		d.forget("many:0")
		if n++; n == 3 {
			break
		}
	}
	wantEqual(t, "keys until the reader stopped", n, 3)
	d.flush()
	wantScan(t, d, sc, "", nil)
}

func startingWith(keys []string, prefix string) (out []string) {
	for _, key := range keys {
		if len(key) >= len(prefix) && key[:len(prefix)] == prefix {
			out = append(out, key)
		}
	}
	return out
}

func wantScan(t *testing.T, d *checked, sc drivers.Scanner, prefix string, want []string) {
	t.Helper()
	got := map[string]bool{}
	for key, err := range sc.Scan(d.ctx, prefix) {
		if err != nil {
			t.Fatalf("Scan(%q): %v", prefix, err)
		}
		got[key] = true
	}
	keys := slices.Sorted(maps.Keys(got))
	want = slices.Compact(slices.Sorted(slices.Values(want)))
	if !slices.Equal(keys, want) {
		t.Errorf("Scan(%q) = %d keys %.200q; want %d keys %.200q", prefix, len(keys), keys, len(want), want)
	}
}
