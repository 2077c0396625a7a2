// Package driver is a complete driver of one's own: a map behind a mutex. It registers itself under the
// name "map", so a program that imports it can be configured with CACHE_DRIVER=map. Its test runs the
// contract that every driver keeps.
package driver

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func init() {
	drivers.Drivers().Register("map", func(_ context.Context, cfg drivers.StoreConfig) (drivers.Driver, error) {
		if cfg.Host != "" {
			return nil, &drivers.ConfigError{Driver: "map", Field: "Host", Reason: "the store is in this process; leave it empty"}
		}
		return &Driver{entries: map[string]entry{}}, nil
	})
}

// Driver keeps values in a map until they expire, and frees them when they are read. A real one would
// also bound its size.
type Driver struct {
	mu      sync.Mutex
	entries map[string]entry // guarded by mu
	closed  bool             // guarded by mu
}

type entry struct {
	value   []byte
	expires time.Time // zero: never
}

// do runs one operation: under the lock, on an open store, for a ctx that is still good.
func (d *Driver) do(ctx context.Context, ttl time.Duration, op func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return drivers.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	case ttl < 0:
		return fmt.Errorf("%w: %v", drivers.ErrTTL, ttl)
	}
	return op()
}

// live returns the entry of key unless it has expired.
func (d *Driver) live(key string) (entry, bool) {
	e, ok := d.entries[key]
	if ok && !e.expires.IsZero() && !time.Now().Before(e.expires) {
		delete(d.entries, key)
		return entry{}, false
	}
	return e, ok
}

func (d *Driver) set(key string, value []byte, ttl time.Duration) {
	e := entry{value: bytes.Clone(value)}
	if ttl > 0 {
		e.expires = time.Now().Add(ttl)
	}
	d.entries[key] = e
}

// Get implements drivers.Driver.
func (d *Driver) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	err = d.do(ctx, 0, func() error {
		var e entry
		e, found = d.live(key)
		value = bytes.Clone(e.value)
		return nil
	})
	return value, found, err
}

// Put implements drivers.Driver.
func (d *Driver) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return d.do(ctx, ttl, func() error {
		d.set(key, value, ttl)
		return nil
	})
}

// Add implements drivers.Driver.
func (d *Driver) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (added bool, err error) {
	err = d.do(ctx, ttl, func() error {
		if _, taken := d.live(key); !taken {
			d.set(key, value, ttl)
			added = true
		}
		return nil
	})
	return added, err
}

// Forget implements drivers.Driver.
func (d *Driver) Forget(ctx context.Context, keys ...string) error {
	return d.do(ctx, 0, func() error {
		for _, key := range keys {
			delete(d.entries, key)
		}
		return nil
	})
}

// Flush implements drivers.Driver.
func (d *Driver) Flush(ctx context.Context) error {
	return d.do(ctx, 0, func() error {
		clear(d.entries)
		return nil
	})
}

// Increment implements drivers.Driver. An existing number keeps the time it has left.
func (d *Driver) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (sum int64, err error) {
	err = d.do(ctx, ttl, func() error {
		e, ok := d.live(key)
		if !ok {
			d.set(key, drivers.AppendNumber(nil, delta), ttl)
			sum = delta
			return nil
		}
		n, err := drivers.ParseNumber(e.value)
		if err != nil {
			return err
		}
		if sum, err = drivers.AddNumber(n, delta); err != nil {
			return err
		}
		e.value = drivers.AppendNumber(nil, sum)
		d.entries[key] = e
		return nil
	})
	return sum, err
}

// Close implements drivers.Driver.
func (d *Driver) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed, d.entries = true, nil
	return nil
}
