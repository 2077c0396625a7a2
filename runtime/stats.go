package cache

import (
	"slices"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/cachegen/cachegen/runtime/event"
)

// CacheStats counts what happened in one typed cache, counter or limit, or in the untyped calls of one store, since
// the manager was made.
type CacheStats struct {
	Cache string // its name; "" for a store's untyped calls
	Store string // the store's name

	Hits         uint64
	Misses       uint64
	Loads        uint64 // loads that succeeded
	Errors       uint64 // loads, and calls of the store, that failed
	RefusedFills uint64 // loaded values that were not stored, since their key was invalidated meanwhile
	OverLimit    uint64 // takings that a rate limit refused

	// Entries and Bytes are what the store holds, in the row of its untyped calls, and 0
	// elsewhere or where the driver cannot tell.
	Entries int64
	Bytes   int64
}

// counts is the live form of CacheStats. Hits are spread over several cache lines, since they are counted
// by many goroutines at once.
type counts struct {
	hits [8]struct {
		n atomic.Uint64
		_ [56]byte
	}
	misses, loads, errors, refused, over atomic.Uint64
}

// hit counts a hit for the goroutine that has key on its stack: where that is tells goroutines apart, which
// a popular key does not. Any other key will do too.
func (c *counts) hit(key []byte) {
	at := uintptr(unsafe.Pointer(unsafe.SliceData(key)))
	c.hits[(at>>10^at>>13)%uintptr(len(c.hits))].n.Add(1)
}

// many counts the hits and misses of one call.
func (c *counts) many(hits, misses int) {
	c.hits[0].n.Add(uint64(hits))
	c.misses.Add(uint64(misses))
}

func (c *counts) count(k event.Kind) {
	switch k {
	case event.Hit:
		c.hits[0].n.Add(1)
	case event.Miss:
		c.misses.Add(1)
	case event.Load:
		c.loads.Add(1)
	case event.LoadError, event.StoreError, event.DecodeError:
		c.errors.Add(1)
	case event.RefusedFill:
		c.refused.Add(1)
	case event.OverLimit:
		c.over.Add(1)
	}
}

func (c *counts) stats(cache, store string) CacheStats {
	s := CacheStats{
		Cache: cache, Store: store,
		Misses: c.misses.Load(), Loads: c.loads.Load(), Errors: c.errors.Load(), RefusedFills: c.refused.Load(),
		OverLimit: c.over.Load(),
	}
	for i := range c.hits {
		s.Hits += c.hits[i].n.Load()
	}
	return s
}

// Stats returns the counts of every store and typed cache, sorted by store and cache. A typed cache
// that was made several times has one row.
func (m *Manager) Stats() []CacheStats {
	var out []CacheStats
	m.mu.Lock()
	for name, s := range m.stores {
		row := s.counts.stats("", name)
		row.Entries, row.Bytes = s.engine.Size()
		out = append(out, row)
	}
	for _, d := range m.caches {
		out = append(out, d.counts.stats(d.name, d.store))
	}
	m.mu.Unlock()
	slices.SortFunc(out, func(a, b CacheStats) int {
		return strings.Compare(a.Store+"\x00"+a.Cache, b.Store+"\x00"+b.Cache)
	})
	return out
}
