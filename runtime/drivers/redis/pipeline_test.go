package redis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/drivertest"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// TestSharedContract: the contract holds where every Get shares round trips.
func TestSharedContract(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	drivertest.Run(t, func(t *testing.T) drivers.Driver {
		return redis.ShareAlways(open(t, redis.Options{Addr: s.Addr(), Prefix: redistest.Shared(t).Prefix()}))
	}, drivertest.Caps{})
}

// TestSharedContractOnCluster is TestSharedContract where each node of a cluster has round trips of its own.
func TestSharedContractOnCluster(t *testing.T) {
	t.Parallel()
	drivertest.Run(t, func(t *testing.T) drivers.Driver {
		c := redistest.SharedCluster(t)
		return redis.ShareAlways(open(t, redis.Options{Addrs: c.Addrs(), Prefix: c.Prefix()}))
	}, drivertest.Caps{})
}

// together runs call in many goroutines, n times in each.
func together(goroutines, n int, call func(i int)) {
	var wg sync.WaitGroup
	for i := range goroutines {
		wg.Go(func() {
			for range n {
				call(i)
			}
		})
	}
	wg.Wait()
}

// TestRepliesReachTheirCallers has many callers, each of whom may leave at any time, on connections that
// stall and break. A value names its key; none may reach another caller.
func TestRepliesReachTheirCallers(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	d := redis.ShareAlways(open(t, redis.Options{Addr: s.Addr()}))
	ctx := context.Background()
	const keys = 200
	for i := range keys {
		require.NoError(t, d.Put(ctx, fmt.Sprint(i), []byte(valueOf(i)), 0))
	}
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })

	var calls, found, failed atomic.Int64
	together(64, 400, func(int) {
		if calls.Add(1)%1000 == 0 {
			harass(t, raw)
		}
		i := rand.IntN(2 * keys) // half of them are missing
		ctx, cancel := context.WithTimeout(ctx, patient-time.Second)
		defer cancel()
		if rand.IntN(4) == 0 {
			defer time.AfterFunc(time.Duration(rand.IntN(2000))*time.Microsecond, cancel).Stop()
		}
		value, ok, err := d.Get(ctx, fmt.Sprint(i))
		switch {
		case err != nil:
			failed.Add(1)
		case ok != (i < keys) || ok && string(value) != valueOf(i):
			t.Errorf("key %d: %t, %.20q", i, ok, value)
		default:
			found.Add(1)
			clear(value) // it is the caller's
		}
	})
	t.Logf("%d answers, %d errors", found.Load(), failed.Load())
	require.Greater(t, found.Load(), failed.Load())
	require.Positive(t, failed.Load(), "the server was left in peace")
}

func valueOf(i int) string { return strings.Repeat(fmt.Sprint("value ", i, " "), 1+i%50) }

// harass breaks all connections but its own, and has the server stall.
func harass(t *testing.T, raw *goredis.Client) {
	ctx := context.Background()
	if err := raw.ClientKillByFilter(ctx, "TYPE", "normal", "SKIPME", "yes").Err(); err != nil {
		t.Errorf("kill: %v", err)
	}
	if err := raw.Do(ctx, "client", "pause", "3").Err(); err != nil {
		t.Errorf("pause: %v", err)
	}
}

// TestManyCallersShareConnections: they need fewer than there are callers, and than the pool would give.
func TestManyCallersShareConnections(t *testing.T) {
	t.Parallel()
	connections := func(o redis.Options) int {
		s := redistest.Start(t)
		o.Addr, o.Connections = s.Addr(), 64
		d := open(t, o)
		together(64, 100, func(int) {
			if err := get(context.Background(), d); err != nil {
				t.Errorf("Get: %v", err)
			}
		})
		raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
		defer raw.Close()
		list, err := raw.Do(context.Background(), "client", "list").Text()
		require.NoError(t, err)
		return strings.Count(list, "\n") - 1
	}
	require.LessOrEqual(t, connections(redis.Options{}), 11) // three alone, eight that are shared
	require.Greater(t, connections(redis.Options{Unshared: true}), 11)
}

