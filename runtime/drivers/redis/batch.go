package redis

import (
	"context"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// GetMany implements [drivers.Batcher], with one command, or with one round trip to each node of a
// cluster. If a node fails, the values of the others are returned with the error.
func (d *Driver) GetMany(ctx context.Context, keys []string) ([][]byte, error) {
	ctx, err := d.begin(ctx, "get many")
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	if d.cluster != nil {
		return d.getFromNodes(ctx, d.keys.AllKeys(keys))
	}
	return d.getAtOnce(ctx, keys)
}

// getFromNodes asks the nodes of a cluster for stored keys, with a GET for each: an MGET would have
// to be for one slot, which is for about one key, and fails while that slot moves.
func (d *Driver) getFromNodes(ctx context.Context, stored []string) ([][]byte, error) {
	calls := make([]goredis.Cmder, len(stored))
	for i := range stored {
		calls[i] = goredis.NewStringCmd(ctx, "get", &stored[i])
	}
	d.send(ctx, calls)
	values := make([][]byte, len(stored))
	for i, c := range calls {
		switch err := c.Err(); {
		case err == nil:
			values[i] = bytesOf(c.(*goredis.StringCmd).Val())
		case errors.Is(err, goredis.Nil):
			c.SetErr(nil)
		}
	}
	return values, d.fail(ctx, "get many", d.outcome(ctx, calls))
}

// PutMany implements [drivers.Batcher], in one round trip, or one to each node of a cluster.
func (d *Driver) PutMany(ctx context.Context, items []drivers.Item, ttl time.Duration) error {
	if ttl < 0 {
		return drivers.ErrTTL
	}
	ctx, err := d.begin(ctx, "put many")
	if err != nil || len(items) == 0 {
		return err
	}
	var calls []goredis.Cmder
	for from, to := range d.parts(len(items)) {
		calls = append(calls, d.putCall(ctx, items[from:to], ttl))
	}
	return d.fail(ctx, "put many", d.runAll(ctx, put, calls))
}
