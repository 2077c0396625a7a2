package cache

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// Many returns the values of ks that are there. With an error it returns what it has read so far.
func (c *Cache[K, V]) Many(ctx context.Context, ks []K) (map[K]V, error) {
	out := make(map[K]V, len(ks))
	keys, err := c.keys(ks)
	if err != nil {
		return out, err
	}
	_, down, err := c.many(ctx, keys, ks, out)
	return out, cmp.Or(err, down)
}

// many reads keys into out and returns the indices of those that are missing. down is the error of a
// store that could not be reached; err, any other.
func (c *Cache[K, V]) many(ctx context.Context, keys []string, of []K, out map[K]V) (missing []int, down, err error) {
	if err := c.core.ready(0); err != nil {
		return nil, nil, err
	}
	if c.core.disabled || len(keys) == 0 {
		return all(len(keys)), nil, nil
	}
	found, ok, down := c.core.engine.FindMany(ctx, keys)
	if engine.Refused(down) {
		return nil, nil, down
	}
	if down != nil {
		c.core.report(event.StoreError, "many", "", down)
	}
	for i, key := range keys {
		v, here, badType := c.one(key, found[i], ok[i])
		err = cmp.Or(err, badType)
		if here {
			out[of[i]] = v
			continue
		}
		missing = append(missing, i)
	}
	return missing, down, err
}

func (c *Cache[K, V]) one(key string, f engine.Found, there bool) (v V, ok bool, err error) {
	if there {
		v, ok, err = c.core.decode(key, f)
	}
	k := event.Miss
	if ok {
		k = event.Hit
	}
	c.core.report(k, "many", key, nil)
	return v, ok, err
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// PutMany stores values, in as few round trips as the driver can. With an error, some may be stored
// and others not.
func (c *Cache[K, V]) PutMany(ctx context.Context, vs map[K]V) error {
	if err := c.core.ready(c.core.ttl); err != nil || c.core.disabled || len(vs) == 0 {
		return err
	}
	forms := make(map[string]engine.Stored, len(vs))
	for k, v := range vs {
		key, err := c.Key(k)
		if err != nil {
			return err
		}
		if forms[key], err = c.core.storable(ctx, key, v, c.core.ttl); err != nil {
			return err
		}
	}
	return c.core.result(event.Write, "put many", "", putForms(ctx, c.core.engine, forms, c.core.ttl))
}

// putForms stores encoded values by key.
func putForms(ctx context.Context, s *engine.Store, forms map[string]engine.Stored, ttl time.Duration) error {
	keys := make([]string, 0, len(forms))
	values := make([]engine.Stored, 0, len(forms))
	for key, form := range forms {
		keys, values = append(keys, key), append(values, form)
	}
	return s.PutMany(ctx, keys, values, ttl)
}

// RememberMany returns the values of ks, and calls fn once for those that are missing. What fn returns
// for them is stored; keys that it leaves out, or returns nil for, are left out of the result. fn runs
// on the caller's ctx and is not shared with other callers. A store that cannot be reached is an
// event, and fn is called for all of ks.
func (c *Cache[K, V]) RememberMany(ctx context.Context, ks []K, fn func(ctx context.Context, missing []K) (map[K]V, error)) (map[K]V, error) {
	if fn == nil {
		return nil, ErrNilLoader
	}
	keys, err := c.keys(ks)
	if err != nil {
		return nil, err
	}
	out := make(map[K]V, len(keys))
	limited, cancel := c.core.engine.Budget(ctx)
	missing, down, err := c.many(limited, keys, ks, out)
	cancel()
	if err != nil || len(missing) == 0 {
		return out, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	fill := down == nil && !c.core.disabled // a store that has just failed is left alone
	missing = distinct(keys, missing)
	return out, c.loadMany(ctx, pick(keys, missing), pick(ks, missing), out, fill, fn)
}

// distinct returns those of at under which a key stands for the first time.
func distinct(keys []string, at []int) []int {
	seen := make(map[string]bool, len(at))
	return slices.DeleteFunc(at, func(i int) bool {
		before := seen[keys[i]]
		seen[keys[i]] = true
		return before
	})
}

func pick[T any](from []T, at []int) []T {
	out := make([]T, len(at))
	for i, j := range at {
		out[i] = from[j]
	}
	return out
}

// loadMany loads keys, adds their values to out, and stores them if fill is set.
func (c *Cache[K, V]) loadMany(ctx context.Context, keys []string, of []K, out map[K]V, fill bool, fn func(context.Context, []K) (map[K]V, error)) error {
	j := &job[V]{core: c.core, ttl: c.core.ttl}
	batch, err := c.core.engine.StartBatch(ctx, keys, j, !fill)
	if err != nil {
		return err
	}
	defer batch.End()
	loading, cancel := bounded(ctx, c.core.timeout)
	defer cancel()
	start := time.Now()
	loaded, err := fn(loading, of)
	if err != nil {
		c.core.report(event.LoadError, "load many", "", err)
		return err
	}
	c.core.report(event.Load, "load many", "", nil)
	forms, err := c.adopt(keys, of, loaded, out, time.Since(start))
	if err == nil {
		batch.Fill(ctx, forms)
	}
	return err
}

func bounded(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, timeout, &engine.TimeoutError{Timeout: timeout})
}

// adopt puts what was loaded for keys into out, and encodes it.
func (c *Cache[K, V]) adopt(keys []string, of []K, loaded, out map[K]V, cost time.Duration) (map[int]engine.Stored, error) {
	forms := make(map[int]engine.Stored, len(keys))
	for i, key := range keys {
		v, ok := loaded[of[i]]
		if !ok || c.core.isNil(v) {
			continue
		}
		if err := c.checkKey(key, v); err != nil {
			return nil, err
		}
		out[of[i]] = v
		form, err := c.core.encode(key, v, c.core.ttl, cost)
		if err != nil {
			c.core.report(event.StoreError, "encode", key, err)
			continue
		}
		forms[i] = form
	}
	return forms, nil
}
