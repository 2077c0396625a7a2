package cache

import (
	"context"
	"reflect"
	"time"

	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// job is a typed call that may load.
type job struct {
	core *core
	key  string
	ttl  time.Duration
	// fn is the loader, and k what it is called with: or, if it wants something else than a key, a
	// func(context.Context) (any, error) that calls it.
	k, fn any
}

var _ engine.Job = (*job)(nil)

// Decode implements engine.Job.
func (j *job) Decode(key string, f engine.Found) (any, bool, error) { return j.core.decode(key, f) }

// Load implements engine.Job.
func (j *job) Load(ctx context.Context) (any, bool, error) {
	v, err := j.load(ctx)
	return v, err == nil && !j.core.isNil(v), err
}

// load calls the loader and checks that it returns the value of the key.
func (j *job) load(ctx context.Context) (v any, err error) {
	if bound, ok := j.k.(func(context.Context) (any, error)); ok {
		v, err = bound(ctx)
	} else {
		v, err = j.core.call(ctx, j.k, j.fn)
	}
	if err == nil {
		err = j.core.checkKey(j.key, v)
	}
	return v, err
}

// Encode implements engine.Job.
func (j *job) Encode(key string, v any, cost time.Duration) (engine.Stored, error) {
	return j.core.encode(key, v, j.ttl, cost)
}

// TTL implements engine.Job.
func (j *job) TTL() time.Duration { return j.ttl }

// Timeout implements engine.Job.
func (j *job) Timeout() time.Duration { return j.core.timeout }

// Fleet implements engine.Job.
func (j *job) Fleet() bool { return j.core.fleet }

// Cache implements engine.Job.
func (j *job) Cache() string { return j.core.name }

// Count implements engine.Job.
func (j *job) Count(k event.Kind) { j.core.counts.count(k) }

// checkKey checks that v, which was loaded for key, belongs there.
func (c *core) checkKey(key string, v any) error {
	if c.keyOf == nil || c.isNil(v) {
		return nil
	}
	got, err := c.keyOf(v)
	if err != nil {
		return err
	}
	if got != key {
		return &KeyMismatchError{Cache: c.name, Want: key, Got: got}
	}
	return nil
}

// look searches for the value of key and reports what it found. It makes nothing for a load by fn before it
// knows that there is to be one.
func (c *core) look(ctx context.Context, key string, fn any) (v any, ok bool, was engine.Search, err error) {
	if reflect.ValueOf(fn).IsNil() {
		return nil, false, was, ErrNilLoader
	}
	if err := c.ready(0); err != nil || c.disabled {
		return nil, false, was, err
	}
	f, ok, was, err := c.engine.Look(ctx, key)
	if ok && err == nil {
		v, ok, err = c.decode(key, f)
		was.Unusable = !ok
	}
	if err != nil {
		return nil, false, was, err
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

// load brings the value of a key, which look did not find.
func (c *core) load(ctx context.Context, j *job, was engine.Search) (any, error) {
	if c.disabled {
		return j.load(ctx)
	}
	return c.engine.Load(ctx, j.key, j, was)
}

// refresh loads key and overwrites its value.
func (c *core) refresh(ctx context.Context, key string, k, fn any) (any, error) {
	if reflect.ValueOf(fn).IsNil() {
		return nil, ErrNilLoader
	}
	if err := c.ready(0); err != nil {
		return nil, err
	}
	j := &job{core: c, key: key, ttl: c.ttl, k: k, fn: fn}
	if c.disabled {
		return j.load(ctx)
	}
	return c.engine.Refresh(ctx, key, j)
}
