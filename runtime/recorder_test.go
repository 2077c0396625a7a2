package cache_test

import (
	"sync"
	"testing"
	"testing/synctest"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/event"
)

// inBubble runs a test in a bubble of testing/synctest: time is its own, and it ends only when all of
// its goroutines have.
func inBubble(t *testing.T, test func(t *testing.T)) { synctest.Test(t, test) }

// recorder is a listener that keeps what it was told.
type recorder struct {
	mu     sync.Mutex
	events []cache.Event
}

func (r *recorder) record(e cache.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// all returns the events of a kind.
func (r *recorder) all(k event.Kind) (out []cache.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.Kind == k {
			out = append(out, e)
		}
	}
	return out
}

func (r *recorder) count(k event.Kind) int { return len(r.all(k)) }

// kinds returns the kinds of all events so far, in their order, and forgets them.
func (r *recorder) kinds() (out []event.Kind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		out = append(out, e.Kind)
	}
	r.events = nil
	return out
}

func (r *recorder) has(k event.Kind) bool { return r.count(k) > 0 }

// refusedFills returns the count of the only cache, or of untyped calls, of that name.
func refusedFills(t testing.TB, m *cache.Manager, name string) uint64 {
	t.Helper()
	return stats(t, m, name).RefusedFills
}

// stats returns the row of a typed cache, or of the untyped calls of the only store.
func stats(t testing.TB, m *cache.Manager, name string) cache.CacheStats {
	t.Helper()
	for _, row := range m.Stats() {
		if row.Cache == name {
			return row
		}
	}
	t.Fatalf("no statistics of %q", name)
	return cache.CacheStats{}
}
