package drivertest

import (
	"runtime"
	"testing"
	"time"
)

// goneAfter returns when an entry must not be seen any more. A store may count in milliseconds: it
// rounds a fraction up, and cannot tell the millisecond under way from a whole one.
func goneAfter(ttl time.Duration) time.Duration {
	whole := (ttl + time.Millisecond - 1).Truncate(time.Millisecond)
	return whole + time.Millisecond
}

// wantExpiry checks that present sees what write stores until ttl has passed, and not for long
// after.
func (s *suite) wantExpiry(t *testing.T, ttl time.Duration, write func(), present func() bool) {
	t.Helper()
	if s.caps.Advance == nil {
		wantRealExpiry(t, ttl, write, present)
		return
	}
	write()
	before := max(0, ttl-time.Millisecond)
	s.caps.Advance(before)
	if !present() {
		t.Fatalf("an entry with %v to live is gone after %v", ttl, before)
	}
	s.caps.Advance(goneAfter(ttl) - before)
	if present() {
		t.Fatalf("an entry with %v to live is still there after %v", ttl, goneAfter(ttl))
	}
}

// wantRealExpiry asks until the entry is gone. Each answer is judged by what is certain: the entry
// is younger than the time since before the write, and older than the time since after it.
func wantRealExpiry(t *testing.T, ttl time.Duration, write func(), present func() bool) {
	t.Helper()
	started := time.Now()
	write()
	written := time.Now()
	for {
		asked := time.Now()
		there := present()
		if younger := time.Since(started); !there && younger < ttl {
			t.Fatalf("an entry with %v to live was gone within %v", ttl, younger)
		}
		if older := asked.Sub(written); there && older >= goneAfter(ttl) {
			t.Fatalf("an entry with %v to live is still there after %v", ttl, older)
		}
		if !there {
			return
		}
		runtime.Gosched()
	}
}

// patiently runs attempt with a time to live that doubles until attempt reports that it was done
// before that time had passed: a machine that stalls must not fail a test.
func patiently(t *testing.T, attempt func(ttl time.Duration) (inTime bool)) {
	t.Helper()
	for ttl := 20 * time.Millisecond; ttl < 30*time.Second; ttl *= 2 {
		if attempt(ttl) {
			return
		}
	}
	t.Fatal("the entry was gone each time before it could be used")
}
