package rivals

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/dgraph-io/ristretto" // the version of ristretto that gocache's store is written for
	"github.com/eko/gocache/lib/v4/cache"
	"github.com/eko/gocache/lib/v4/marshaler"
	"github.com/eko/gocache/lib/v4/store"
	redisstore "github.com/eko/gocache/store/redis/v4"
	ristrettostore "github.com/eko/gocache/store/ristretto/v4"
	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// gocacheMemory is a loadable cache over ristretto. It stores what it loaded a moment later.
func gocacheMemory(tb testing.TB, load Get) Get {
	client, err := ristretto.NewCache(&ristretto.Config{
		NumCounters: 10 * Capacity, MaxCost: Capacity, BufferItems: 64, IgnoreInternalCost: true,
	})
	require.NoError(tb, err)
	tb.Cleanup(client.Close)
	inner := cache.New[*payload.User](ristrettostore.NewRistretto(client,
		store.WithExpiration(TTL), store.WithCost(1), store.WithSynchronousSet()))
	c := cache.NewLoadable(func(ctx context.Context, key any) (*payload.User, error) {
		return load(ctx, gocacheID(key))
	}, inner)
	tb.Cleanup(func() { require.NoError(tb, c.Close()) })
	return func(ctx context.Context, id int64) (*payload.User, error) { return c.Get(ctx, key(id)) }
}

// gocacheRedis is a marshaler before a loadable cache before Redis. It stores what it loaded a moment
// later.
func gocacheRedis(tb testing.TB, at Address, load Get) Get {
	inner := cache.New[any](redisstore.NewRedis(goredis(tb, at), store.WithExpiration(TTL)))
	loadable := cache.NewLoadable(func(ctx context.Context, key any) (any, error) {
		u, err := load(ctx, gocacheID(key))
		if err != nil {
			return nil, err
		}
		return msgpack.Marshal(u)
	}, inner)
	tb.Cleanup(func() { require.NoError(tb, loadable.Close()) })
	c := marshaler.New(loadable)
	return func(ctx context.Context, id int64) (*payload.User, error) {
		u := new(payload.User)
		_, err := c.Get(ctx, key(id), u)
		return u, err
	}
}

// gocacheID takes the id out of a key: the loader is told nothing else.
func gocacheID(key any) int64 {
	id, err := strconv.ParseInt(strings.TrimPrefix(key.(string), "user:"), 10, 64)
	if err != nil {
		panic(fmt.Sprintf("rivals: gocache asks for the key %v", key))
	}
	return id
}
