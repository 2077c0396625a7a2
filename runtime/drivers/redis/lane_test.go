package redis

import (
	"context"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
)

// TestLaneRests: after a failure callers are sent on alone, for a while.
func TestLaneRests(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	c := goredis.NewClient(&goredis.Options{Addr: s.Addr(), MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	l := &lane{client: c, timeout: time.Minute, rest: time.Hour}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, ok, err := l.get(ctx, "k")
	require.True(t, ok)
	require.ErrorIs(t, err, goredis.Nil)

	s.Kill()
	_, ok, err = l.get(ctx, "k")
	require.False(t, ok)
	require.Error(t, err)
	l.done.Wait()
	_, ok, err = l.get(ctx, "k")
	require.False(t, ok)
	require.NoError(t, err, "it was not tried")

	l.resting = time.Now()
	_, ok, err = l.get(ctx, "k")
	require.False(t, ok)
	require.Error(t, err, "it was tried again")
}

// TestLaneForEachServer: those who ask different servers of a cluster do not wait for each other.
func TestLaneForEachServer(t *testing.T) {
	t.Parallel()
	a, b := redistest.Start(t), redistest.Start(t)
	c := goredis.NewClusterClient(&goredis.ClusterOptions{
		ClusterSlots: func(context.Context) ([]goredis.ClusterSlot, error) {
			return []goredis.ClusterSlot{
				{Start: 0, End: 8191, Nodes: []goredis.ClusterNode{{Addr: a.Addr()}}},
				{Start: 8192, End: 16383, Nodes: []goredis.ClusterNode{{Addr: b.Addr()}}},
			}, nil
		},
	})
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ls := &lanes{client: c, timeout: time.Minute}
	used := map[*lane]int{}
	for _, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		require.NoError(t, c.Set(ctx, key, "value of "+key, 0).Err())
		l := ls.of(ctx, key)
		require.Same(t, l, ls.of(ctx, key))
		used[l]++
		text, ok, err := l.get(ctx, key)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "value of "+key, text)
	}
	require.Len(t, used, 2)
	late, cancel := context.WithDeadline(ctx, time.Unix(0, 0))
	defer cancel()
	l := ls.of(ctx, "a")
	_, ok, err := l.get(late, "a")
	require.True(t, ok)
	require.NotEmpty(t, l.node)
	require.Equal(t, &final{l.node, context.DeadlineExceeded}, err)
	ls.close()
	_, ok, _ = ls.of(ctx, "a").get(ctx, "a")
	require.False(t, ok)
	ls.wait()
}

// TestAbandonedRequestsAreNotSent: whoever has left costs the server nothing.
func TestAbandonedRequestsAreNotSent(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	c := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	l := &lane{client: c, timeout: time.Minute}
	here, left := newRequest(context.Background(), "k"), newRequest(context.Background(), "k")
	left.left.Store(true)
	require.False(t, l.exchange([]*request{left, here, left}))
	stats, err := c.InfoMap(context.Background(), "commandstats").Result()
	require.NoError(t, err)
	require.Contains(t, stats["Commandstats"]["cmdstat_get"], "calls=1,")
	require.False(t, l.exchange([]*request{left}))
}
