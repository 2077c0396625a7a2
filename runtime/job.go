package cache

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// job is a typed call that may load.
type job[V any] struct {
	*core[V]
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
	return v, !j.isNil(v), nil
}

// Encode implements engine.Job.
func (j *job[V]) Encode(key string, v any, cost time.Duration) (engine.Stored, error) {
	typed, _ := v.(V)
	return j.core.encode(key, typed, j.ttl, cost)
}

// TTL implements engine.Job.
func (j *job[V]) TTL() time.Duration { return j.ttl }

// Timeout implements engine.Job.
func (j *job[V]) Timeout() time.Duration { return j.timeout }

// Cache implements engine.Job.
func (j *job[V]) Cache() string { return j.name }

// Count implements engine.Job.
func (j *job[V]) Count(k event.Kind) { j.counts.count(k) }

// remember returns the value of key, loaded if there is none.
func (c *core[V]) remember(ctx context.Context, key string, ttl time.Duration, load func(context.Context) (V, error)) (V, error) {
	if err := c.ready(ttl); err != nil {
		var zero V
		return zero, err
	}
	if c.disabled {
		return load(ctx)
	}
	return typed[V](c.engine.Remember(ctx, key, &job[V]{core: c, ttl: ttl, load: load}))
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
