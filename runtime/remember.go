package cache

import (
	"context"
	"time"
)

// Remember returns the value of k, or else what fn returns, which is stored. It is for loaders that
// cannot fail; prefer RememberE for all others. The error is the ctx's, or says that the cache
// cannot work.
func (c *Cache[K, V]) Remember(ctx context.Context, k K, fn func(ctx context.Context, k K) V) (V, error) {
	return c.RememberE(ctx, k, infallible(fn))
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

// remember makes nothing for a load, a closure for instance, before it knows that there is to be one.
func (c *Cache[K, V]) remember(ctx context.Context, k K, ttl time.Duration, fn func(context.Context, K) (V, error)) (v V, err error) {
	key, err := c.loadable(k, fn == nil)
	if err != nil {
		return v, err
	}
	v, ok, was, err := c.core.look(ctx, key, ttl)
	if ok || err != nil {
		return v, err
	}
	return c.core.load(ctx, key, ttl, was, c.loader(k, key, fn))
}

// RememberForever is Remember without a time to live.
func (c *Cache[K, V]) RememberForever(ctx context.Context, k K, fn func(ctx context.Context, k K) V) (V, error) {
	return c.RememberForeverE(ctx, k, infallible(fn))
}

// RememberForeverE is RememberE without a time to live.
func (c *Cache[K, V]) RememberForeverE(ctx context.Context, k K, fn func(ctx context.Context, k K) (V, error)) (V, error) {
	return c.remember(ctx, k, 0, fn)
}

// Refresh calls fn and overwrites the value of k with what it returns. It shares a load of k that is
// under way already: after a change of the data, use Forget or Put.
func (c *Cache[K, V]) Refresh(ctx context.Context, k K, fn func(ctx context.Context, k K) (V, error)) (V, error) {
	key, err := c.loadable(k, fn == nil)
	if err != nil {
		var zero V
		return zero, err
	}
	return c.core.refresh(ctx, key, c.loader(k, key, fn))
}

// Wrap returns fn behind the cache: a function of the same signature that calls RememberE.
func (c *Cache[K, V]) Wrap(fn func(ctx context.Context, k K) (V, error)) func(ctx context.Context, k K) (V, error) {
	return func(ctx context.Context, k K) (V, error) { return c.RememberE(ctx, k, fn) }
}

func (c *Cache[K, V]) loadable(k K, noLoader bool) (string, error) {
	if noLoader {
		return "", ErrNilLoader
	}
	return c.Key(k)
}

// loader binds fn to k and checks that it returns the value of k.
func (c *Cache[K, V]) loader(k K, key string, fn func(context.Context, K) (V, error)) func(context.Context) (V, error) {
	return func(ctx context.Context) (V, error) {
		v, err := fn(ctx, k)
		if err != nil {
			return v, err
		}
		return v, c.checkKey(key, v)
	}
}

func (c *Cache[K, V]) checkKey(key string, v V) error {
	if c.spec.KeyOf == nil || c.core.isNil(v) {
		return nil
	}
	got, err := c.Key(c.spec.KeyOf(v))
	if err != nil {
		return err
	}
	if got != key {
		return &KeyMismatchError{Cache: c.spec.Name, Want: key, Got: got}
	}
	return nil
}

// infallible makes a loader of one that returns no error; nil stays nil.
func infallible[K, V any](fn func(context.Context, K) V) func(context.Context, K) (V, error) {
	if fn == nil {
		return nil
	}
	return func(ctx context.Context, k K) (V, error) { return fn(ctx, k), nil }
}
