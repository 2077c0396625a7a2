package cache

import (
	"context"
	"time"
)

// Remember returns the value of k, or else what fn returns, which is stored. It is for loaders that
// cannot fail; prefer RememberE for all others. The error is the ctx's, or says that the cache
// cannot work.
func (c *Cache[K, V]) Remember(ctx context.Context, k K, fn func(ctx context.Context, k K) V) (V, error) {
	return c.remember(ctx, k, c.core.ttl, fn)
}

// RememberE returns the value of k, or else what fn returns. Callers that want k at the same time
// share one call of fn, which runs on a ctx of its own: with the values of the first caller's ctx,
// and cancelled when the last caller has left or the cache's timeout has passed.
//
// An error of fn is returned and nothing is stored. A nil value is returned and not stored. A value
// whose own key is not k is a *KeyMismatchError. A store that cannot be reached is an event, and fn
// is called.
func (c *Cache[K, V]) RememberE(ctx context.Context, k K, fn func(ctx context.Context, k K) (V, error)) (V, error) {
	return c.remember(ctx, k, c.core.ttl, fn)
}

// remember takes a loader of either kind.
func (c *Cache[K, V]) remember(ctx context.Context, k K, ttl time.Duration, fn any) (v V, err error) {
	key, err := c.Key(k)
	if err != nil {
		return v, err
	}
	x, ok, was, err := c.core.look(ctx, key, fn)
	if !ok && err == nil {
		x, err = c.core.load(ctx, &job{core: &c.core, key: key, ttl: ttl, k: k, fn: fn}, was)
	}
	v, _ = x.(V)
	return v, err
}

// RememberForever is Remember without a time to live.
func (c *Cache[K, V]) RememberForever(ctx context.Context, k K, fn func(ctx context.Context, k K) V) (V, error) {
	return c.remember(ctx, k, 0, fn)
}

// RememberForeverE is RememberE without a time to live.
func (c *Cache[K, V]) RememberForeverE(ctx context.Context, k K, fn func(ctx context.Context, k K) (V, error)) (V, error) {
	return c.remember(ctx, k, 0, fn)
}

// Refresh calls fn and overwrites the value of k with what it returns. It shares a load of k that is
// under way already: after a change of the data, use Forget or Put.
func (c *Cache[K, V]) Refresh(ctx context.Context, k K, fn func(ctx context.Context, k K) (V, error)) (v V, err error) {
	key, err := c.Key(k)
	if err != nil {
		return v, err
	}
	x, err := c.core.refresh(ctx, key, k, fn)
	v, _ = x.(V)
	return v, err
}

// Wrap returns fn behind the cache: a function of the same signature that calls RememberE.
func (c *Cache[K, V]) Wrap(fn func(ctx context.Context, k K) (V, error)) func(ctx context.Context, k K) (V, error) {
	return func(ctx context.Context, k K) (V, error) { return c.RememberE(ctx, k, fn) }
}
