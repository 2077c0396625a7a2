package rivals

import (
	"context"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/benchmarks/hand"
	"github.com/cachegen/cachegen/benchmarks/payload"
)

func newRueidis(tb testing.TB, at Address) rueidis.Client {
	c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{at.Server.Addr()}, SelectDB: at.Database})
	require.NoError(tb, err)
	tb.Cleanup(c.Close)
	return c
}

// rueidisGet asks Redis each time; concurrent calls share round trips.
func rueidisGet(tb testing.TB, at Address, load Get) Get {
	c := newRueidis(tb, at)
	return rueidisLoad(c, load, func(ctx context.Context, key string) rueidis.RedisResult {
		return c.Do(ctx, c.B().Get().Key(key).Build())
	})
}

// rueidisCached keeps replies in the process until Redis says that they have changed.
func rueidisCached(tb testing.TB, at Address, load Get) Get {
	c := newRueidis(tb, at)
	return rueidisLoad(c, load, func(ctx context.Context, key string) rueidis.RedisResult {
		return c.DoCache(ctx, c.B().Get().Key(key).Cache(), TTL)
	})
}

func rueidisLoad(c rueidis.Client, load Get, get func(context.Context, string) rueidis.RedisResult) Get {
	return func(ctx context.Context, id int64) (*payload.User, error) {
		data, err := get(ctx, key(id)).ToString()
		if err == nil {
			return hand.DecodeUser(bytesOf(data))
		}
		if !rueidis.IsRedisNil(err) {
			return nil, err
		}
		u, err := load(ctx, id)
		if err != nil {
			return nil, err
		}
		set := c.B().Set().Key(key(id)).Value(rueidis.BinaryString(hand.AppendUser(nil, u))).Ex(TTL).Build()
		return u, c.Do(ctx, set).Error()
	}
}

// rueidisMany is MGET and decode.
func rueidisMany(tb testing.TB, at Address, users []*payload.User) GetMany {
	storeUsers(tb, goredis(tb, at), handUsers, users)
	c := newRueidis(tb, at)
	return func(ctx context.Context, ids []int64) (map[int64]*payload.User, error) {
		values, err := c.Do(ctx, c.B().Mget().Key(keysOf(ids)...).Build()).ToArray()
		if err != nil {
			return nil, err
		}
		found := make(map[int64]*payload.User, len(ids))
		for i := range values {
			data, err := values[i].ToString()
			if rueidis.IsRedisNil(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if found[ids[i]], err = hand.DecodeUser(bytesOf(data)); err != nil {
				return nil, err
			}
		}
		return found, nil
	}
}
