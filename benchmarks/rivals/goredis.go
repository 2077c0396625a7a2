package rivals

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// goredis makes a client that is bounded as cachegen's own: without these options go-redis does not
// honour the ctx.
func goredis(tb testing.TB, at Address) *redis.Client {
	c := redis.NewClient(&redis.Options{
		Addr: at.Server.Addr(), DB: at.Database, ContextTimeoutEnabled: true, MaxRetries: -1,
		ReadTimeout: 250 * time.Millisecond, WriteTimeout: 250 * time.Millisecond,
	})
	tb.Cleanup(func() { require.NoError(tb, c.Close()) })
	return c
}

func goredisHand(tb testing.TB, at Address, load Get) Get {
	return goredisGet(goredis(tb, at), handUsers, load)
}

func goredisMsgpack(tb testing.TB, at Address, load Get) Get {
	return goredisGet(goredis(tb, at), vmihailenco[*payload.User](), load)
}

// goredisGet is what one writes without a library: Get and decode, or load and Set. Callers that miss
// at the same time all load.
func goredisGet(c *redis.Client, codec Codec[*payload.User], load Get) Get {
	return func(ctx context.Context, id int64) (*payload.User, error) {
		data, err := c.Get(ctx, key(id)).Bytes()
		if err == nil {
			return codec.Decode(data)
		}
		if !errors.Is(err, redis.Nil) {
			return nil, err
		}
		u, err := load(ctx, id)
		if err != nil {
			return nil, err
		}
		if data, err = codec.Encode(nil, u); err != nil {
			return nil, err
		}
		return u, c.Set(ctx, key(id), data, TTL).Err()
	}
}

func goredisManyHand(tb testing.TB, at Address, users []*payload.User) GetMany {
	return goredisMany(tb, at, handUsers, users)
}

func goredisManyMsgpack(tb testing.TB, at Address, users []*payload.User) GetMany {
	return goredisMany(tb, at, vmihailenco[*payload.User](), users)
}

// goredisMany is MGET and decode.
func goredisMany(tb testing.TB, at Address, codec Codec[*payload.User], users []*payload.User) GetMany {
	c := goredis(tb, at)
	storeUsers(tb, c, codec, users)
	return func(ctx context.Context, ids []int64) (map[int64]*payload.User, error) {
		values, err := c.MGet(ctx, keysOf(ids)...).Result()
		if err != nil {
			return nil, err
		}
		found := make(map[int64]*payload.User, len(ids))
		for i, v := range values {
			data, ok := v.(string)
			if !ok {
				continue // missing
			}
			if found[ids[i]], err = codec.Decode(bytesOf(data)); err != nil {
				return nil, err
			}
		}
		return found, nil
	}
}

// storeUsers puts users where goredisGet and goredisMany find them.
func storeUsers(tb testing.TB, c *redis.Client, codec Codec[*payload.User], users []*payload.User) {
	for _, u := range users {
		data, err := codec.Encode(nil, u)
		require.NoError(tb, err)
		require.NoError(tb, c.Set(tb.Context(), key(u.ID), data, TTL).Err())
	}
}

func keysOf(ids []int64) []string {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = key(id)
	}
	return keys
}
