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

// TestNames: the names of a key and its lease are those of the namespace, whatever the key.
func TestNames(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	for _, name := range []string{"", "session", "a:b{c}!"} {
		d := open(t, redis.Options{Addr: s.Addr(), Prefix: "p:{x}", Name: name})
		n := drivers.StoreConfig{Prefix: "p:{x}", Name: name}.Namespace()
		for _, key := range []string{"k", "user:42", "{a}", "}", "%7B", "%257D%", "\x00\xff"} {
			stored, lease := d.Name(key)
			require.Equal(t, n.Key(key), stored)
			require.Equal(t, n.Internal("l", key), lease)
		}
	}
}

// TestForgottenScripts: a server that forgets its scripts, before each call or between two parts of one,
// is told them again.
func TestForgottenScripts(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	d := open(t, redis.Options{Addr: s.Addr()})
	ctx := context.Background()
	forget := func() { require.NoError(t, raw.ScriptFlush(ctx).Err()) }

	const many = 350 // several parts
	keys, items := make([]string, many), make([]drivers.Item, many)
	for i := range keys {
		keys[i] = fmt.Sprint("k", i)
		items[i] = drivers.Item{Key: keys[i], Value: fmt.Append(nil, i)}
	}
	for range 3 {
		require.NoError(t, d.Forget(ctx, keys...))
		forget()
		leases, err := d.Acquire(ctx, keys, "token", time.Hour, false)
		require.NoError(t, err)
		forget()
		held, err := d.Renew(ctx, keys, "token", time.Hour)
		require.NoError(t, err)
		forget()
		stored, err := d.Fill(ctx, items, "token", 0)
		require.NoError(t, err)
		for i := range keys {
			require.Equal(t, drivers.Lease{Won: true}, leases[i])
			require.True(t, held[i])
			require.True(t, stored[i])
		}
		forget()
		require.NoError(t, d.PutMany(ctx, items, time.Hour))
		values, err := d.GetMany(ctx, keys)
		require.NoError(t, err)
		for i := range keys {
			require.Equal(t, fmt.Sprint(i), string(values[i]))
		}
		forget()
		require.NoError(t, d.Put(ctx, "one", []byte("v"), 0))
		forget()
		added, err := d.Add(ctx, "one", []byte("w"), 0)
		require.NoError(t, err)
		require.False(t, added)
	}
}

// TestFullServer: what a server without memory refuses changes nothing, the lease included.
func TestFullServer(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	d := open(t, redis.Options{Addr: s.Addr()})
	ctx := context.Background()
	require.NoError(t, d.Put(ctx, "k", []byte("old"), 0))
	for _, key := range []string{"k", "new", "a", "b"} {
		got, err := d.Acquire(ctx, []string{key}, "token", time.Hour, true)
		require.NoError(t, err)
		require.True(t, got[0].Won)
	}
	require.NoError(t, raw.ConfigSet(ctx, "maxmemory", "1").Err())

	require.ErrorContains(t, d.Put(ctx, "k", []byte("v"), 0), "OOM")
	_, err := d.Add(ctx, "new", []byte("v"), 0)
	require.ErrorContains(t, err, "OOM")
	require.ErrorContains(t, d.PutMany(ctx, []drivers.Item{{Key: "a"}, {Key: "b"}}, 0), "OOM")
	_, err = d.Fill(ctx, []drivers.Item{{Key: "a"}, {Key: "b"}}, "token", 0)
	require.ErrorContains(t, err, "OOM")
	_, err = d.Acquire(ctx, []string{"c"}, "token", time.Hour, false)
	require.ErrorContains(t, err, "OOM")

	require.NoError(t, raw.ConfigSet(ctx, "maxmemory", "0").Err())
	values, err := d.GetMany(ctx, []string{"k", "new", "a", "b", "c"})
	require.NoError(t, err)
	require.Equal(t, [][]byte{[]byte("old"), nil, nil, nil, nil}, values)
	held, err := d.Renew(ctx, []string{"k", "new", "a", "b", "c"}, "token", time.Hour)
	require.NoError(t, err)
	require.Equal(t, []bool{true, true, true, true, false}, held)
}
