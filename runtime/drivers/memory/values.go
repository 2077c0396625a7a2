package memory

import (
	"bytes"
	"context"
	"fmt"
	"time"
	"unsafe"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Lookup returns the live value of key, or Encoded bytes. It allocates nothing and does not keep key.
// false may also mean that key has a counter, or that the driver is closed: [Driver.Find] knows.
func (d *Driver) Lookup(key []byte) (live any, ok bool) {
	// otter does not keep the key of a lookup, so it may be a view of the caller's buffer.
	c, ok := values(d).GetIfPresent(unsafe.String(unsafe.SliceData(key), len(key)))
	if !ok || d.clock.passed(c.deadline) {
		return nil, false
	}
	return c.live, true
}

// Find returns the entry of key. A counter is returned as an entry with its digits.
func (d *Driver) Find(ctx context.Context, key string) (Entry, bool, error) {
	if err := d.ready(ctx, 0); err != nil {
		return Entry{}, false, err
	}
	if c := d.cell(key); c != nil {
		return c.entry(), true, nil
	}
	s := d.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := d.entry(s, key)
	return e, ok, nil
}

// entry returns the entry of key, whose shard is locked.
func (d *Driver) entry(s *shard, key string) (Entry, bool) {
	if c, ok := s.counters.get(d.clock, key); ok {
		return Entry{Bytes: drivers.AppendNumber(nil, c.value)}, true
	}
	if c := d.cell(key); c != nil {
		return c.entry(), true
	}
	return Entry{}, false
}

// cell returns the unexpired cell of key, or nil.
func (d *Driver) cell(key string) *cell {
	c, ok := values(d).GetIfPresent(key)
	if !ok || d.clock.passed(c.deadline) {
		return nil
	}
	return c
}

// Store puts e under key. The store owns e from then on.
func (d *Driver) Store(ctx context.Context, key string, e Entry, ttl time.Duration) error {
	if err := d.ready(ctx, ttl); err != nil {
		return err
	}
	s := d.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	d.set(s, key, e, ttl)
	return nil
}

// StoreNew is Store for a key that has no value yet. It reports whether it stored e.
func (d *Driver) StoreNew(ctx context.Context, key string, e Entry, ttl time.Duration) (bool, error) {
	if err := d.ready(ctx, ttl); err != nil {
		return false, err
	}
	s := d.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := d.entry(s, key); taken {
		return false, nil
	}
	d.set(s, key, e, ttl)
	return true, nil
}

// set is called with the shard locked. The value is in place before the counter goes, so that a
// reader that asks under the lock always finds one of them. The old cell goes first: otter would keep
// its key, and with it the old value, as the key of the new cell.
func (d *Driver) set(s *shard, key string, e Entry, ttl time.Duration) {
	own, c := newCell(key, e, d.clock.deadline(ttl))
	values(d).Invalidate(key)
	values(d).Set(own, c)
	s.counters.drop(key)
	s.leases.drop(key)
}

// Get implements drivers.Driver.
func (d *Driver) Get(ctx context.Context, key string) ([]byte, bool, error) {
	e, ok, err := d.Find(ctx, key)
	if err != nil || !ok {
		return nil, false, err
	}
	value, err := e.bytes()
	return value, err == nil, err
}

// bytes returns the value of e for a caller who wants bytes, and who owns them.
func (e Entry) bytes() ([]byte, error) {
	if e.Live != nil {
		return nil, fmt.Errorf("cachegen/drivers/memory: get: the entry is a live %T and has no bytes: %w", e.Live, drivers.ErrUnsupported)
	}
	return owned(e.Bytes), nil
}

// owned returns a copy that is never nil.
func owned(b []byte) []byte { return append(make([]byte, 0, len(b)), b...) }

// Put implements drivers.Driver.
func (d *Driver) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return d.Store(ctx, key, Entry{Bytes: bytes.Clone(value)}, ttl)
}

// Add implements drivers.Driver.
func (d *Driver) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	return d.StoreNew(ctx, key, Entry{Bytes: bytes.Clone(value)}, ttl)
}

// Forget implements drivers.Driver.
func (d *Driver) Forget(ctx context.Context, keys ...string) error {
	if err := d.ready(ctx, 0); err != nil {
		return err
	}
	for _, key := range keys {
		d.forget(key)
	}
	return nil
}

func (d *Driver) forget(key string) {
	s := d.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counters.drop(key)
	s.leases.drop(key)
	values(d).Invalidate(key)
}

// Flush implements drivers.Driver.
func (d *Driver) Flush(ctx context.Context) error {
	if err := d.ready(ctx, 0); err != nil {
		return err
	}
	for i := range d.shards {
		d.shards[i].mu.Lock()
		defer d.shards[i].mu.Unlock()
	}
	values(d).InvalidateAll()
	for i := range d.shards {
		d.shards[i].flush()
	}
	return nil
}

// GetMany implements drivers.Batcher.
func (d *Driver) GetMany(ctx context.Context, keys []string) ([][]byte, error) {
	out := make([][]byte, len(keys))
	for i, key := range keys {
		value, _, err := d.Get(ctx, key)
		if err != nil {
			return out, err
		}
		out[i] = value
	}
	return out, nil
}

// PutMany implements drivers.Batcher.
func (d *Driver) PutMany(ctx context.Context, items []drivers.Item, ttl time.Duration) error {
	for _, it := range items {
		if err := d.Put(ctx, it.Key, it.Value, ttl); err != nil {
			return err
		}
	}
	return nil
}
