package memory

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Acquire implements drivers.Leaser. A live value is an error, as in Get.
func (d *Driver) Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, replace bool) ([]drivers.Lease, error) {
	if err := d.readyToHold(ctx, ttl); err != nil {
		return nil, err
	}
	leases := make([]drivers.Lease, len(keys))
	for i, key := range keys {
		var err error
		if leases[i], err = d.acquire(key, token, ttl, replace); err != nil {
			return leases, err
		}
	}
	return leases, nil
}

func (d *Driver) acquire(key, token string, ttl time.Duration, replace bool) (l drivers.Lease, err error) {
	s := d.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !replace {
		e, found := d.entry(s, key)
		if l.Value, err = e.bytes(); found {
			return l, err
		}
	}
	if held, ok := s.leases.get(d.clock, key); ok {
		return drivers.Lease{Holder: held.value, Left: d.clock.left(held.deadline)}, nil
	}
	err = s.leases.put(key, timed[string]{token, d.clock.deadline(ttl)})
	return drivers.Lease{Won: err == nil}, err
}

// holds reports whether token holds the lease of key. The shard is locked.
func (d *Driver) holds(s *shard, key, token string) bool {
	l, ok := s.leases.get(d.clock, key)
	return ok && l.value == token
}

// Fill implements drivers.Leaser.
func (d *Driver) Fill(ctx context.Context, items []drivers.Item, token string, ttl time.Duration) ([]bool, error) {
	if err := d.ready(ctx, ttl); err != nil {
		return nil, err
	}
	stored := make([]bool, len(items))
	for i, it := range items {
		stored[i] = d.fill(it, token, ttl)
	}
	return stored, nil
}

func (d *Driver) fill(it drivers.Item, token string, ttl time.Duration) bool {
	s := d.shard(it.Key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !d.holds(s, it.Key, token) {
		return false
	}
	d.set(s, it.Key, Entry{Bytes: owned(it.Value)}, ttl)
	return true
}

// Renew implements drivers.Leaser.
func (d *Driver) Renew(ctx context.Context, keys []string, token string, ttl time.Duration) ([]bool, error) {
	if err := d.ready(ctx, ttl); err != nil {
		return nil, err
	}
	held := make([]bool, len(keys))
	for i, key := range keys {
		s := d.shard(key)
		s.mu.Lock()
		if held[i] = d.holds(s, key, token); held[i] && ttl > 0 {
			s.leases.entries[key] = timed[string]{token, d.clock.deadline(ttl)}
		}
		s.mu.Unlock()
	}
	return held, nil
}

// Release implements drivers.Leaser.
func (d *Driver) Release(ctx context.Context, keys []string, token string) error {
	if err := d.ready(ctx, 0); err != nil {
		return err
	}
	for _, key := range keys {
		s := d.shard(key)
		s.mu.Lock()
		if d.holds(s, key, token) {
			s.leases.drop(key)
		}
		s.mu.Unlock()
	}
	return nil
}
