package drivertest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// leases is a Leaser whose methods, for one key, fail the test on any error.
type leases struct {
	drivers.Leaser
	d *checked
}

func (l leases) acquire(key, token string, ttl time.Duration, replace bool) drivers.Lease {
	l.d.t.Helper()
	got, err := l.Acquire(l.d.ctx, []string{key}, token, ttl, replace)
	if err != nil || len(got) != 1 {
		l.d.t.Fatalf("Acquire(%q, %q) = %d leases, %v; want one", key, token, len(got), err)
	}
	return got[0]
}

func (l leases) wins(key, token string) bool {
	l.d.t.Helper()
	return l.acquire(key, token, lockTTL, false).Won
}

func (l leases) fill(key, token, value string, ttl time.Duration) bool {
	l.d.t.Helper()
	stored, err := l.Fill(l.d.ctx, []drivers.Item{{Key: key, Value: []byte(value)}}, token, ttl)
	if err != nil || len(stored) != 1 {
		l.d.t.Fatalf("Fill(%q, %q) = %d results, %v; want one", key, token, len(stored), err)
	}
	return stored[0]
}

func (l leases) renew(key, token string, ttl time.Duration) bool {
	l.d.t.Helper()
	held, err := l.Renew(l.d.ctx, []string{key}, token, ttl)
	if err != nil || len(held) != 1 {
		l.d.t.Fatalf("Renew(%q, %q) = %d results, %v; want one", key, token, len(held), err)
	}
	return held[0]
}

func (l leases) release(key, token string) {
	l.d.t.Helper()
	if err := l.Release(l.d.ctx, []string{key}, token); err != nil {
		l.d.t.Fatalf("Release(%q, %q): %v", key, token, err)
	}
}

func (s *suite) leaser(t *testing.T) {
	d := s.driver(t)
	leaser, ok := d.Driver.(drivers.Leaser)
	if !ok {
		t.Skip("the driver is no Leaser")
	}
	l := leases{leaser, d}
	leaseOnce(t, l)
	replacing(t, l)
	leasesAreApart(t, l)
	fenced(t, l)
	s.leaseExpiry(t, l)
	manyLeases(t, l)
	leaseRace(t, l)
}

// leaseOnce: one load holds the lease of a key, and only it fills.
func leaseOnce(t *testing.T, l leases) {
	wantEqual(t, "Acquire of a free lease", l.wins("k", "one"), true)
	l.d.wantMiss("k")
	lost := l.acquire("k", "two", lockTTL, false)
	if lost.Won || lost.Value != nil || lost.Holder != "one" || lost.Left < 0 || lost.Left > lockTTL+time.Second {
		t.Errorf("Acquire of a held lease = %+v; want a lost one, whose holder is one, with at most %v left", lost, lockTTL)
	}
	wantEqual(t, "Acquire of one's own lease", l.wins("k", "one"), false)
	wantEqual(t, "Fill by another", l.fill("k", "two", "two's", 0), false)
	l.d.wantMiss("k")
	wantEqual(t, "Fill by the holder", l.fill("k", "one", "one's", 0), true)
	l.d.wantValue("k", "one's")
	wantEqual(t, "the second Fill", l.fill("k", "one", "again", 0), false)
	l.d.wantValue("k", "one's")
	got := l.acquire("k", "three", lockTTL, false)
	wantBytes(t, "the value that Acquire found", got.Value, []byte("one's"))
	wantEqual(t, "Acquire of a key with a value", got.Won, false)

	l.d.put("empty", "", 0)
	wantBytes(t, "the empty value that Acquire found", l.acquire("empty", "t", lockTTL, false).Value, []byte{})
	l.d.increment("number", 7, 0)
	wantBytes(t, "the number that Acquire found", l.acquire("number", "t", lockTTL, false).Value, []byte("7"))

	wantEqual(t, "Acquire", l.wins("given up", "one"), true)
	l.release("given up", "two")
	wantEqual(t, "Acquire after Release by another", l.wins("given up", "two"), false)
	l.release("given up", "one")
	wantEqual(t, "Fill after Release", l.fill("given up", "one", "v", 0), false)
	wantEqual(t, "Acquire after Release", l.wins("given up", "two"), true)
	l.release("nobody's", "one")
	wantEqual(t, "Renew by the holder", l.renew("given up", "two", lockTTL), true)
	wantEqual(t, "Renew by another", l.renew("given up", "one", lockTTL), false)
	wantEqual(t, "Renew of a free lease", l.renew("nobody's", "one", lockTTL), false)
}

// replacing: a load that overwrites takes the lease of a key that has a value, and no value with it.
func replacing(t *testing.T, l leases) {
	l.d.put("r", "old", 0)
	got := l.acquire("r", "one", lockTTL, true)
	if !got.Won || got.Value != nil {
		t.Errorf("Acquire to replace = %+v; want it won, without a value", got)
	}
	l.d.wantValue("r", "old")
	wantEqual(t, "the second Acquire to replace", l.acquire("r", "two", lockTTL, true).Won, false)
	wantBytes(t, "the value while it is replaced", l.acquire("r", "two", lockTTL, false).Value, []byte("old"))
	wantEqual(t, "Fill", l.fill("r", "one", "new", 0), true)
	l.d.wantValue("r", "new")
}

