package redis_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// TestStoredLayout looks at the server itself: other programs read what stands there.
func TestStoredLayout(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	ctx := context.Background()
	app := s.Prefix()
	d := open(t, redis.Options{Addr: s.Addr(), Prefix: app})
	named := open(t, redis.Options{Addr: s.Addr(), Prefix: app, Name: "session"})

	require.NoError(t, d.Put(ctx, "user:{42}", []byte("v"), 1500*time.Microsecond+time.Hour))
	require.NoError(t, named.Put(ctx, "user:42", []byte("w"), 0))
	_, err := d.Increment(ctx, "n", 1, time.Minute)
	require.NoError(t, err)
	got, err := d.Lock(ctx, "user:42", "me", time.Minute)
	require.NoError(t, err)
	fence := fmt.Sprint(got.Fence)
	lease := drivers.StoreConfig{Prefix: app}.Namespace().Internal("l", "user:42")
	foreign := drivers.StoreConfig{Prefix: app, Name: "session"}.Namespace().Internal("l", "user:42")
	require.NoError(t, raw.MSet(ctx, lease, "token", foreign, "token", app+"2:k", "other", app, "other").Err())

	values := map[string]string{
		app + ":user:%7B42%7D":                     "v",
		app + ":n":                                 "1",
		lease:                                      "token",
		app + "!s!session:user:42":                 "w",
		app + "!k:{" + app + ":user:42}":           fence + ":me",
		app + "!f:{" + app + ":user:42}":           fence,
		app + "!l:{" + app + "!s!session:user:42}": "token",
		app + "2:k":                                "other",
		app:                                        "other",
	}
	requireStored(t, raw, app, values)
	ttl, err := raw.PTTL(ctx, app+":user:%7B42%7D").Result()
	require.NoError(t, err)
	require.Greater(t, ttl, time.Hour-time.Minute)
	require.LessOrEqual(t, ttl, time.Hour+2*time.Millisecond)
	ttl, err = raw.PTTL(ctx, app+"!s!session:user:42").Result()
	require.NoError(t, err)
	require.Equal(t, time.Duration(-1), ttl, "no time to live")

	_, err = d.Take(ctx, "user:42", drivers.Rate{Limit: 1, Period: time.Hour}, 1)
	require.NoError(t, err)
	require.Equal(t, int64(1), raw.Exists(ctx, app+"!r:{"+app+":user:42}").Val())
	require.NoError(t, d.Flush(ctx))
	delete(values, app+":user:%7B42%7D")
	delete(values, app+":n")
	delete(values, lease)
	requireStored(t, raw, app, values)
}

// requireStored checks the server's keys that begin with prefix.
func requireStored(t *testing.T, raw *goredis.Client, prefix string, want map[string]string) {
	t.Helper()
	ctx := context.Background()
	for key, value := range want {
		got, err := raw.Get(ctx, key).Result()
		require.NoError(t, err, key)
		require.Equal(t, value, got, key)
	}
	keys, err := raw.Keys(ctx, prefix+"*").Result()
	require.NoError(t, err)
	require.Len(t, keys, len(want), "%q", keys)
}

// TestForeignValues: what another program put in our place is an error or no number, never a panic.
func TestForeignValues(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	ctx := context.Background()
	d := open(t, redis.Options{Addr: s.Addr(), Prefix: s.Prefix()})
	require.NoError(t, raw.LPush(ctx, s.Prefix()+":list", "x").Err())

	_, _, err := d.Get(ctx, "list")
	require.ErrorContains(t, err, "WRONGTYPE")
	_, err = d.Increment(ctx, "list", 1, 0)
	require.ErrorIs(t, err, drivers.ErrNotNumber)
	values, err := d.GetMany(ctx, []string{"list"})
	require.NoError(t, err)
	require.Nil(t, values[0])
	added, err := d.Add(ctx, "list", nil, 0)
	require.NoError(t, err)
	require.False(t, added)
	require.NoError(t, d.Put(ctx, "list", []byte("v"), 0))
	value, found, err := d.Get(ctx, "list")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "v", string(value))
}
