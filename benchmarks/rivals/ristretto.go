package rivals

import (
	"context"
	"testing"

	"github.com/dgraph-io/ristretto/v2"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// ristrettoGet has the ids themselves as keys. Ristretto does not load: callers that miss at the same
// time all do. Its writes are buffered and may be dropped, so each is waited for.
func ristrettoGet(tb testing.TB, load Get) Get {
	c, err := ristretto.NewCache(&ristretto.Config[int64, *payload.User]{
		NumCounters: 10 * Capacity, MaxCost: Capacity, BufferItems: 64,
		IgnoreInternalCost: true, // MaxCost counts values, not bytes
	})
	require.NoError(tb, err)
	tb.Cleanup(c.Close)
	return func(ctx context.Context, id int64) (*payload.User, error) {
		if u, ok := c.Get(id); ok {
			return u, nil
		}
		u, err := load(ctx, id)
		if err == nil {
			c.SetWithTTL(id, u, 1, TTL)
			c.Wait()
		}
		return u, err
	}
}
