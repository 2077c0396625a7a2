package rivals

import (
	"context"
	"testing"

	"github.com/go-redis/cache/v9"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// rediscacheMemory has only the local half, which keeps bytes.
func rediscacheMemory(_ testing.TB, load Get) Get {
	return rediscacheGet(cache.New(&cache.Options{LocalCache: cache.NewTinyLFU(Capacity, TTL)}), load)
}

// rediscacheRedis has only the half in Redis.
func rediscacheRedis(tb testing.TB, at Address, load Get) Get {
	return rediscacheGet(cache.New(&cache.Options{Redis: goredis(tb, at)}), load)
}

func rediscacheGet(c *cache.Cache, load Get) Get {
	return func(ctx context.Context, id int64) (*payload.User, error) {
		u := new(payload.User)
		err := c.Once(&cache.Item{
			Ctx: ctx, Key: key(id), Value: u, TTL: TTL,
			Do: func(*cache.Item) (any, error) { return load(ctx, id) },
		})
		return u, err
	}
}
