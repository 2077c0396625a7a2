package rivals

import (
	"context"
	"testing"
	"time"

	goredisclient "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// GetBytes returns the value of a key, nil if there is none.
type GetBytes func(ctx context.Context, key string) ([]byte, error)

// RedisBytes is a client of Redis.
type RedisBytes struct {
	Name string
	// Open makes a client in which those keys of the population have values of size bytes that are below
	// keys. It is closed at the end of the test.
	Open func(tb testing.TB, server *redistest.Server, keys, size int) GetBytes
}

// BytesOnRedis returns the clients of Redis: cachegen's driver, and those beneath the caches.
func BytesOnRedis() []RedisBytes {
	return []RedisBytes{{"cachegen", driverBytes}, {"go-redis", goredisBytes}, {"rueidis", rueidisBytes}}
}

// Key returns the key of a user.
func Key(id int) string { return key(int64(id)) }

func driverBytes(tb testing.TB, server *redistest.Server, keys, size int) GetBytes {
	d, err := redis.Open(tb.Context(), redis.Options{Addr: server.Addr()})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, d.Close()) })
	for id := range keys {
		require.NoError(tb, d.Put(tb.Context(), Key(id), make([]byte, size), time.Hour))
	}
	return func(ctx context.Context, key string) ([]byte, error) {
		value, _, err := d.Get(ctx, key)
		return value, err
	}
}

func goredisBytes(tb testing.TB, server *redistest.Server, keys, size int) GetBytes {
	c := goredis(tb, Address{Server: server})
	storeBytes(tb, c, keys, size)
	return func(ctx context.Context, key string) ([]byte, error) { return c.Get(ctx, key).Bytes() }
}

func rueidisBytes(tb testing.TB, server *redistest.Server, keys, size int) GetBytes {
	at := Address{Server: server}
	storeBytes(tb, goredis(tb, at), keys, size)
	c := newRueidis(tb, at)
	return func(ctx context.Context, key string) ([]byte, error) {
		return c.Do(ctx, c.B().Get().Key(key).Build()).AsBytes()
	}
}

func storeBytes(tb testing.TB, c *goredisclient.Client, keys, size int) {
	for id := range keys {
		require.NoError(tb, c.Set(tb.Context(), Key(id), make([]byte, size), time.Hour).Err())
	}
}
