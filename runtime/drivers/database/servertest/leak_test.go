package servertest_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// TestCloseEndsEverything closes stores in every state a server can be in. It runs alone, before the
// parallel tests go on: it looks at all goroutines.
func TestCloseEndsEverything(t *testing.T) {
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			ctx := context.Background()
			o := database.Options{DSN: s.URL(), Timeout: patient}
			idle, down := open(t, o), open(t, o)
			o.Timeout = 200 * time.Millisecond
			stopped := openBusy(t, o)
			s.Stop()
			slowest(t, context.DeadlineExceeded, func() error { return get(ctx, stopped) })
			_, err := database.Open(ctx, o)
			require.Error(t, err)
			requireClosed(t, stopped)
			s.Cont()
			requireClosed(t, idle)
			s.Kill()
			for range callers {
				require.Error(t, get(ctx, down))
			}
			requireClosed(t, down)
			deadline := time.Now().Add(10 * time.Second) // a client may wait for a lost server a little
			for left := clientGoroutines(); left != ""; left = clientGoroutines() {
				require.True(t, time.Now().Before(deadline), "goroutines left after Close:\n%s", left)
				runtime.Gosched()
			}
		})
	}
}

// requireClosed closes d, which must not take long, whatever the server does.
func requireClosed(t *testing.T, d *database.Driver) {
	t.Helper()
	started := time.Now()
	require.NoError(t, d.Close())
	require.Less(t, time.Since(started), time.Second+stall)
}

// clientGoroutines returns the stacks of all goroutines that run code of the driver or of a client.
func clientGoroutines() string {
	buf := make([]byte, 1<<20)
	var left []string
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		for _, of := range []string{"drivers/database.", "database/sql.", "jackc", "go-sql-driver"} {
			if strings.Contains(stack, of) {
				left = append(left, stack)
				break
			}
		}
	}
	return strings.Join(left, "\n\n")
}
