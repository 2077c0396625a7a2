package drivertest

import (
	"fmt"
	"testing"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// flush: every value goes, whatever its key, and the store is usable afterwards.
func (s *suite) flush(t *testing.T) {
	d := s.driver(t)
	d.flush()
	for _, key := range awkward {
		d.put(key, "v", 0)
	}
	d.increment("counter", 1, 0)
	d.flush()
	for _, key := range append([]string{"counter"}, awkward...) {
		d.wantMiss(key)
	}
	d.put("after", "v", 0)
	d.wantValue("after", "v")
	flushMany(t, d)
}

// flushMany flushes more entries than a driver is likely to remove in one step.
func flushMany(t *testing.T, d *checked) {
	const many = 3000
	for i := range many {
		d.put(fmt.Sprint("many ", i), "v", 0)
	}
	d.flush()
	left := 0
	for i := range many {
		if d.has(fmt.Sprint("many ", i)) {
			left++
		}
	}
	wantEqual(t, "entries left by Flush", left, 0)
}

// isolation: stores of one backend see nothing of each other, also where the name of one begins
// with the name of another or would match it as a pattern.
func (s *suite) isolation(t *testing.T) {
	if s.caps.OpenStore == nil {
		t.Skip("each store has a backend of its own")
	}
	places := []struct{ prefix, name string }{
		{"app", ""}, {"app2", ""}, {"ap", ""}, {"app:", ""}, {"app:b", ""}, {"app:user:1", ""}, {"app!s!a", ""},
		{"app", "a"}, {"app", "a2"}, {"app", "a:b"}, {"app", "a!s!a"}, {"app", "*"}, {"app", "app"},
		{"a*", ""}, {"a?p", ""}, {"[a]pp", ""}, {"a[^x]p", ""}, {`a\pp`, ""}, {`app\`, ""}, {"*", ""}, {"APP", ""},
		{"app%3A", ""}, {"app%", ""}, {"{app}", ""}, {"app", "{a}"},
	}
	stores := make([]*checked, len(places))
	for i, p := range places {
		stores[i] = s.store(t, p.prefix, p.name)
	}
	keys := []string{"k", ":k", "b:k", "s!a:k", "!s!a:k", "{app:k}"}
	fill := func(i int) {
		for _, key := range keys {
			stores[i].put(key, fmt.Sprint(key, " of ", places[i]), 0)
		}
	}
	for i := range stores {
		fill(i)
	}
	wantOwn := func(i int, flushed string) {
		for _, key := range keys {
			if got, _ := stores[i].get(key); got != fmt.Sprint(key, " of ", places[i]) {
				t.Errorf("Get(%q) in store %q is %q%s", key, places[i], got, flushed)
			}
		}
	}
	for i := range stores {
		wantOwn(i, "")
	}
	for i := range stores {
		stores[i].flush()
		for _, key := range keys {
			stores[i].wantMiss(key)
		}
		for j := range stores {
			if j != i {
				wantOwn(j, fmt.Sprintf(" after Flush of store %q", places[i]))
			}
		}
		fill(i)
	}
	isolatedLocks(t, s.store(t, "app", ""), s.store(t, "app", "a"))
}

// isolatedLocks: a lock of one store is free in another, and Flush keeps both.
func isolatedLocks(t *testing.T, a, b *checked) {
	first, ok := a.Driver.(drivers.Locker)
	if !ok {
		return
	}
	second := b.Driver.(drivers.Locker)
	for _, l := range []drivers.Locker{first, second} {
		if g, err := l.Lock(a.ctx, "isolated", "owner", lockTTL); err != nil || !g.Won() {
			t.Errorf("Lock = %+v, %v; want a grant: the other store's lock has the same name", g, err)
		}
	}
	b.flush()
	for _, l := range []drivers.Locker{first, second} {
		if held, err := l.Unlock(a.ctx, "isolated", "owner"); err != nil || !held {
			t.Errorf("Unlock after Flush = %t, %v; want true", held, err)
		}
	}
}
