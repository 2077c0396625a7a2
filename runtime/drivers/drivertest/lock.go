package drivertest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// lockTTL is longer than any test holds a lock.
const lockTTL = time.Hour

// locks is a Locker whose methods fail the test on any error.
type locks struct {
	drivers.Locker
	d *checked
}

func (l locks) lock(name, owner string, ttl time.Duration) bool {
	l.d.t.Helper()
	won, err := l.Lock(l.d.ctx, name, owner, ttl)
	if err != nil {
		l.d.t.Fatalf("Lock(%q, %q): %v", name, owner, err)
	}
	return won.Won()
}

func (l locks) unlock(name, owner string) bool {
	l.d.t.Helper()
	held, err := l.Unlock(l.d.ctx, name, owner)
	if err != nil {
		l.d.t.Fatalf("Unlock(%q, %q): %v", name, owner, err)
	}
	return held
}

func (l locks) force(name string) {
	l.d.t.Helper()
	if err := l.ForceUnlock(l.d.ctx, name); err != nil {
		l.d.t.Fatalf("ForceUnlock(%q): %v", name, err)
	}
}

// locker opens a driver that can lock, or skips the test.
func (s *suite) locker(t *testing.T) (*checked, locks) {
	t.Helper()
	d := s.driver(t)
	locker, ok := d.Driver.(drivers.Locker)
	if !ok {
		t.Skip("the driver is no Locker")
	}
	return d, locks{locker, d}
}

func (s *suite) locking(t *testing.T) {
	d, l := s.locker(t)
	owners(t, l)
	apart(t, l)
	s.lockExpiry(t, l)
	lockRace(t, l)
	for _, ttl := range []time.Duration{0, -1, -time.Hour} {
		_, err := l.Lock(d.ctx, "refused", "o", ttl)
		wantError(t, "Lock without a positive ttl", err, drivers.ErrTTL)
	}
	wantEqual(t, "Lock after refused ones", l.lock("refused", "o", lockTTL), true)
}

// owners: one holds the lock, and only that one gives it back.
func owners(t *testing.T, l locks) {
	wantEqual(t, "Unlock of a free lock", l.unlock("first", "one"), false)
	wantEqual(t, "Lock of a free lock", l.lock("first", "one", lockTTL), true)
	wantEqual(t, "Lock of a held lock", l.lock("first", "two", lockTTL), false)
	wantEqual(t, "Lock of one's own lock", l.lock("first", "one", lockTTL), false)
	wantEqual(t, "Lock of another name", l.lock("second", "two", lockTTL), true)
	wantEqual(t, "Unlock by another owner", l.unlock("first", "two"), false)
	wantEqual(t, "Lock after a foreign Unlock", l.lock("first", "two", lockTTL), false)
	wantEqual(t, "Unlock by the owner", l.unlock("first", "one"), true)
	wantEqual(t, "the second Unlock", l.unlock("first", "one"), false)
	wantEqual(t, "Lock after Unlock", l.lock("first", "two", lockTTL), true)
	l.force("first")
	wantEqual(t, "Unlock after ForceUnlock", l.unlock("first", "two"), false)
	wantEqual(t, "Lock after ForceUnlock", l.lock("first", "three", lockTTL), true)
	l.force("never held")
}

// apart: a lock and a value of one name never meet, also under names that look like stored locks.
func apart(t *testing.T, l locks) {
	for _, name := range append([]string{"plain"}, awkward...) {
		l.d.put(name, "value", 0)
		wantEqual(t, "Lock of a name that has a value", l.lock(name, "o", lockTTL), true)
		l.d.wantValue(name, "value")
		l.d.forget(name)
		wantEqual(t, "Lock after Forget", l.lock(name, "p", lockTTL), false)
	}
	l.d.flush()
	for _, name := range awkward {
		l.d.wantMiss(name)
		wantEqual(t, "Lock after Flush", l.lock(name, "p", lockTTL), false)
		wantEqual(t, "Unlock after Flush", l.unlock(name, "o"), true)
	}
}

// lockExpiry: a lock ends by itself, and its late owner cannot end the next one's.
func (s *suite) lockExpiry(t *testing.T, l locks) {
	const ttl = 5 * time.Millisecond
	s.wantExpiry(t, ttl,
		func() { wantEqual(t, "Lock with a short ttl", l.lock("e", "one", ttl), true) },
		func() bool { return !l.lock("e", "two", lockTTL) })
	wantEqual(t, "Unlock by the late owner", l.unlock("e", "one"), false)
	wantEqual(t, "Unlock by the next owner", l.unlock("e", "two"), true)
}

func lockRace(t *testing.T, l locks) {
	var wins atomic.Int64
	race(func(i int) {
		won, err := l.Lock(l.d.ctx, "race", string(rune('A'+i)), lockTTL)
		if err != nil {
			t.Errorf("Lock: %v", err)
		}
		if won.Won() {
			wins.Add(1)
		}
	})
	wantEqual(t, "winners of 64 calls of Lock", wins.Load(), 1)
}