// TestSharingCallersLeaveAtOnce: a caller whose ctx is cancelled does not wait for the answer that the
// others wait for.
func TestSharingCallersLeaveAtOnce(t *testing.T) {
	s := redistest.Start(t)
	d := redis.ShareAlways(open(t, redis.Options{Addr: s.Addr()}))
	s.Stop()
	worst := slowest(t, context.Canceled, func() error {
		ctx, cancel := context.WithCancel(context.Background())
		defer time.AfterFunc(20*time.Millisecond, cancel).Stop()
		return get(ctx, d)
	})
	require.Less(t, worst, 20*time.Millisecond+grace)
	worst = slowest(t, context.DeadlineExceeded, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		return get(ctx, d)
	})
	require.Less(t, worst, 100*time.Millisecond+grace)

	quick := redis.ShareAlways(open(t, redis.Options{Addr: restarted(s), Timeout: drivers.DefaultTimeout}))
	s.Stop()
	worst = slowest(t, context.DeadlineExceeded, func() error { return get(context.Background(), quick) })
	require.Less(t, worst, drivers.DefaultTimeout+grace)
}

// restarted resumes a server and returns its address.
func restarted(s *redistest.Server) string {
	s.Cont()
	return s.Addr()
}

// TestBrokenBatch: when the connection of many breaks, each of them asks again, alone, and gets an answer.
func TestBrokenBatch(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	d := redis.ShareAlways(open(t, redis.Options{Addr: breakFirst(t, s.Addr())}))
	ctx := context.Background()
	require.NoError(t, d.Put(ctx, "k", []byte("v"), 0))
	together(20, 1, func(int) {
		value, found, err := d.Get(ctx, "k")
		if err != nil || !found || string(value) != "v" {
			t.Errorf("Get = %q, %t, %v", value, found, err)
		}
	})
}

// breakFirst forwards connections to addr and returns its own address. It breaks the first on which it
// sees a GET.
func breakFirst(t *testing.T, addr string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	var broken atomic.Bool
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", addr)
			if err != nil {
				_ = in.Close()
				continue
			}
			go func() {
				defer in.Close()
				_, _ = io.Copy(in, out)
			}()
			go func() {
				defer out.Close()
				_, _ = io.Copy(out, &breaker{in, &broken})
			}()
		}
	}()
	return l.Addr().String()
}

// breaker is a connection that ends with the first GET on any of them.
type breaker struct {
	net.Conn
	broken *atomic.Bool
}

func (b *breaker) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if bytes.Contains(p[:n], []byte("\r\nget\r\n")) && b.broken.CompareAndSwap(false, true) {
		return 0, io.EOF
	}
	return n, err
}

// TestForeignValueAmongOthers: an answer that is an error is its caller's alone.
func TestForeignValueAmongOthers(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	d := redis.ShareAlways(open(t, redis.Options{Addr: s.Addr(), Prefix: s.Prefix()}))
	ctx := context.Background()
	require.NoError(t, raw.LPush(ctx, s.Prefix()+":list", "x").Err())
	require.NoError(t, d.Put(ctx, "k", []byte("v"), 0))
	together(20, 50, func(i int) {
		if i%2 == 0 {
			if _, _, err := d.Get(ctx, "list"); err == nil || !strings.Contains(err.Error(), "WRONGTYPE") {
				t.Errorf("Get of a list: %v", err)
			}
			return
		}
		if value, found, err := d.Get(ctx, "k"); err != nil || !found || string(value) != "v" {
			t.Errorf("Get = %q, %t, %v", value, found, err)
		}
	})
}

// TestCloseAmongCallers: callers who share a round trip when the store is closed are told so.
func TestCloseAmongCallers(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	d := redis.ShareAlways(open(t, redis.Options{Addr: s.Addr()}))
	s.Stop()
	var over sync.WaitGroup
	errs := make([]error, 50)
	for i := range errs {
		over.Go(func() { errs[i] = get(context.Background(), d) })
	}
	require.NoError(t, d.Close())
	over.Wait()
	for _, err := range errs {
		require.True(t, errors.Is(err, drivers.ErrClosed), err)
	}
}
