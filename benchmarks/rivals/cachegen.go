package rivals

import (
	"context"
	"strconv"
	"testing"

	"github.com/cachegen/cachegen/benchmarks/payload"
	cache "github.com/cachegen/cachegen/runtime"
	_ "github.com/cachegen/cachegen/runtime/drivers/redis" // the driver of CACHE_DRIVER=redis
	"github.com/stretchr/testify/require"
)

func cachegenShared(tb testing.TB, load Get) Get {
	users := payload.NewSharedUsers(manager(tb, memoryStore))
	return func(ctx context.Context, id int64) (*payload.User, error) { return users.RememberE(ctx, id, load) }
}

func cachegenCopying(tb testing.TB, load Get) Get {
	users := payload.NewUsers(manager(tb, memoryStore))
	return func(ctx context.Context, id int64) (*payload.User, error) { return users.RememberE(ctx, id, load) }
}

func cachegenRedis(tb testing.TB, at Address, load Get) Get {
	users := payload.NewUsers(manager(tb, redisStore(at)))
	return func(ctx context.Context, id int64) (*payload.User, error) { return users.RememberE(ctx, id, load) }
}

func cachegenMany(tb testing.TB, at Address, users []*payload.User) GetMany {
	c := payload.NewUsers(manager(tb, redisStore(at)))
	require.NoError(tb, c.PutMany(tb.Context(), users))
	return c.Many
}

var memoryStore = cache.StoreConfig{Driver: cache.DriverMemory, MaxEntries: Capacity}

func redisStore(at Address) cache.StoreConfig {
	return cache.StoreConfig{Driver: cache.DriverRedis, Host: at.Server.Host(), Port: at.Server.Port(), Database: strconv.Itoa(at.Database)}
}

// manager makes a manager with one store, and shuts it down at the end of the test.
func manager(tb testing.TB, store cache.StoreConfig) *cache.Manager {
	m := cache.NewManager(&cache.Config{Stores: map[string]cache.StoreConfig{"default": store}})
	require.NoError(tb, m.Ready(tb.Context()))
	tb.Cleanup(func() { require.NoError(tb, m.Shutdown(context.Background())) })
	return m
}
