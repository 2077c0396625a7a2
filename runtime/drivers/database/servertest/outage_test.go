package servertest_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/dbtest"
	"github.com/cachegen/cachegen/internal/racetest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

const (
	callers = 100
	// grace is how long after its deadline a call may return: the promise is 50 ms.
	grace = 50 * time.Millisecond
	// stall is added to every bound: 100 goroutines that become ready together share the machine's
	// few processors with other tests.
	stall = 150*time.Millisecond + racetest.Slack
)

// starts are the servers that a test may stop.
var starts = map[string]func(testing.TB) *dbtest.Server{"postgres": dbtest.StartPostgres, "mariadb": dbtest.StartMariaDB}

// slowest runs call in many goroutines and returns how long the last one took, after it has checked
// that each failed with want.
func slowest(t *testing.T, want error, call func() error) time.Duration {
	t.Helper()
	var wg sync.WaitGroup
	took := make([]time.Duration, callers)
	errs := make([]error, callers)
	for i := range callers {
		wg.Go(func() {
			started := time.Now()
			errs[i] = call()
			took[i] = time.Since(started)
		})
	}
	wg.Wait()
	var worst time.Duration
	for i := range callers {
		require.ErrorIs(t, errs[i], want)
		worst = max(worst, took[i])
	}
	return worst
}

func get(ctx context.Context, d drivers.Driver) error {
	_, _, err := d.Get(ctx, "k")
	return err
}

// TestStoppedServer: a server that accepts bytes and answers nothing holds no caller up.
func TestStoppedServer(t *testing.T) {
	for name, start := range starts {
		t.Run(name, func(t *testing.T) { stoppedServer(t, start(t)) })
	}
}

func stoppedServer(t *testing.T, s *dbtest.Server) {
	slow := open(t, database.Options{DSN: s.URL()})
	d := openBusy(t, database.Options{DSN: s.URL(), Timeout: drivers.DefaultTimeout})
	require.NoError(t, slow.Put(context.Background(), "k", []byte("v"), 0))
	s.Stop()

	t.Run("deadline", func(t *testing.T) {
		const deadline = 200 * time.Millisecond
		worst := slowest(t, context.DeadlineExceeded, func() error {
			ctx, cancel := context.WithTimeout(context.Background(), deadline)
			defer cancel()
			return get(ctx, slow)
		})
		t.Logf("slowest of %d: %v", callers, worst)
		require.Less(t, worst, deadline+grace+stall)
	})
	t.Run("no deadline", func(t *testing.T) {
		worst := slowest(t, context.DeadlineExceeded, func() error { return get(context.Background(), d) })
		t.Logf("slowest of %d: %v", callers, worst)
		require.Less(t, worst, drivers.DefaultTimeout+grace+stall)
	})
	t.Run("cancel", func(t *testing.T) {
		const cancelled = 20 * time.Millisecond
		worst := slowest(t, context.Canceled, func() error {
			ctx, cancel := context.WithCancel(context.Background())
			defer time.AfterFunc(cancelled, cancel).Stop()
			return get(ctx, slow)
		})
		t.Logf("slowest of %d: %v", callers, worst)
		require.Less(t, worst, cancelled+grace+stall)
	})
	t.Run("every call", func(t *testing.T) {
		for name, call := range calls(d) {
			started := time.Now()
			err := call(context.Background())
			require.ErrorIs(t, err, context.DeadlineExceeded, name)
			require.ErrorContains(t, err, s.Addr(), name)
			require.Less(t, time.Since(started), drivers.DefaultTimeout+grace+stall, name)
		}
	})
	t.Run("open", func(t *testing.T) {
		started := time.Now()
		_, err := database.Open(context.Background(), database.Options{DSN: s.URL()})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.False(t, drivers.Permanent(err))
		require.Less(t, time.Since(started), drivers.DefaultTimeout+grace+stall)
	})

	s.Cont()
	requireRecovery(t, d)
	value, found, err := slow.Get(context.Background(), "k")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "v", string(value))
}

// calls returns every operation that reaches the server.
func calls(d *database.Driver) map[string]func(context.Context) error {
	ignore := func(_ any, err error) error { return err }
	items, keys := []drivers.Item{{Key: "m"}}, []string{"m"}
	rate := drivers.Rate{Limit: 1, Period: time.Hour}
	return map[string]func(context.Context) error{
		"ping":         d.Ping,
		"get":          func(ctx context.Context) error { return get(ctx, d) },
		"put":          func(ctx context.Context) error { return d.Put(ctx, "p", nil, 0) },
		"add":          func(ctx context.Context) error { return ignore(d.Add(ctx, "a", nil, 0)) },
		"forget":       func(ctx context.Context) error { return d.Forget(ctx, "f") },
		"flush":        d.Flush,
		"increment":    func(ctx context.Context) error { return ignore(d.Increment(ctx, "i", 1, 0)) },
		"get many":     func(ctx context.Context) error { return ignore(d.GetMany(ctx, keys)) },
		"put many":     func(ctx context.Context) error { return d.PutMany(ctx, items, 0) },
		"lock":         func(ctx context.Context) error { return ignore(d.Lock(ctx, "l", "o", time.Hour)) },
		"extend":       func(ctx context.Context) error { return ignore(d.Extend(ctx, "l", "o", time.Hour)) },
		"fence":        func(ctx context.Context) error { return ignore(d.Fence(ctx, "l", "o")) },
		"unlock":       func(ctx context.Context) error { return ignore(d.Unlock(ctx, "l", "o")) },
		"force unlock": func(ctx context.Context) error { return d.ForceUnlock(ctx, "l") },
		"acquire":      func(ctx context.Context) error { return ignore(d.Acquire(ctx, keys, "t", time.Hour, false)) },
		"fill":         func(ctx context.Context) error { return ignore(d.Fill(ctx, items, "t", 0)) },
		"renew":        func(ctx context.Context) error { return ignore(d.Renew(ctx, keys, "t", time.Hour)) },
		"release":      func(ctx context.Context) error { return d.Release(ctx, keys, "t") },
		"take":         func(ctx context.Context) error { return ignore(d.Take(ctx, "u", rate, 1)) },
		"scan": func(ctx context.Context) error {
			for _, err := range d.Scan(ctx, "") {
				return err
			}
			return nil
		},
	}
}

// requireRecovery calls the server until it answers, for as long as the client may take to notice
// that it is back.
func requireRecovery(t *testing.T, d *database.Driver) {
	t.Helper()
	for started := time.Now(); ; {
		err := d.Ping(context.Background())
		if err == nil {
			return
		}
		require.Less(t, time.Since(started), patient, "the server is back, and the driver does not notice: %v", err)
	}
}
