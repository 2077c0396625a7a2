package memory

import (
	"hash/maphash"
	"sync"

	"github.com/cachegen/cachegen/runtime/drivers"
)

const shardCount = 64

// shard holds what belongs to a part of the keys apart from their values. Its mutex also orders the
// writes of these values, so that a key never has a value and a counter at once, nor a value that was
// changed beside a lease from before.
type shard struct {
	mu       sync.Mutex
	counters table[int64]
	locks    table[holder]
	leases   table[string] // tokens
	usages   table[drivers.Usage]
	watchers map[string][]chan struct{} // of locks
}

// quotas bound the tables of all shards.
type quotas struct {
	counters, locks, leases, usages quota
}

func (d *Driver) initShards(limit int64) {
	q := &d.quotas
	for _, kind := range []struct {
		quota *quota
		what  string
	}{{&q.counters, "counters"}, {&q.locks, "locks"}, {&q.leases, "leases"}, {&q.usages, "rate limits"}} {
		kind.quota.what, kind.quota.limit = kind.what, limit
	}
	for i := range d.shards {
		s := &d.shards[i]
		s.counters.quota, s.locks.quota, s.leases.quota, s.usages.quota = &q.counters, &q.locks, &q.leases, &q.usages
	}
}

func (d *Driver) shard(key string) *shard {
	return &d.shards[maphash.String(d.seed, key)%shardCount]
}

// sweep frees what has ended.
func (s *shard) sweep(c *clock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counters.sweep(c)
	s.locks.sweep(c)
	s.leases.sweep(c)
	s.usages.sweep(c)
}

// flush drops what Flush ends. It is called with the shard locked.
func (s *shard) flush() {
	s.counters.clear()
	s.leases.clear()
	s.usages.clear()
}
