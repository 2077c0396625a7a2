package drivertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func (s *suite) batcher(t *testing.T) {
	d := s.driver(t)
	b, ok := d.Driver.(drivers.Batcher)
	if !ok {
		t.Skip("the driver is no Batcher")
	}
	getMany(t, d, b)
	putMany(t, d, b)
	s.putManyTTL(t, d, b)
}

// getMany: the values stand in the order of the keys, which may repeat.
func getMany(t *testing.T, d *checked, b drivers.Batcher) {
	d.put("a", "A", 0)
	d.put("empty", "", 0)
	d.put("{c}", "C", 0)
	keys := []string{"{c}", "missing", "a", "empty", "a"}
	want := [][]byte{[]byte("C"), nil, []byte("A"), {}, []byte("A")}
	for _, n := range []int{0, 1, len(keys)} {
		got, err := b.GetMany(d.ctx, keys[:n])
		if err != nil || len(got) != n {
			t.Fatalf("GetMany(%q) = %d values, %v; want %d", keys[:n], len(got), err, n)
		}
		for i := range got {
			wantBytes(t, fmt.Sprintf("GetMany(%q)[%d]", keys[:n], i), got[i], want[i])
			clear(got[i]) // the caller's own: neither the store nor a repeated key may see it
		}
	}
	d.wantValue("a", "A")
}

// putMany: all are stored, a later item of the same key wins, and the caller keeps its bytes.
func putMany(t *testing.T, d *checked, b drivers.Batcher) {
	for _, none := range [][]drivers.Item{nil, {}} {
		if err := b.PutMany(d.ctx, none, 0); err != nil {
			t.Errorf("PutMany of nothing: %v", err)
		}
	}
	first, second := []byte("first"), []byte("second")
	items := []drivers.Item{{Key: "x", Value: first}, {Key: "nil"}, {Key: "%7B", Value: []byte{}}, {Key: "x", Value: second}}
	if err := b.PutMany(d.ctx, items, 0); err != nil {
		t.Fatalf("PutMany: %v", err)
	}
	wantBytes(t, "the value after PutMany", second, []byte("second"))
	clear(second)
	d.wantValue("x", "second")
	d.wantValue("nil", "")
	d.wantValue("%7B", "")

	const many = 500
	items = items[:0]
	for i := range many {
		items = append(items, drivers.Item{Key: fmt.Sprint("many ", i), Value: fmt.Append(nil, i)})
	}
	if err := b.PutMany(d.ctx, items, time.Hour); err != nil {
		t.Fatalf("PutMany of %d: %v", many, err)
	}
	for i := range many {
		d.wantValue(fmt.Sprint("many ", i), fmt.Sprint(i))
	}
}

func (s *suite) putManyTTL(t *testing.T, d *checked, b drivers.Batcher) {
	const ttl = 5 * time.Millisecond
	items := []drivers.Item{{Key: "t1", Value: []byte("v")}, {Key: "t2", Value: []byte("v")}}
	wantError(t, "PutMany with a negative ttl", b.PutMany(d.ctx, items, -1), drivers.ErrTTL)
	d.wantMiss("t1")
	s.wantExpiry(t, ttl, func() {
		if err := b.PutMany(d.ctx, items, ttl); err != nil {
			t.Fatalf("PutMany: %v", err)
		}
	}, func() bool { return d.has("t1") || d.has("t2") })
	got, err := b.GetMany(d.ctx, []string{"t1", "t2"})
	if err != nil || len(got) != 2 || got[0] != nil || got[1] != nil {
		t.Errorf("GetMany of expired entries = %q, %v; want two nils", got, err)
	}
}
