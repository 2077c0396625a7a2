package drivertest

import (
	"sync"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func (l locks) extend(name, owner string, ttl time.Duration) bool {
	l.d.t.Helper()
	held, err := l.Extend(l.d.ctx, name, owner, ttl)
	if err != nil {
		l.d.t.Fatalf("Extend(%q, %q): %v", name, owner, err)
	}
	return held
}

func (l locks) fence(name, owner string) int64 {
	l.d.t.Helper()
	n, err := l.Fence(l.d.ctx, name, owner)
	if err != nil {
		l.d.t.Fatalf("Fence(%q, %q): %v", name, owner, err)
	}
	return n
}

// grant takes a lock that is free.
func (l locks) grant(name, owner string, ttl time.Duration) int64 {
	l.d.t.Helper()
	g, err := l.Lock(l.d.ctx, name, owner, ttl)
	if err != nil || !g.Won() || g.Left != 0 {
		l.d.t.Fatalf("Lock(%q, %q) of a free lock = %+v, %v", name, owner, g, err)
	}
	return g.Fence
}

// fencing: every grant of a name has a larger number than all before it, and its holder can ask for
// it.
func (s *suite) fencing(t *testing.T) {
	d, l := s.locker(t)
	const name = "fenced"
	first := l.grant(name, "one", lockTTL)
	wantEqual(t, "Fence of the holder", l.fence(name, "one"), first)
	wantEqual(t, "Fence of another", l.fence(name, "two"), 0)
	wantEqual(t, "Fence of a free lock", l.fence("free", "one"), 0)
	refused, err := l.Lock(d.ctx, name, "two", lockTTL)
	if err != nil || refused.Won() || refused.Left < 0 || refused.Left > lockTTL+time.Second {
		t.Errorf("Lock of a held lock = %+v, %v; want no fence, and at most what is left of %v", refused, err, lockTTL)
	}
	last := first
	for i, end := range []func(){
		func() { l.unlock(name, "one") },
		func() { l.force(name) },
		func() { l.unlock(name, "owner"); d.flush() },
		func() { l.unlock(name, "owner"); d.put(name, "1", 0); d.increment(name, 1, 0) },
	} {
		end()
		next := l.grant(name, "owner", lockTTL)
		if next <= last {
			t.Errorf("grant %d has the fence %d after %d", i, next, last)
		}
		last = next
	}
	l.unlock(name, "owner")
	wantEqual(t, "Fence after Unlock", l.fence(name, "owner"), 0)
	s.fenceAfterExpiry(t, l, last)
	fenceRace(t, l)
}

func (s *suite) fenceAfterExpiry(t *testing.T, l locks, last int64) {
	const ttl = 5 * time.Millisecond
	s.wantExpiry(t, ttl,
		func() { last = max(last, l.grant("fenced", "late", ttl)) },
		func() bool { return l.fence("fenced", "late") != 0 })
	if next := l.grant("fenced", "next", lockTTL); next <= last {
		t.Errorf("the grant after an expired one has the fence %d after %d", next, last)
	}
	wantEqual(t, "Extend by the late owner", l.extend("fenced", "late", lockTTL), false)
	wantEqual(t, "Fence of the late owner", l.fence("fenced", "late"), 0)
	wantEqual(t, "Unlock by the next owner", l.unlock("fenced", "next"), true)
}

// fenceRace: owners that take turns as fast as they can see numbers that grow.
func fenceRace(t *testing.T, l locks) {
	const each = 5
	var mu sync.Mutex // held while the lock is: it only orders what the test writes down
	var fences []int64
	race(func(i int) {
		owner := string(rune('A' + i))
		for range each {
			g, err := l.Lock(l.d.ctx, "turns", owner, lockTTL)
			if err != nil {
				t.Errorf("Lock: %v", err)
				return
			}
			if !g.Won() {
				continue
			}
			mu.Lock()
			fences = append(fences, g.Fence)
			mu.Unlock()
			if held, err := l.Unlock(l.d.ctx, "turns", owner); err != nil || !held {
				t.Errorf("Unlock by the holder = %t, %v", held, err)
			}
		}
	})
	for i := 1; i < len(fences); i++ {
		if fences[i] <= fences[i-1] {
			t.Fatalf("grant %d has the fence %d after %d", i, fences[i], fences[i-1])
		}
	}
}

// extending: the holder can give itself more time, or less, and nobody else can.
func (s *suite) extending(t *testing.T) {
	_, l := s.locker(t)
	wantEqual(t, "Extend of a free lock", l.extend("x", "one", lockTTL), false)
	wantEqual(t, "Lock after Extend of a free lock", l.lock("x", "one", lockTTL), true)
	fence := l.fence("x", "one")
	wantEqual(t, "Extend by another", l.extend("x", "two", time.Millisecond), false)
	wantEqual(t, "Extend by the holder", l.extend("x", "one", 2*lockTTL), true)
	wantEqual(t, "Fence after Extend", l.fence("x", "one"), fence)
	for _, ttl := range []time.Duration{0, -1} {
		_, err := l.Extend(l.d.ctx, "x", "one", ttl)
		wantError(t, "Extend without a positive ttl", err, drivers.ErrTTL)
	}
	const ttl = 5 * time.Millisecond
	s.wantExpiry(t, ttl,
		func() { wantEqual(t, "Extend by the holder", l.extend("x", "one", ttl), true) },
		func() bool { return l.fence("x", "one") != 0 })
	wantEqual(t, "Extend by a late owner", l.extend("x", "one", lockTTL), false)
	patiently(t, func(ttl time.Duration) (inTime bool) {
		l.force("y")
		l.grant("y", "one", ttl)
		if inTime = l.extend("y", "one", lockTTL); inTime && s.caps.Advance != nil {
			s.caps.Advance(2 * ttl)
			wantEqual(t, "Fence of an extended lock after its first end", l.fence("y", "one") != 0, true)
		}
		return inTime
	})
}
