package rivals

import (
	"context"
	"testing"

	"github.com/viccon/sturdyc"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// sturdycGet has string keys, and a closure for each call, since its loader is not told the key.
func sturdycGet(_ testing.TB, load Get) Get {
	const shards, evictPercent = 64, 10
	c := sturdyc.New[*payload.User](Capacity, shards, TTL, evictPercent, sturdyc.WithNoContinuousEvictions())
	return func(ctx context.Context, id int64) (*payload.User, error) {
		return c.GetOrFetch(ctx, key(id), func(ctx context.Context) (*payload.User, error) { return load(ctx, id) })
	}
}
