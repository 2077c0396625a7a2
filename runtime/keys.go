package cache

import (
	"context"
	"fmt"
	"iter"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Keys yields the keys of the store that begin with prefix: see KeysCtx.
func (s *Store) Keys(prefix string) iter.Seq2[string, error] {
	return s.KeysCtx(context.Background(), prefix)
}

// KeysCtx yields the keys of the store that have a value and begin with prefix, in no order. It is for
// people and tools that look into a store, and takes time in proportion to all that the store holds. A
// key that has a value all along is yielded at least once; keys may repeat, and one of over 512 bytes is
// yielded as it is stored, with a hash for its end. An error ends it, with an empty key: it wraps
// [drivers.ErrUnsupported] if the driver cannot list its keys.
func (s *Store) KeysCtx(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		d, err := s.engine.Driver(ctx)
		if err != nil {
			yield("", err)
			return
		}
		sc, ok := d.(drivers.Scanner)
		if !ok {
			yield("", fmt.Errorf("cachegen: store %q: keys: %w", s.engine.Name(), drivers.ErrUnsupported))
			return
		}
		for key, err := range sc.Scan(ctx, prefix) {
			if !yield(key, err) {
				return
			}
		}
	}
}
