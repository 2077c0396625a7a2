package benchmarks

import (
	"context"
	"testing"
	"time"

	rediscache "github.com/go-redis/cache/v9"
	"github.com/redis/go-redis/v9"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/internal/redistest"
	cache "github.com/cachegen/cachegen/runtime"
	_ "github.com/cachegen/cachegen/runtime/drivers/redis"
)

// A rival gets a User from Redis, or loads it.
type rival struct {
	name string
	get  func(ctx context.Context, id int64) (*User, error)
}

// BenchmarkRedisHit is a get-or-load that hits, from one caller, with a ctx that can be cancelled and
// has a deadline: what a request handler passes.
func BenchmarkRedisHit(b *testing.B) {
	const users = 1000
	server := redistest.Start(b)
	for _, r := range []rival{
		{"cachegen", cachegenUsers(b, server)},
		{"go-redis+msgpack", plainRedis(b, server)},
		{"go-redis-cache", goRedisCache(b, server)},
	} {
		b.Run(r.name, func(b *testing.B) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			defer cancel()
			for id := range int64(users) {
				if _, err := r.get(ctx, id); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for i := int64(0); b.Loop(); i++ {
				u, err := r.get(ctx, i%users)
				if err != nil || u.ID != i%users {
					b.Fatal(u, err)
				}
			}
		})
	}
}

// BenchmarkRedisHitPaired has the rivals take turns, call by call, since a lone caller's round trip on a
// small machine comes in two speeds that last for seconds. It reports each one's mean time, and that of
// cachegen as a multiple of what is written by hand.
func BenchmarkRedisHitPaired(b *testing.B) {
	const users = 1000
	server := redistest.Start(b)
	rivals := []rival{
		{"cachegen", cachegenUsers(b, server)},
		{"go-redis+msgpack", plainRedis(b, server)},
		{"go-redis-cache", goRedisCache(b, server)},
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	took := make([]time.Duration, len(rivals))
	call := func(i int, id int64) time.Duration {
		start := time.Now()
		if _, err := rivals[i].get(ctx, id); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	for id := range int64(users) {
		for i := range rivals {
			call(i, id)
		}
	}
	for n := 0; b.Loop(); n++ {
		for turn := range rivals {
			i := (n + turn) % len(rivals)
			took[i] += call(i, int64(n%users))
		}
	}
	for i, r := range rivals {
		b.ReportMetric(float64(took[i].Nanoseconds())/float64(b.N), r.name+"-ns/op")
	}
	b.ReportMetric(float64(took[0])/float64(took[1]), "x-by-hand")
}

func cachegenUsers(b *testing.B, server *redistest.Server) func(context.Context, int64) (*User, error) {
	m := cache.NewManager(&cache.Config{
		Stores: map[string]cache.StoreConfig{"default": {Driver: cache.DriverRedis, Host: server.Host(), Port: server.Port()}},
	})
	b.Cleanup(func() { _ = m.Shutdown(context.Background()) })
	users := NewUsers(m)
	return func(ctx context.Context, id int64) (*User, error) { return users.RememberE(ctx, id, LoadUser) }
}

// plainRedis is what one writes by hand: Get, decode, and on a miss load and Set. Nothing is coalesced.
func plainRedis(b *testing.B, server *redistest.Server) func(context.Context, int64) (*User, error) {
	c := client(b, server)
	return func(ctx context.Context, id int64) (*User, error) {
		key := string(appendUsersKey([]byte("plain:"), id))
		data, err := c.Get(ctx, key).Bytes()
		if err == nil {
			u := new(User)
			return u, msgpack.Unmarshal(data, u)
		}
		u, err := LoadUser(ctx, id)
		if err != nil {
			return nil, err
		}
		if data, err = msgpack.Marshal(u); err != nil {
			return nil, err
		}
		return u, c.Set(ctx, key, data, 15*time.Minute).Err()
	}
}

func goRedisCache(b *testing.B, server *redistest.Server) func(context.Context, int64) (*User, error) {
	c := rediscache.New(&rediscache.Options{Redis: client(b, server)})
	return func(ctx context.Context, id int64) (*User, error) {
		u := new(User)
		err := c.Once(&rediscache.Item{
			Ctx: ctx, Key: string(appendUsersKey([]byte("once:"), id)), Value: u, TTL: 15 * time.Minute,
			Do: func(*rediscache.Item) (any, error) { return LoadUser(ctx, id) },
		})
		return u, err
	}
}

// client is bounded as cachegen's own is: without these options go-redis does not honour the ctx.
func client(b *testing.B, server *redistest.Server) *redis.Client {
	c := redis.NewClient(&redis.Options{
		Addr: server.Addr(), ContextTimeoutEnabled: true, MaxRetries: -1,
		ReadTimeout: 250 * time.Millisecond, WriteTimeout: 250 * time.Millisecond,
	})
	b.Cleanup(func() { _ = c.Close() })
	return c
}