// leasesAreApart: a lease is no value and no lock, under any key.
func leasesAreApart(t *testing.T, l leases) {
	for _, key := range awkward {
		wantEqual(t, fmt.Sprintf("Acquire(%q)", key), l.wins(key, "token"), true)
		l.d.wantMiss(key)
	}
	for _, key := range awkward {
		wantEqual(t, fmt.Sprintf("Fill(%q)", key), l.fill(key, "token", "value of "+key, 0), true)
		l.d.wantValue(key, "value of "+key)
	}
	if locker, ok := l.d.Driver.(drivers.Locker); ok {
		wantEqual(t, "Acquire", l.wins("lock", "token"), true)
		wantEqual(t, "Lock of a leased name", locks{locker, l.d}.lock("lock", "token", lockTTL), true)
		locks{locker, l.d}.force("lock")
		wantEqual(t, "Renew after ForceUnlock", l.renew("lock", "token", lockTTL), true)
	}
}

// fenced: every change of a key ends its lease.
func fenced(t *testing.T, l leases) {
	d := l.d
	changes := map[string]func(key string){
		"Put":       func(key string) { d.put(key, "changed", 0) },
		"Add":       func(key string) { d.add(key, "changed", 0) },
		"Increment": func(key string) { d.increment(key, 1, 0) },
		"Forget":    func(key string) { d.forget("other", key) },
		"Flush":     func(string) { d.flush() },
	}
	if b, ok := d.Driver.(drivers.Batcher); ok {
		changes["PutMany"] = func(key string) {
			items := []drivers.Item{{Key: "other", Value: []byte("v")}, {Key: key, Value: []byte("changed")}}
			if err := b.PutMany(d.ctx, items, 0); err != nil {
				t.Fatalf("PutMany: %v", err)
			}
		}
	}
	for name, change := range changes {
		key := "fenced by " + name
		wantEqual(t, "Acquire", l.wins(key, "old"), true)
		change(key)
		after, found := d.get(key)
		wantEqual(t, "Fill after "+name, l.fill(key, "old", "from before", 0), false)
		wantEqual(t, "Renew after "+name, l.renew(key, "old", lockTTL), false)
		if value, still := d.get(key); value != after || still != found {
			t.Errorf("after %s and a Fill from before, Get = %q, %t; want %q, %t", name, value, still, after, found)
		}
		d.forget(key)
		wantEqual(t, "Acquire after "+name, l.wins(key, "new"), true)
		wantEqual(t, "Fill by the new lease after "+name, l.fill(key, "new", "new", 0), true)
		d.wantValue(key, "new")
	}
}

// leaseExpiry: a lease ends by itself, unless it is renewed, and what it filled has the ttl of the Fill.
func (s *suite) leaseExpiry(t *testing.T, l leases) {
	const ttl = 5 * time.Millisecond
	for _, bad := range []time.Duration{0, -1} {
		_, err := l.Acquire(l.d.ctx, []string{"bad"}, "t", bad, false)
		wantError(t, "Acquire without a positive ttl", err, drivers.ErrTTL)
	}
	_, err := l.Renew(l.d.ctx, []string{"bad"}, "t", -1)
	wantError(t, "Renew with a negative ttl", err, drivers.ErrTTL)
	_, err = l.Fill(l.d.ctx, []drivers.Item{{Key: "bad"}}, "t", -1)
	wantError(t, "Fill with a negative ttl", err, drivers.ErrTTL)

	s.wantExpiry(t, ttl,
		func() { wantEqual(t, "Acquire", l.acquire("e", "one", ttl, false).Won, true) },
		func() bool { return !l.wins("e", "two") })
	wantEqual(t, "Fill by a late lease", l.fill("e", "one", "late", 0), false)
	wantEqual(t, "Renew of a late lease", l.renew("e", "one", lockTTL), false)
	wantEqual(t, "a look at a late lease", l.renew("e", "one", 0), false)
	wantEqual(t, "a look at one's own lease", l.renew("e", "two", 0), true)
	wantEqual(t, "Fill by the next lease", l.fill("e", "two", "v", 0), true)

	s.wantExpiry(t, ttl, func() {
		wantEqual(t, "Acquire to replace", l.acquire("e", "three", lockTTL, true).Won, true)
		wantEqual(t, "Fill with a ttl", l.fill("e", "three", "v", ttl), true)
	}, func() bool { return l.d.has("e") })
	wantEqual(t, "Acquire of an expired key", l.wins("e", "four"), true)

	wantEqual(t, "Acquire", l.wins("shortened", "one"), true)
	s.wantExpiry(t, ttl,
		func() {
			wantEqual(t, "Renew with less", l.renew("shortened", "one", ttl), true)
			l.renew("shortened", "one", 0) // only a look, which gives no time
		},
		func() bool { return !l.wins("shortened", "two") })
}

