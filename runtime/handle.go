package cache

import (
	"context"
	"reflect"
	"time"

	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// Handle is what a generated accessor stands on: a [Cache] that takes keys as their text, and all that has
// the type of a key or a value as any. The accessor, which knows the types, makes the one and asserts the
// other. It is not generic, so that a program that caches values of many types compiles it once.
//
// Where its methods take an any, that has the type which Cache would ask for; nothing else will do. Use
// Cache where nothing is generated. They are not inlined, since generated code has as many calls of each as
// a package has caches.
type Handle struct {
	core  core
	batch batch
}

// NewHandle returns the handle of a cache on a store of m. It never fails, as NewCache. It keeps s, which
// must not change.
func NewHandle[K comparable, V any](m *Manager, s *Spec[K, V]) *Handle {
	h := &Handle{}
	h.core.init(m, settingsOf(s), reflect.TypeOf((*V)(nil)).Elem(), typesOf(s))
	h.batch = batchOf(&h.core, s)
	return h
}

// KeyError says of err, which kept a key from being made, in which cache that was.
//
//go:noinline
func (h *Handle) KeyError(err error) error { return keyError(h.core.name, err) }

// Get is Cache.Get. It does not keep key, and allocates nothing for a value that can be had at once and is
// shared.
//
//go:noinline
func (h *Handle) Get(ctx context.Context, key []byte) (v any, ok bool, err error) {
	if v, ok := h.core.hit(key); ok {
		return v, true, nil
	}
	return h.core.get(ctx, string(key))
}

// Look returns the value of a key, or else what has a method Load, by which to load it: it is the first
// half of Cache.RememberE, for a loader of which it wants to know only that it is not nil. It keeps and allocates
// what Get does.
//
//go:noinline
func (h *Handle) Look(ctx context.Context, key []byte, fn any) (v any, miss *pending) {
	if v, ok := h.core.hit(key); ok {
		return v, nil
	}
	return h.core.missed(ctx, string(key), fn)
}

func (c *core) missed(ctx context.Context, key string, fn any) (any, *pending) {
	v, ok, was, err := c.look(ctx, key, fn)
	if ok && err == nil {
		return v, nil
	}
	return nil, &pending{job{core: c, key: key}, was, err}
}

// pending says that a key has no value yet. It is good for one Load.
type pending struct {
	job job
	was engine.Search
	err error // why there will be none
}

// Load is the second half of Cache.RememberE, or of RememberForeverE: it loads the value of the key and
// stores it. fn is a loader as Remember or RememberE of Cache takes it, and called with k. One that takes
// something else is called by k, a func(context.Context) (any, error).
//
//go:noinline
func (m *pending) Load(ctx context.Context, forever bool, k, fn any) (any, error) {
	if m.err != nil {
		return nil, m.err
	}
	m.job.k, m.job.fn = k, fn
	if !forever {
		m.job.ttl = m.job.core.ttl
	}
	return m.job.core.load(ctx, &m.job, m.was)
}

// Refresh is Cache.Refresh, with k and fn as in the Load of what Look returns.
//
//go:noinline
func (h *Handle) Refresh(ctx context.Context, key string, k, fn any) (any, error) {
	return h.core.refresh(ctx, key, k, fn)
}

// Put is Cache.Put.
//
//go:noinline
func (h *Handle) Put(ctx context.Context, key string, v any) error {
	return h.core.put(ctx, key, v, h.core.ttl)
}

// PutTTL is Cache.PutTTL.
//
//go:noinline
func (h *Handle) PutTTL(ctx context.Context, key string, v any, ttl time.Duration) error {
	return h.core.put(ctx, key, v, ttl)
}

// Add is Cache.Add.
//
//go:noinline
func (h *Handle) Add(ctx context.Context, key string, v any) (bool, error) {
	return h.core.add(ctx, key, v, h.core.ttl)
}

// PutOwn is Put under the key that v holds; the Spec has a KeyOf.
//
//go:noinline
func (h *Handle) PutOwn(ctx context.Context, v any) error {
	return h.PutOwnTTL(ctx, v, h.core.ttl)
}

// PutOwnTTL is PutTTL under the key that v holds.
//
//go:noinline
func (h *Handle) PutOwnTTL(ctx context.Context, v any, ttl time.Duration) error {
	key, err := h.core.ownKey(v)
	if err != nil {
		return err
	}
	return h.core.put(ctx, key, v, ttl)
}

// AddOwn is Add under the key that v holds; the Spec has a KeyOf.
//
//go:noinline
func (h *Handle) AddOwn(ctx context.Context, v any) (bool, error) {
	key, err := h.core.ownKey(v)
	if err != nil {
		return false, err
	}
	return h.core.add(ctx, key, v, h.core.ttl)
}

// ownKey returns the key that v holds. That of nil, of which nothing is stored, is empty.
func (c *core) ownKey(v any) (string, error) {
	if c.isNil(v) {
		return "", nil
	}
	return c.keyOf(v)
}

// Has is Cache.Has.
//
//go:noinline
func (h *Handle) Has(ctx context.Context, key string) (bool, error) {
	_, ok, err := h.core.get(ctx, key)
	return ok, err
}

// Forget is Cache.Forget.
//
//go:noinline
func (h *Handle) Forget(ctx context.Context, key string) error {
	return h.core.forget(ctx, []string{key})
}

// Lock is Cache.Lock. err is why there is no key, or nil.
//
//go:noinline
func (h *Handle) Lock(key string, err error, ttl time.Duration) Lock {
	return h.core.lock(key, err, ttl)
}

// ForgetMany is Cache.ForgetMany.
//
//go:noinline
func (h *Handle) ForgetMany(ctx context.Context, ks any) error {
	keys, err := h.batch.keys(ks)
	if err != nil {
		return err
	}
	return h.core.forget(ctx, keys)
}

// Many is Cache.Many.
//
//go:noinline
func (h *Handle) Many(ctx context.Context, ks any) (any, error) { return h.batch.many(ctx, ks) }

// PutMany is Cache.PutMany. In place of the map, it also takes a slice of values under the keys that they
// hold; of several values of one key the last is stored.
//
//go:noinline
func (h *Handle) PutMany(ctx context.Context, vs any) error { return h.batch.put(ctx, vs) }

// RememberMany is Cache.RememberMany.
//
//go:noinline
func (h *Handle) RememberMany(ctx context.Context, ks, fn any) (any, error) {
	return h.batch.remember(ctx, ks, fn)
}
