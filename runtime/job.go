package cache

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// job is a typed call that may load.
type job[V any] struct {
	core *core[V] // not embedded: the compiler would make each of its methods twice more, for every V
	ttl  time.Duration
	load func(ctx context.Context) (V, error)
}

var _ engine.Job = (*job[int])(nil)

// Decode implements engine.Job.
func (j *job[V]) Decode(key string, f engine.Found) (any, bool, error) {
	return boxed(j.core.decode(key, f))
}

func boxed[V any](v V, ok bool, err error) (any, bool, error) { return v, ok, err }

// Load implements engine.Job.
func (j *job[V]) Load(ctx context.Context) (any, bool, error) {
	v, err := j.load(ctx)
	if err != nil {
		return v, false, err
	}
	return v, !j.core.isNil(v), nil
}

// Encode implements engine.Job.
func (j *job[V]) Encode(key string, v any, cost time.Duration) (engine.Stored, error) {
	typed, _ := v.(V)
	return j.core.encode(key, typed, j.ttl, cost)
}

// TTL implements engine.Job.
func (j *job[V]) TTL() time.Duration { return j.ttl }

// Timeout implements engine.Job.
func (j *job[V]) Timeout() time.Duration { return j.core.timeout }

// Fleet implements engine.Job.
func (j *job[V]) Fleet() bool { return j.core.fleet }

// Cache implements engine.Job.
func (j *job[V]) Cache() string { return j.core.name }

// Count implements engine.Job.
func (j *job[V]) Count(k event.Kind) { j.core.counts.count(k) }

// look searches for the value of key and reports what it found.
func (c *core[V]) look(ctx context.Context, key string, ttl time.Duration) (v V, ok bool, was engine.Search, err error) {
	if err := c.ready(ttl); err != nil || c.disabled {
		return v, false, was, err
	}
	f, ok, was, err := c.engine.Look(ctx, key)
	if ok && err == nil {
		v, ok, err = c.decode(key, f)
		was.Unusable = !ok
	}
	if err != nil {
		return v, false, was, err
	}
	if was.Failed != nil {
		c.report(event.StoreError, "get", key, was.Failed)
	}
	k := event.Miss
	if ok {
		k = event.Hit
	}
	c.report(k, "remember", key, nil)
	return v, ok, was, nil
}

// load brings the value of key, which look did not find.
func (c *core[V]) load(ctx context.Context, key string, ttl time.Duration, was engine.Search, load func(context.Context) (V, error)) (V, error) {
	if c.disabled {
		return load(ctx)
	}
	return typed[V](c.engine.Load(ctx, key, &job[V]{core: c, ttl: ttl, load: load}, was))
}

// refresh loads key and overwrites its value.
func (c *core[V]) refresh(ctx context.Context, key string, load func(context.Context) (V, error)) (V, error) {
	if err := c.ready(c.ttl); err != nil {
		var zero V
		return zero, err
	}
	if c.disabled {
		return load(ctx)
	}
	return typed[V](c.engine.Refresh(ctx, key, &job[V]{core: c, ttl: c.ttl, load: load}))
}

// typed unboxes what the engine returns: a V, or nil.
func typed[V any](x any, err error) (V, error) {
	v, _ := x.(V)
	return v, err
}