// manyLeases: a call for many keys answers for each by itself.
func manyLeases(t *testing.T, l leases) {
	l.d.put("m value", "here", 0)
	l.wins("m taken", "other")
	keys := []string{"m free", "m value", "m taken", "m {2}"}
	got, err := l.Acquire(l.d.ctx, keys, "many", lockTTL, false)
	if err != nil || len(got) != len(keys) {
		t.Fatalf("Acquire of %d keys = %d leases, %v", len(keys), len(got), err)
	}
	for i, won := range []bool{true, false, false, true} {
		wantEqual(t, "Acquire of many: "+keys[i], got[i].Won, won)
	}
	wantBytes(t, "the value among many", got[1].Value, []byte("here"))
	items := make([]drivers.Item, len(keys))
	for i, key := range keys {
		items[i] = drivers.Item{Key: key, Value: []byte("filled")}
	}
	held, err := l.Renew(l.d.ctx, keys, "many", lockTTL)
	wantEqual(t, "Renew of many", fmt.Sprint(held, err), "[true false false true] <nil>")
	stored, err := l.Fill(l.d.ctx, items, "many", time.Hour)
	wantEqual(t, "Fill of many", fmt.Sprint(stored, err), "[true false false true] <nil>")
	l.d.wantValue("m free", "filled")
	l.d.wantValue("m value", "here")
	l.d.wantMiss("m taken")
	for _, n := range []string{"Acquire", "Fill", "Renew", "Release"} {
		wantEqual(t, n+" of nothing", emptyCall(l, n), nil)
	}
	manyKeys(t, l)
}

func emptyCall(l leases, name string) (err error) {
	switch name {
	case "Acquire":
		_, err = l.Acquire(l.d.ctx, nil, "t", lockTTL, false)
	case "Fill":
		_, err = l.Fill(l.d.ctx, nil, "t", 0)
	case "Renew":
		_, err = l.Renew(l.d.ctx, nil, "t", lockTTL)
	default:
		err = l.Release(l.d.ctx, nil, "t")
	}
	return err
}

// manyKeys takes and fills more leases than a driver is likely to handle in one step.
func manyKeys(t *testing.T, l leases) {
	const many = 700
	keys, items := make([]string, many), make([]drivers.Item, many)
	for i := range keys {
		keys[i] = fmt.Sprint("leased ", i)
		items[i] = drivers.Item{Key: keys[i], Value: fmt.Append(nil, i)}
	}
	got, err := l.Acquire(l.d.ctx, keys, "bulk", lockTTL, false)
	if err != nil || len(got) != many {
		t.Fatalf("Acquire of %d keys = %d leases, %v", many, len(got), err)
	}
	stored, err := l.Fill(l.d.ctx, items, "bulk", 0)
	if err != nil || len(stored) != many {
		t.Fatalf("Fill of %d items = %d results, %v", many, len(stored), err)
	}
	for i, key := range keys {
		if !got[i].Won || !stored[i] {
			t.Fatalf("%s of many: won %t, stored %t", key, got[i].Won, stored[i])
		}
		l.d.wantValue(key, fmt.Sprint(i))
	}
}

// leaseRace: of loads and forgets at once, no load that began before a forget is there after it.
func leaseRace(t *testing.T, l leases) {
	var wins atomic.Int64
	race(func(i int) {
		got, err := l.Acquire(l.d.ctx, []string{"race"}, fmt.Sprint(i), lockTTL, false)
		if err != nil || len(got) != 1 {
			t.Errorf("Acquire = %d leases, %v", len(got), err)
			return
		}
		if got[0].Won {
			wins.Add(1)
		}
	})
	wantEqual(t, "winners of 64 calls of Acquire", wins.Load(), 1)
	l.d.forget("race")

	var version atomic.Int64 // of the data behind the cache
	race(func(i int) {
		for j := range 5 {
			if i%4 == 0 {
				version.Add(1)
				if err := l.d.Forget(l.d.ctx, "race"); err != nil {
					t.Errorf("Forget: %v", err)
				}
				continue
			}
			loadOnce(t, l, fmt.Sprint(i, " ", j), &version)
		}
	})
	if value, found := l.d.get("race"); found && value != fmt.Sprint(version.Load()) {
		t.Errorf("after the last Forget the value is of version %s; the data's is %d", value, version.Load())
	}
}

func loadOnce(t *testing.T, l leases, token string, version *atomic.Int64) {
	got, err := l.Acquire(l.d.ctx, []string{"race"}, token, lockTTL, false)
	if err != nil || len(got) != 1 || !got[0].Won {
		if err != nil {
			t.Errorf("Acquire: %v", err)
		}
		return
	}
	item := drivers.Item{Key: "race", Value: fmt.Append(nil, version.Load())}
	if _, err := l.Fill(l.d.ctx, []drivers.Item{item}, token, 0); err != nil {
		t.Errorf("Fill: %v", err)
	}
}
