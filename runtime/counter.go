package cache

import (
	"context"
	"reflect"
)

// Counter is a typed handle on numbers that are changed atomically. Its first increment sets the time
// to live, in the same step; later ones keep it. Make one with [NewCounter].
type Counter[K comparable] struct {
	core      core
	appendKey func(dst []byte, k K) ([]byte, error)
}

// NewCounter returns a typed counter on a store of m. Of s it uses what concerns keys, the TTL and the
// store. It never fails, as NewCache.
func NewCounter[K comparable](m *Manager, s Spec[K, int64]) *Counter[K] {
	c := &Counter[K]{appendKey: s.AppendKey}
	c.core.init(m, settingsOf(&s), reflect.TypeFor[int64](), types{})
	return c
}

// Key returns the key of k.
func (c *Counter[K]) Key(k K) (string, error) {
	if c.appendKey == nil {
		return "", c.core.err
	}
	return keyString(c.core.name, c.appendKey, k)
}

// Increment adds n, which may be negative, and returns the new count. A missing counter counts as 0.
func (c *Counter[K]) Increment(ctx context.Context, k K, n int64) (int64, error) {
	key, err := c.Key(k)
	if err != nil {
		return 0, err
	}
	return c.core.increment(ctx, key, n)
}

// Decrement subtracts n and returns the new count.
func (c *Counter[K]) Decrement(ctx context.Context, k K, n int64) (int64, error) {
	key, err := c.Key(k)
	if err != nil {
		return 0, err
	}
	return c.core.decrement(ctx, key, n)
}

// Get returns the count, 0 if there is none.
func (c *Counter[K]) Get(ctx context.Context, k K) (int64, error) {
	key, err := c.Key(k)
	if err != nil {
		return 0, err
	}
	v, _, err := c.core.get(ctx, key)
	n, _ := v.(int64)
	return n, err
}

// Forget removes the counter: it starts afresh.
func (c *Counter[K]) Forget(ctx context.Context, k K) error {
	key, err := c.Key(k)
	if err != nil {
		return err
	}
	return c.core.forget(ctx, []string{key})
}
