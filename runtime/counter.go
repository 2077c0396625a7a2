package cache

import (
	"context"
	"fmt"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
)

// Counter is a typed handle on numbers that are changed atomically. Its first increment sets the time
// to live, in the same step; later ones keep it. Make one with [NewCounter].
type Counter[K comparable] struct {
	cache *Cache[K, int64]
}

// NewCounter returns a typed counter on a store of m. Of s it uses what concerns keys, the TTL and the
// store. It never fails, as NewCache.
func NewCounter[K comparable](m *Manager, s Spec[K, int64]) *Counter[K] {
	return &Counter[K]{NewCache(m, s)}
}

// Key returns the key of k.
func (c *Counter[K]) Key(k K) (string, error) { return c.cache.Key(k) }

// Increment adds n, which may be negative, and returns the new count. A missing counter counts as 0.
func (c *Counter[K]) Increment(ctx context.Context, k K, n int64) (int64, error) {
	key, err := c.cache.Key(k)
	if err != nil {
		return 0, err
	}
	core := c.cache.core
	if err := core.ready(core.ttl); err != nil || core.disabled {
		return 0, err
	}
	sum, err := core.engine.Increment(ctx, key, n, core.ttl)
	return sum, core.result(event.Write, "increment", key, err)
}

// Decrement subtracts n and returns the new count.
func (c *Counter[K]) Decrement(ctx context.Context, k K, n int64) (int64, error) {
	if n == -n && n != 0 {
		return 0, fmt.Errorf("cachegen: %s: decrement by %d: %w", c.cache.spec.Name, n, drivers.ErrOverflow)
	}
	return c.Increment(ctx, k, -n)
}

// Get returns the count, 0 if there is none.
func (c *Counter[K]) Get(ctx context.Context, k K) (int64, error) {
	n, _, err := c.cache.Get(ctx, k)
	return n, err
}

// Forget removes the counter: it starts afresh.
func (c *Counter[K]) Forget(ctx context.Context, k K) error { return c.cache.Forget(ctx, k) }
