package rivals

import (
	"context"
	"testing"

	"github.com/Yiling-J/theine-go"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// theineGet has the ids themselves as keys.
func theineGet(tb testing.TB, load Get) Get {
	c, err := theine.NewBuilder[int64, *payload.User](Capacity).BuildWithLoader(
		func(ctx context.Context, id int64) (theine.Loaded[*payload.User], error) {
			u, err := load(ctx, id)
			return theine.Loaded[*payload.User]{Value: u, Cost: 1, TTL: TTL}, err
		})
	require.NoError(tb, err)
	tb.Cleanup(c.Close)
	return c.Get
}
