package cache

import (
	"context"
	"reflect"
	"time"
)

// RuntimeSupportsGeneratedCode1 is named by generated code, so that code which needs a newer runtime
// does not compile with this one.
const RuntimeSupportsGeneratedCode1 = true

// Cache is a typed handle on the values of one kind. Generated accessors are built on it, and it may
// be used by itself. It holds no state but counts: two of the same Spec on one manager are the same
// cache. Make one with [NewCache].
//
// A value that a method returns belongs to the caller, unless the cache shares its values; a value
// that is passed in may be kept by a cache that shares, and must then not be changed.
type Cache[K comparable, V any] struct {
	core  core
	spec  Spec[K, V]
	batch batch
}

// NewCache returns a typed cache on a store of m. It never fails: a mistake in the Spec, or a type
// that cannot be stored, is returned by every call and by m.Ready.
func NewCache[K comparable, V any](m *Manager, s Spec[K, V]) *Cache[K, V] {
	c := &Cache[K, V]{spec: s}
	c.core.init(m, settingsOf(&c.spec), reflect.TypeFor[V](), typesOf(&c.spec))
	c.batch = batchOf(&c.core, &c.spec)
	return c
}

// Hit returns the value of a key if it can be had at once: the store is in memory and open, the value
// is there, and nobody listens to events. Anything else is false, and Get or RememberE have to be
// asked. It is for code that has made the key on its stack; it does not keep key, and allocates nothing
// for shared values.
func (c *Cache[K, V]) Hit(key []byte) (v V, ok bool) {
	x, ok := c.core.hit(key)
	v, _ = x.(V)
	return v, ok
}

// Key returns the key of k.
func (c *Cache[K, V]) Key(k K) (string, error) {
	if c.spec.AppendKey == nil {
		return "", c.core.err
	}
	return keyString(c.spec.Name, c.spec.AppendKey, k)
}

// Get returns the value of k. Unlike RememberE, it returns the error of a store that cannot be
// reached. A value of another type is a *TypeError.
func (c *Cache[K, V]) Get(ctx context.Context, k K) (v V, ok bool, err error) {
	key, err := c.Key(k)
	if err != nil {
		return v, false, err
	}
	x, ok, err := c.core.get(ctx, key)
	v, _ = x.(V)
	return v, ok, err
}

// Has reports whether k has a value that Get would return.
func (c *Cache[K, V]) Has(ctx context.Context, k K) (bool, error) {
	_, ok, err := c.Get(ctx, k)
	return ok, err
}

// Put stores v for the cache's time to live. It must not be nil.
func (c *Cache[K, V]) Put(ctx context.Context, k K, v V) error {
	return c.PutTTL(ctx, k, v, c.core.ttl)
}

// PutTTL stores v for ttl; 0 means forever.
func (c *Cache[K, V]) PutTTL(ctx context.Context, k K, v V, ttl time.Duration) error {
	key, err := c.Key(k)
	if err != nil {
		return err
	}
	return c.core.put(ctx, key, v, ttl)
}

// Forever stores v without a time to live.
func (c *Cache[K, V]) Forever(ctx context.Context, k K, v V) error {
	return c.PutTTL(ctx, k, v, 0)
}

// Add stores v if k has no value, and reports whether it did. Of several calls at once one wins.
func (c *Cache[K, V]) Add(ctx context.Context, k K, v V) (bool, error) {
	key, err := c.Key(k)
	if err != nil {
		return false, err
	}
	return c.core.add(ctx, key, v, c.core.ttl)
}

// Forget removes the value of k. When it returns nil, no load that began before brings it back.
func (c *Cache[K, V]) Forget(ctx context.Context, k K) error {
	key, err := c.Key(k)
	if err != nil {
		return err
	}
	return c.core.forget(ctx, []string{key})
}

// ForgetMany is Forget for many keys, in as few round trips as the driver can.
func (c *Cache[K, V]) ForgetMany(ctx context.Context, ks []K) error {
	keys, err := c.batch.keys(ks)
	if err != nil {
		return err
	}
	return c.core.forget(ctx, keys)
}

// Lock returns the lock of k, which is nobody's yet. It is apart from k's value.
func (c *Cache[K, V]) Lock(k K, ttl time.Duration) Lock {
	key, err := c.Key(k)
	return c.core.lock(key, err, ttl)
}
