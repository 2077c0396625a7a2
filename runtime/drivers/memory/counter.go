package memory

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Increment implements drivers.Driver.
func (d *Driver) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (int64, error) {
	if err := d.ready(ctx, ttl); err != nil {
		return 0, err
	}
	s := d.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	c, found, err := d.number(s, key)
	if err != nil {
		return 0, err
	}
	if !found {
		c.deadline = d.clock.deadline(ttl)
	}
	if c.value, err = drivers.AddNumber(c.value, delta); err != nil {
		return 0, err
	}
	// The counter is in place before the value goes, so that a reader always finds one of them.
	if err := s.counters.put(key, c); err != nil {
		return 0, err
	}
	values(d).Invalidate(key)
	s.leases.drop(key)
	return c.value, nil
}

// number returns the counter of key, or its value as one.
func (d *Driver) number(s *shard, key string) (c timed[int64], found bool, err error) {
	if c, found = s.counters.get(d.clock, key); found {
		return c, true, nil
	}
	old := d.cell(key)
	if old == nil {
		return timed[int64]{}, false, nil
	}
	n, err := old.number()
	return timed[int64]{n, old.deadline}, true, err
}
