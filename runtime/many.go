package cache

import (
	"context"
	"slices"
	"time"

	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// Many returns the values of ks that are there. With an error it returns what it has read so far.
func (c *Cache[K, V]) Many(ctx context.Context, ks []K) (map[K]V, error) {
	x, err := c.batch.many(ctx, ks)
	v, _ := x.(map[K]V)
	return v, err
}

// many reads keys, gives the i-th to take if it is there, and returns the indices of those that are missing.
// down is the error of a store that could not be reached; err, any other.
func (c *core) many(ctx context.Context, keys []string, take func(i int, v any)) (missing []int, down, err error) {
	if err := c.ready(0); err != nil {
		return nil, nil, err
	}
	if c.disabled || len(keys) == 0 {
		return all(len(keys)), nil, nil
	}
	found, down := c.engine.FindMany(ctx, keys)
	if engine.Refused(down) {
		return nil, nil, down
	}
	if down != nil {
		c.report(event.StoreError, "many", "", down)
	}
	for i, key := range keys {
		f, ok := found.At(i)
		v, here, badType := c.one(key, f, ok)
		if err == nil {
			err = badType
		}
		if here {
			take(i, v)
			continue
		}
		missing = append(missing, i)
	}
	c.counts.many(len(keys)-len(missing), len(missing))
	return missing, down, err
}

func (c *core) one(key string, f engine.Found, there bool) (v any, ok bool, err error) {
	if there {
		v, ok, err = c.decode(key, f)
	}
	if c.engine.Observed() {
		k := event.Miss
		if ok {
			k = event.Hit
		}
		c.engine.Emit(event.Event{Kind: k, Cache: c.name, Op: "many"}, key)
	}
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
	return c.batch.put(ctx, vs)
}

// putMany stores values under keys, which are distinct.
func (c *core) putMany(ctx context.Context, keys []string, values []any) (err error) {
	forms := make([]engine.Stored, len(keys))
	for i, key := range keys {
		if forms[i], err = c.storable(ctx, key, values[i], c.ttl); err != nil {
			return err
		}
	}
	return c.result(event.Write, "put many", "", c.engine.PutMany(ctx, keys, forms, c.ttl))
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
	x, err := c.batch.remember(ctx, ks, fn)
	v, _ := x.(map[K]V)
	return v, err
}

// loaded returns what was loaded for the i-th of many keys.
type loaded func(i int) (v any, ok bool)

// rememberMany reads keys and loads those that are missing. It gives the values to take.
func (c *core) rememberMany(ctx context.Context, keys []string, take func(i int, v any), load func(ctx context.Context, missing []int) (loaded, error)) error {
	limited, cancel := c.engine.Budget(ctx)
	missing, down, err := c.many(limited, keys, take)
	cancel()
	if err != nil || len(missing) == 0 {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	fill := down == nil && !c.disabled // a store that has just failed is left alone
	return c.loadMany(ctx, keys, distinct(keys, missing), take, fill, load)
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

// loadMany loads the keys at these indices, gives their values to take, and stores them if fill is set.
func (c *core) loadMany(ctx context.Context, keys []string, at []int, take func(i int, v any), fill bool, load func(ctx context.Context, at []int) (loaded, error)) error {
	batch, err := c.engine.StartBatch(ctx, pick(keys, at), &job{core: c, ttl: c.ttl}, !fill)
	if err != nil {
		return err
	}
	defer batch.End()
	loading, cancel := bounded(ctx, c.timeout)
	defer cancel()
	start := time.Now()
	found, err := load(loading, at)
	if err != nil {
		c.report(event.LoadError, "load many", "", err)
		return err
	}
	c.report(event.Load, "load many", "", nil)
	forms, err := c.adopt(keys, at, found, take, time.Since(start))
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

// adopt gives what was loaded to take, and encodes it. forms[i] belongs to the key at at[i].
func (c *core) adopt(keys []string, at []int, found loaded, take func(i int, v any), cost time.Duration) (forms map[int]engine.Stored, err error) {
	forms = make(map[int]engine.Stored, len(at))
	for i, j := range at {
		v, ok := found(j)
		if !ok || c.isNil(v) {
			continue
		}
		if err := c.checkKey(keys[j], v); err != nil {
			return nil, err
		}
		take(j, v)
		form, err := c.encode(keys[j], v, c.ttl, cost)
		if err != nil {
			c.report(event.StoreError, "encode", keys[j], err)
			continue
		}
		forms[i] = form
	}
	return forms, nil
}
