package redis_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/racetest"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// TestCloseEndsEverything closes stores in every state a server can be in. It runs alone, before
// the parallel tests go on: it counts goroutines.
func TestCloseEndsEverything(t *testing.T) {
	s := redistest.Start(t)
	ctx := context.Background()
	o := redis.Options{Addr: s.Addr(), Timeout: 50*time.Millisecond + racetest.Slack}
	idle, err := redis.Open(ctx, o)
	require.NoError(t, err)
	watched, err := redis.Open(ctx, redis.Options{Addr: s.Addr(), Timeout: patient})
	require.NoError(t, err)
	_, _, err = watched.Watch(ctx, "l")
	require.NoError(t, err)
	stopped, err := redis.Open(ctx, o)
	require.NoError(t, err)
	s.Stop()
	slowest(t, context.DeadlineExceeded, func() error { return get(ctx, stopped) })
	_, err = redis.Open(ctx, o)
	require.Error(t, err)
	s.Cont()
	down, err := redis.Open(ctx, redis.Options{Addr: s.Addr(), Timeout: patient})
	require.NoError(t, err)
	s.Kill()
	for range callers {
		require.Error(t, get(ctx, down))
	}

	for _, d := range []*redis.Driver{idle, watched, stopped, down} {
		require.NoError(t, d.Close())
	}
	require.Empty(t, lastingGoroutines())
}

// lastingGoroutines returns the stacks of the goroutines of stores that do not end soon.
func lastingGoroutines() string {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(10 * time.Second) // the client looks for a lost server once a second
	left := clientGoroutines()
	for left != "" && time.Now().Before(deadline) {
		<-tick.C
		left = clientGoroutines()
	}
	return left
}

// clientGoroutines returns the stacks of all goroutines that run code of the client, or of the driver
// on behalf of a store.
func clientGoroutines() string {
	buf := make([]byte, 1<<20)
	var left []string
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(stack, "go-redis") || strings.Contains(stack, "drivers/redis.(") {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}
