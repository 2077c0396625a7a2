package redis

import (
	"context"
	"errors"
	"math"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Get implements [drivers.Driver].
func (d *Driver) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	ctx, err = d.begin(ctx, "get")
	if err != nil {
		return nil, false, err
	}
	value, err = d.client.Get(ctx, d.keys.Key(key)).Bytes()
	switch {
	case err == nil:
		return value, true, nil
	case errors.Is(err, goredis.Nil):
		return nil, false, nil
	}
	return nil, false, d.fail(ctx, "get", err)
}

// Put implements [drivers.Driver].
func (d *Driver) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if ttl < 0 {
		return drivers.ErrTTL
	}
	ctx, err := d.begin(ctx, "put")
	if err != nil {
		return err
	}
	return d.fail(ctx, "put", d.client.Set(ctx, d.keys.Key(key), value, roundTTL(ttl)).Err())
}

// Add implements [drivers.Driver].
func (d *Driver) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	if ttl < 0 {
		return false, drivers.ErrTTL
	}
	ctx, err := d.begin(ctx, "add")
	if err != nil {
		return false, err
	}
	added, err := d.client.SetNX(ctx, d.keys.Key(key), value, roundTTL(ttl)).Result()
	return added, d.fail(ctx, "add", err)
}

// Forget implements [drivers.Driver], with one command for all keys.
func (d *Driver) Forget(ctx context.Context, keys ...string) error {
	ctx, err := d.begin(ctx, "forget")
	if err != nil || len(keys) == 0 {
		return err
	}
	return d.fail(ctx, "forget", d.client.Unlink(ctx, d.storedKeys(keys)...).Err())
}

func (d *Driver) storedKeys(keys []string) []string {
	stored := make([]string, len(keys))
	for i, key := range keys {
		stored[i] = d.keys.Key(key)
	}
	return stored
}

// roundTTL rounds up to whole milliseconds, the server's unit, so that no entry is gone early.
func roundTTL(ttl time.Duration) time.Duration {
	rest := ttl % time.Millisecond
	if rest == 0 || ttl > math.MaxInt64-time.Millisecond {
		return ttl
	}
	return ttl - rest + time.Millisecond
}
