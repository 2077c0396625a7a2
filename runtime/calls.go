package cache

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// The calls of a typed cache that have no loader, with keys as strings and values as any.

func (c *core) get(ctx context.Context, key string) (v any, ok bool, err error) {
	if err := c.ready(0); err != nil || c.disabled {
		return nil, false, err
	}
	f, ok, err := c.engine.Find(ctx, key)
	if err != nil {
		return nil, false, c.result(event.Miss, "get", key, err)
	}
	if ok {
		v, ok, err = c.decode(key, f)
	}
	k := event.Miss
	if ok {
		k = event.Hit
	}
	c.report(k, "get", key, nil)
	return v, ok, err
}

func (c *core) put(ctx context.Context, key string, v any, ttl time.Duration) error {
	if err := c.ready(ttl); err != nil || c.disabled {
		return err
	}
	form, err := c.storable(ctx, key, v, ttl)
	if err != nil {
		return err
	}
	return c.result(event.Write, "put", key, c.engine.Put(ctx, key, form, ttl))
}

func (c *core) add(ctx context.Context, key string, v any, ttl time.Duration) (bool, error) {
	if err := c.ready(ttl); err != nil || c.disabled {
		return false, err
	}
	form, err := c.storable(ctx, key, v, ttl)
	if err != nil {
		return false, err
	}
	added, err := c.engine.Add(ctx, key, form, ttl)
	return added, c.result(event.Write, "add", key, err)
}

// storable encodes a value that the caller wants stored: unlike a loaded one, it must not be nil. Only
// an open store tells whether it takes live values.
func (c *core) storable(ctx context.Context, key string, v any, ttl time.Duration) (engine.Stored, error) {
	if c.isNil(v) {
		return engine.Stored{}, fmt.Errorf("cachegen: %s: %w", c.name, engine.ErrNilValue)
	}
	if _, err := c.engine.Driver(ctx); err != nil {
		return engine.Stored{}, c.result(event.StoreError, "open", key, err)
	}
	return c.encode(key, v, ttl, 0)
}

func (c *core) forget(ctx context.Context, keys []string) error {
	if err := c.ready(0); err != nil || len(keys) == 0 {
		return err
	}
	return c.result(event.Forget, "forget", keys[0], c.engine.Forget(ctx, keys))
}

func (c *core) lock(key string, err error, ttl time.Duration) Lock {
	return newLock(c.engine, key, ttl, cmp.Or(c.err, err))
}

func (c *core) increment(ctx context.Context, key string, n int64) (int64, error) {
	if err := c.ready(c.ttl); err != nil || c.disabled {
		return 0, err
	}
	sum, err := c.engine.Increment(ctx, key, n, c.ttl)
	return sum, c.result(event.Write, "increment", key, err)
}

func (c *core) decrement(ctx context.Context, key string, n int64) (int64, error) {
	if n == -n && n != 0 {
		return 0, fmt.Errorf("cachegen: %s: decrement by %d: %w", c.name, n, drivers.ErrOverflow)
	}
	return c.increment(ctx, key, -n)
}
