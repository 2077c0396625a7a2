// Package drivertest is the contract of [drivers.Driver] as a test suite. It uses the standard
// library only, so that a driver kept anywhere can run it:
//
//	func TestDriver(t *testing.T) {
//		backend := startBackend(t)
//		store := func(t *testing.T, prefix, name string) drivers.Driver {
//			d, err := mydriver.Open(t.Context(), drivers.StoreConfig{Addr: backend, Prefix: prefix, Name: name})
//			if err != nil {
//				t.Fatal(err)
//			}
//			return d
//		}
//		n := 0
//		drivertest.Run(t, func(t *testing.T) drivers.Driver {
//			n++
//			return store(t, fmt.Sprint("test", n), "")
//		}, drivertest.Caps{OpenStore: store})
//	}
//
// The abilities [drivers.Batcher], [drivers.Locker], [drivers.Watcher], [drivers.Leaser],
// [drivers.Limiter], [drivers.Scanner], [drivers.Pinger] and [drivers.Sizer] are tested where the
// driver has them.
package drivertest

import (
	"context"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Caps tells the suite what it cannot see from outside. The zero value describes a driver that
// keeps real time and shares its backend with nothing.
type Caps struct {
	// Advance moves the clock of every open driver forward. If it is nil the suite waits, for
	// some milliseconds at a time.
	Advance func(d time.Duration)

	// OpenStore opens the store with the given name on the one backend that all these stores
	// share, under the given prefix, or under a prefix that begins with what the backend's test
	// keeps for itself and ends in the given one. If it is nil, each store is taken to be a
	// backend of its own, and the isolation of stores is not tested.
	OpenStore func(t *testing.T, prefix, name string) drivers.Driver
}

// Run runs the suite. Each call of open returns a driver on an empty namespace that nothing else
// uses; the suite closes it. The subtests do not run in parallel.
func Run(t *testing.T, open func(t *testing.T) drivers.Driver, caps Caps) {
	t.Helper()
	s := &suite{open: open, caps: caps}
	for _, c := range []struct {
		name string
		run  func(*suite, *testing.T)
	}{
		{"Values", (*suite).values},
		{"Ownership", (*suite).ownership},
		{"Keys", (*suite).keys},
		{"TTL", (*suite).ttl},
		{"Add", (*suite).add},
		{"Forget", (*suite).forget},
		{"Flush", (*suite).flush},
		{"Isolation", (*suite).isolation},
		{"Counters", (*suite).counters},
		{"CounterTTL", (*suite).counterTTL},
		{"CounterErrors", (*suite).counterErrors},
		{"Contexts", (*suite).contexts},
		{"Close", (*suite).closing},
		{"Batcher", (*suite).batcher},
		{"Locker", (*suite).locking},
		{"Fence", (*suite).fencing},
		{"Extend", (*suite).extending},
		{"Watcher", (*suite).watcher},
		{"Leaser", (*suite).leaser},
		{"Limiter", (*suite).limiter},
		{"Scanner", (*suite).scanner},
		{"Pinger", (*suite).pinger},
		{"Sizer", (*suite).sizer},
		{"History", (*suite).history},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(s, t) })
	}
}

type suite struct {
	open func(t *testing.T) drivers.Driver
	caps Caps
}

// driver opens a fresh driver, closed at the end of the test, and wraps it in checks.
func (s *suite) driver(t *testing.T) *checked {
	t.Helper()
	return check(t, s.open(t))
}

// store opens a store on the shared backend, empties it, and wraps it in checks.
func (s *suite) store(t *testing.T, prefix, name string) *checked {
	t.Helper()
	c := check(t, s.caps.OpenStore(t, prefix, name))
	c.flush()
	return c
}

func check(t *testing.T, d drivers.Driver) *checked {
	t.Helper()
	if d == nil {
		t.Fatal("the opened driver is nil")
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return &checked{Driver: d, t: t, ctx: context.Background()}
}
