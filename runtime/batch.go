package cache

import (
	"cmp"
	"context"
	"fmt"

	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// batch is what a typed cache has to know the types for: its methods for many values at once, with lists of
// keys, lists and maps of values, and loaders as any.
type batch struct {
	keys     func(ks any) ([]string, error)
	many     func(ctx context.Context, ks any) (any, error)
	remember func(ctx context.Context, ks, fn any) (any, error)
	put      func(ctx context.Context, vs any) error
}

// batchOf, as typesOf, calls little that is generic in its turn.
func batchOf[K comparable, V any](c *core, s *Spec[K, V]) batch {
	return batch{
		keys: func(ks any) ([]string, error) { return keysOf(c, s.AppendKey, ks.([]K)) },
		many: func(ctx context.Context, list any) (any, error) {
			ks := list.([]K)
			out := make(map[K]V, len(ks))
			keys, err := keysOf(c, s.AppendKey, ks)
			if err != nil {
				return out, err
			}
			_, down, err := c.many(ctx, keys, func(i int, v any) { out[ks[i]], _ = v.(V) })
			return out, cmp.Or(err, down)
		},
		remember: func(ctx context.Context, list, loader any) (any, error) {
			ks, fn := list.([]K), loader.(func(context.Context, []K) (map[K]V, error))
			if fn == nil {
				return nil, ErrNilLoader
			}
			keys, err := keysOf(c, s.AppendKey, ks)
			if err != nil {
				return nil, err
			}
			out := make(map[K]V, len(keys))
			return out, c.rememberMany(ctx, keys, func(i int, v any) { out[ks[i]], _ = v.(V) },
				func(ctx context.Context, missing []int) (loaded, error) {
					found, err := fn(ctx, pick(ks, missing))
					return func(i int) (any, bool) { v, ok := found[ks[i]]; return v, ok }, err
				})
		},
		put: putOf(c, s),
	}
}

// putOf returns what stores a map of values, or a list of those that hold their keys. Of several of one key
// the last is stored.
func putOf[K comparable, V any](c *core, s *Spec[K, V]) func(ctx context.Context, vs any) error {
	return func(ctx context.Context, vs any) error {
		byKey, ok := vs.(map[K]V)
		if !ok {
			list := vs.([]V)
			byKey = make(map[K]V, len(list))
			for _, v := range list {
				if c.isNil(v) {
					return fmt.Errorf("cachegen: %s: %w", c.name, engine.ErrNilValue)
				}
				byKey[s.KeyOf(v)] = v
			}
		}
		if err := c.ready(c.ttl); err != nil || c.disabled || len(byKey) == 0 {
			return err
		}
		keys, values := make([]string, 0, len(byKey)), make([]any, 0, len(byKey))
		for k, v := range byKey {
			key, err := keyString(c.name, s.AppendKey, k)
			if err != nil {
				return err
			}
			keys, values = append(keys, key), append(values, v)
		}
		return c.putMany(ctx, keys, values)
	}
}

// keysOf returns the keys of ks.
func keysOf[K comparable](c *core, appendKey func([]byte, K) ([]byte, error), ks []K) ([]string, error) {
	if appendKey == nil {
		return nil, c.err
	}
	return keyStrings(c.name, appendKey, ks)
}
