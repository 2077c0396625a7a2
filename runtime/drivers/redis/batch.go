package redis

import (
	"context"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// GetMany implements [drivers.Batcher], with one command.
func (d *Driver) GetMany(ctx context.Context, keys []string) ([][]byte, error) {
	ctx, err := d.begin(ctx, "get many")
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	stored, err := d.client.MGet(ctx, d.keys.AllKeys(keys)...).Result()
	if err != nil {
		return nil, d.fail(ctx, "get many", err)
	}
	values := make([][]byte, len(keys))
	for i, v := range stored {
		if s, ok := v.(string); ok {
			values[i] = bytesOf(s)
		}
	}
	return values, nil
}

// PutMany implements [drivers.Batcher], in one round trip.
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
