package redis_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// TestFlushAmongManyKeys: none of its steps keeps the server from others for longer than 10 ms.
func TestFlushAmongManyKeys(t *testing.T) {
	t.Parallel()
	const many = 100_000
	s := redistest.Start(t)
	ctx := context.Background()
	own, foreign := open(t, redis.Options{Addr: s.Addr(), Prefix: "app"}), open(t, redis.Options{Addr: s.Addr(), Prefix: "app2"})
	items, _ := manyItems(many)
	for chunk := range slices.Chunk(items, 10_000) {
		require.NoError(t, own.PutMany(ctx, chunk, 0))
		require.NoError(t, foreign.PutMany(ctx, chunk, 0))
	}
	started := time.Now()
	require.NoError(t, own.Flush(ctx))
	took := time.Since(started)
	require.Equal(t, many, size(t, []*redistest.Server{s}))

	// A mean, since the server may be kept waiting by the machine in a step of its own.
	for _, command := range []string{"scan", "unlink"} {
		mean := meanTime(t, s, command)
		t.Logf("flushed %d of %d keys in %v; %s takes %v", many, 2*many, took, command, mean)
		require.Less(t, mean, 10*time.Millisecond, command)
	}
	reply, err := s.Do("INFO", "commandstats")
	require.NoError(t, err)
	require.NotContains(t, reply, "cmdstat_flush")
	require.NotContains(t, reply, "cmdstat_keys")
}

// meanTime returns how long a command takes at the server on average.
func meanTime(t *testing.T, s *redistest.Server, command string) time.Duration {
	t.Helper()
	reply, err := s.Do("INFO", "commandstats")
	require.NoError(t, err)
	_, rest, found := strings.Cut(reply.(string), "cmdstat_"+command+":")
	require.True(t, found, command)
	var calls, usec int64
	_, err = fmt.Sscanf(rest, "calls=%d,usec=%d,", &calls, &usec)
	require.NoError(t, err)
	return time.Duration(usec/calls) * time.Microsecond
}
