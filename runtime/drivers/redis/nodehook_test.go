package redis

import (
	"context"
	"fmt"
	"os"
	"testing"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// TestFinalOnce: an error that passes a hook twice is still known for what it is.
func TestFinalOnce(t *testing.T) {
	t.Parallel()
	d := newDriver(Options{Addr: "h:1"})
	h := &nodeHook{addr: "h:1", driver: d}
	once := h.settle(os.ErrDeadlineExceeded)
	require.Equal(t, &final{"h:1", os.ErrDeadlineExceeded}, once)
	again := h.settle(fmt.Errorf("initialize the connection: %w", once))
	require.Equal(t, os.ErrDeadlineExceeded, bare(again))
	require.ErrorIs(t, d.fail(context.Background(), "get", again), context.DeadlineExceeded)
	require.NoError(t, h.settle(nil))
	require.Equal(t, goredis.Nil, h.settle(goredis.Nil))
}
