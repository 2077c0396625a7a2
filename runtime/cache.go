package cache

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"time"
	"unsafe"

	"github.com/cachegen/cachegen/runtime/drivers/memory"
	"github.com/cachegen/cachegen/runtime/internal/engine"
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
	hot  *engine.Store // what Hit looks at; nil if it must not
	core *core[V]
	spec Spec[K, V]
}

// NewCache returns a typed cache on a store of m. It never fails: a mistake in the Spec, or a type
// that cannot be stored, is returned by every call and by m.Ready.
func NewCache[K comparable, V any](m *Manager, s Spec[K, V]) *Cache[K, V] {
	d := &declared{name: s.Name, pattern: s.Pattern, err: s.check()}
	d.parsed, _ = s.pattern()
	c := &Cache[K, V]{spec: s}
	c.core = newCore(m, d, &Spec[string, V]{
		Name: s.Name, Store: s.Store, TTL: s.TTL, Timeout: s.Timeout, Version: s.Version, Share: s.Share, Fleet: s.Fleet,
	})
	// What is stored as bytes is a Go value too, which a V that is an interface could take for its own.
	isInterface := reflect.TypeFor[V]().Kind() == reflect.Interface
	if c.core.err == nil && !c.core.disabled && !c.core.engine.Observed() && !isInterface {
		c.hot = c.core.engine
	}
	return c
}

// Hit returns the value of a key if it can be had at once: the store is in memory and open, the value
// is there, and nobody listens to events. Anything else is false, and Get or RememberE have to be
// asked. It is what generated code calls first, with a key on its stack; it does not keep key, and
// allocates nothing for shared values.
func (c *Cache[K, V]) Hit(key []byte) (v V, ok bool) {
	mem := c.hot.Memory()
	if mem == nil {
		return v, false
	}
	live, ok := mem.Lookup(key)
	if !ok {
		return v, false
	}
	if v, ok = live.(V); !ok {
		if v, ok = c.hitEncoded(key, live); !ok {
			return v, false
		}
	} else if c.core.clone != nil {
		if v, ok = c.hitCloned(v); !ok {
			return v, false
		}
	}
	c.core.counts.hit(key[len(key)-1])
	return v, true
}

// hitCloned copies a live value for one caller.
func (c *Cache[K, V]) hitCloned(live V) (V, bool) {
	v, err := c.core.clone(live)
	return v, err == nil
}

// hitEncoded decodes a value for one caller. What does not decode is left to the calls that report
// it.
func (c *Cache[K, V]) hitEncoded(key []byte, live any) (v V, ok bool) {
	encoded, ok := live.(memory.Encoded)
	if !ok {
		return v, false
	}
	v, err := openFound[V](string(key), engine.Found{Bytes: encoded, Trusted: true}, c.core.codec)
	return v, err == nil
}

// Key returns the key of k.
func (c *Cache[K, V]) Key(k K) (string, error) {
	if c.spec.AppendKey == nil {
		return "", c.core.err
	}
	key, err := c.spec.AppendKey(make([]byte, 0, 64), k)
	if err != nil {
		return "", fmt.Errorf("cachegen: %s: key: %w", c.spec.Name, err)
	}
	// The bytes are nobody else's and do not change any more, so they need not be copied.
	return unsafe.String(unsafe.SliceData(key), len(key)), nil
}

// keys returns the keys of ks, which are parts of one buffer.
func (c *Cache[K, V]) keys(ks []K) ([]string, error) {
	if c.spec.AppendKey == nil {
		return nil, c.core.err
	}
	keys := make([]string, len(ks))
	buf := make([]byte, 0, 24*len(ks))
	for i, k := range ks {
		start := len(buf)
		longer, err := c.spec.AppendKey(buf, k)
		if err != nil {
			return nil, fmt.Errorf("cachegen: %s: key: %w", c.spec.Name, err)
		}
		buf = longer // what stood before start may have moved, and does not change where it was
		keys[i] = unsafe.String(unsafe.SliceData(buf[start:]), len(buf)-start)
	}
	return keys, nil
}

// Get returns the value of k. Unlike RememberE, it returns the error of a store that cannot be
// reached. A value of another type is a *TypeError.
func (c *Cache[K, V]) Get(ctx context.Context, k K) (v V, ok bool, err error) {
	key, err := c.Key(k)
	if err != nil {
		return v, false, err
	}
	return c.core.get(ctx, key)
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
	keys, err := c.keys(ks)
	if err != nil {
		return err
	}
	return c.core.forget(ctx, keys)
}

// Lock returns the lock of k, which is nobody's yet. It is apart from k's value.
func (c *Cache[K, V]) Lock(k K, ttl time.Duration) Lock {
	key, err := c.Key(k)
	return newLock(c.core.engine, key, ttl, cmp.Or(c.core.err, err))
}
