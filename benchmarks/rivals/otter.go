package rivals

import (
	"context"
	"testing"

	"github.com/maypok86/otter/v2"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// otterInt has the ids themselves as keys.
func otterInt(tb testing.TB, load Get) Get {
	c := newOtter[int64](tb)
	loader := otter.LoaderFunc[int64, *payload.User](load)
	return func(ctx context.Context, id int64) (*payload.User, error) { return c.Get(ctx, id, loader) }
}

// otterString has ready strings as keys, like the caches that several programs or types share. It looks
// first, since its loader is not told the id.
func otterString(tb testing.TB, load Get) Get {
	c := newOtter[string](tb)
	return func(ctx context.Context, id int64) (*payload.User, error) {
		k := key(id)
		if u, ok := c.GetIfPresent(k); ok {
			return u, nil
		}
		return c.Get(ctx, k, otter.LoaderFunc[string, *payload.User](
			func(ctx context.Context, _ string) (*payload.User, error) { return load(ctx, id) }))
	}
}

func newOtter[K comparable](tb testing.TB) *otter.Cache[K, *payload.User] {
	c := otter.Must(&otter.Options[K, *payload.User]{
		MaximumSize:      Capacity,
		ExpiryCalculator: otter.ExpiryWriting[K, *payload.User](TTL),
	})
	tb.Cleanup(func() { c.StopAllGoroutines() })
	return c
}
