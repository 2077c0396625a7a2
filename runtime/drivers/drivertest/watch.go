package drivertest

import (
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// watcher: every lock that is given back is told of, however the watch and the giving back meet.
func (s *suite) watcher(t *testing.T) {
	d, l := s.locker(t)
	w, ok := d.Driver.(drivers.Watcher)
	if !ok {
		t.Skip("the driver is no Watcher")
	}
	watch := func(name string) (<-chan struct{}, func()) {
		t.Helper()
		wake, stop, err := w.Watch(d.ctx, name)
		if err != nil {
			t.Fatalf("Watch(%q): %v", name, err)
		}
		return wake, stop
	}
	for i, name := range append([]string{"plain"}, awkward[:12]...) {
		l.grant(name, "one", lockTTL)
		first, stop := watch(name)
		second, stopSecond := watch(name)
		if i%2 == 0 {
			l.unlock(name, "one")
		} else {
			l.force(name)
		}
		wantWake(t, name, first)
		stop()
		stop() // once more is no error
		wantWake(t, name, second)
		l.grant(name, "two", lockTTL)
		l.unlock(name, "two")
		wantWake(t, name, second)
		stopSecond()
	}
	handOver(t, l, watch)
}

func wantWake(t *testing.T, name string, wake <-chan struct{}) {
	t.Helper()
	select {
	case <-wake:
	case <-time.After(promptly):
		t.Fatalf("nobody was told within %v that the lock %q was given back", promptly, name)
	}
}

// handOver has two owners take turns by nothing but wake-ups: one that is lost ends the test.
func handOver(t *testing.T, l locks, watch func(string) (<-chan struct{}, func())) {
	const turns = 200
	race2(func(i int) {
		owner := string(rune('A' + i))
		wake, stop := watch("ball")
		defer stop()
		for range turns {
			for {
				g, err := l.Lock(l.d.ctx, "ball", owner, lockTTL)
				if err != nil {
					t.Errorf("Lock: %v", err)
					return
				}
				if g.Won() {
					break
				}
				select {
				case <-wake:
				case <-time.After(promptly):
					t.Errorf("a wake-up was lost")
					return
				}
			}
			if _, err := l.Unlock(l.d.ctx, "ball", owner); err != nil {
				t.Errorf("Unlock: %v", err)
			}
		}
	})
}

// race2 is race for two.
func race2(fn func(i int)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn(0)
	}()
	fn(1)
	<-done
}
