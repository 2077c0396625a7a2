package memory

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

const shardCount = 64

// shard holds the counters and locks of a part of the keys. Its mutex also orders the writes of
// these keys' values, so that a key never has a value and a counter at once.
type shard struct {
	mu       sync.Mutex
	counters map[string]*counter // lazily made; guarded by mu
	locks    map[string]lock     // lazily made; guarded by mu
}

type counter struct {
	value    int64
	deadline int64 // 0: never
}

type lock struct {
	owner    string
	deadline int64
}

// quota counts the counters, or the locks, of all shards.
type quota struct {
	used  atomic.Int64
	limit int64
}

func (d *Driver) shard(key string) *shard {
	return &d.shards[maphash.String(d.seed, key)%shardCount]
}

// counter returns the unexpired counter of key, or nil. It drops an expired one.
func (s *shard) counter(d *Driver, key string) *counter {
	c := s.counters[key]
	if c != nil && d.clock.passed(c.deadline) {
		s.dropCounter(d, key)
		return nil
	}
	return c
}

func (s *shard) dropCounter(d *Driver, key string) {
	if _, ok := s.counters[key]; ok {
		delete(s.counters, key)
		d.counters.used.Add(-1)
	}
}

func (s *shard) dropLock(d *Driver, name string) {
	if _, ok := s.locks[name]; ok {
		delete(s.locks, name)
		d.locks.used.Add(-1)
	}
}

// sweep frees what has expired.
func (s *shard) sweep(d *Driver) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, c := range s.counters {
		if d.clock.passed(c.deadline) {
			s.dropCounter(d, key)
		}
	}
	for name, l := range s.locks {
		if d.clock.passed(l.deadline) {
			s.dropLock(d, name)
		}
	}
}

// Increment implements drivers.Driver.
func (d *Driver) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (int64, error) {
	if err := d.ready(ctx, ttl); err != nil {
		return 0, err
	}
	s := d.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.counter(d, key); c != nil {
		sum, err := drivers.AddNumber(c.value, delta)
		if err == nil {
			c.value = sum
		}
		return sum, err
	}
	return d.startCounter(s, key, delta, ttl)
}

// startCounter makes a counter of key, from its value if it has one. The counter is in place before
// the value goes, so that a reader always finds one of them.
func (d *Driver) startCounter(s *shard, key string, delta int64, ttl time.Duration) (int64, error) {
	c := &counter{value: delta, deadline: d.clock.deadline(ttl)}
	if old := d.cell(key); old != nil {
		n, err := old.number()
		if err != nil {
			return 0, err
		}
		if c.value, err = drivers.AddNumber(n, delta); err != nil {
			return 0, err
		}
		c.deadline = old.deadline
	}
	if err := d.take(&d.counters, "counters"); err != nil {
		return 0, err
	}
	if s.counters == nil {
		s.counters = map[string]*counter{}
	}
	s.counters[key] = c
	d.values.Invalidate(key)
	return c.value, nil
}

func (d *Driver) take(q *quota, what string) error {
	if q.used.Add(1) > q.limit {
		q.used.Add(-1)
		return fmt.Errorf("cachegen/drivers/memory: more than %d %s; give them a time to live, or raise Options[max_counters]", q.limit, what)
	}
	return nil
}

// Lock implements drivers.Locker.
func (d *Driver) Lock(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	if err := d.ready(ctx, 0); err != nil {
		return false, err
	}
	if ttl <= 0 {
		return false, fmt.Errorf("%w: a lock needs a positive one, not %v", drivers.ErrTTL, ttl)
	}
	s := d.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, held := s.locks[name]; held && !d.clock.passed(l.deadline) {
		return false, nil
	}
	s.dropLock(d, name)
	if err := d.take(&d.locks, "locks"); err != nil {
		return false, err
	}
	if s.locks == nil {
		s.locks = map[string]lock{}
	}
	s.locks[name] = lock{owner: owner, deadline: d.clock.deadline(ttl)}
	return true, nil
}

// Unlock implements drivers.Locker.
func (d *Driver) Unlock(ctx context.Context, name, owner string) (bool, error) {
	if err := d.ready(ctx, 0); err != nil {
		return false, err
	}
	s := d.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	l, held := s.locks[name]
	if !held || l.owner != owner || d.clock.passed(l.deadline) {
		return false, nil
	}
	s.dropLock(d, name)
	return true, nil
}

// ForceUnlock implements drivers.Locker.
func (d *Driver) ForceUnlock(ctx context.Context, name string) error {
	if err := d.ready(ctx, 0); err != nil {
		return err
	}
	s := d.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropLock(d, name)
	return nil
}
