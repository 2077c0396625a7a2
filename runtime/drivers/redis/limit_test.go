package redis_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// TestLimitsAgree: what the server notes is what drivers.Rate.Take says, to the nanosecond, for
// random rates and whatever was noted before.
func TestLimitsAgree(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	d := open(t, redis.Options{Addr: s.Addr(), Prefix: s.Prefix()})
	ctx := context.Background()
	key := drivers.StoreConfig{Prefix: s.Prefix()}.Namespace().Internal("r", "limit")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	taken := 0
	for i := range 2000 {
		rate := randomRate(random)
		if random.IntN(4) > 0 { // otherwise another rate meets the usage
			require.NoError(t, raw.Set(ctx, key, randomUsage(random, rate), 0).Err())
		}
		n := 1 + random.Int64N(min(rate.Capacity(), 1+random.Int64N(1000)))
		old := noted(t, raw, key)
		before, now, err := d.TakeRaw(ctx, "limit", rate, n)
		require.NoError(t, err)
		requireUsage(t, old, before)
		want, answer := rate.Take(before, now, n)
		if !answer.OK {
			want = before
		} else {
			taken++
			requireForgotten(t, raw, key, want.Until)
		}
		requireUsage(t, want, noted(t, raw, key), "step %d: %+v, %d of %+v at %v", i, before, n, rate, now)
	}
	require.Greater(t, taken, 200)
	require.Less(t, taken, 1800)
}

func randomRate(r *rand.Rand) drivers.Rate {
	for {
		rate := drivers.Rate{Period: 1 + time.Duration(r.Int64N(1<<(14+r.IntN(45)))), Limit: 1 + r.Int64N(1<<r.IntN(40)), Window: r.IntN(2) == 0}
		if !rate.Window && r.IntN(2) == 0 {
			rate.Burst = 1 + r.Int64N(1<<r.IntN(30))
		}
		if rate.Validate() == nil {
			return rate
		}
	}
}

// randomUsage returns a usage that is over, under way, or just about to end.
func randomUsage(r *rand.Rand, rate drivers.Rate) string {
	until := time.Now().UnixNano()
	switch r.IntN(3) {
	case 0:
		until += r.Int64N(2*int64(rate.Period)) - int64(rate.Period)
	case 1:
		until += r.Int64N(2_000_000) - 500_000
	default:
		until -= r.Int64N(int64(time.Hour))
	}
	count := r.Int64N(rate.Limit + 1)
	return fmt.Sprintf("%d:%d:%d", until/1e9, until%1e9, count)
}

// noted reads a usage from the server.
func noted(t *testing.T, raw *goredis.Client, key string) (u drivers.Usage) {
	t.Helper()
	text, err := raw.Get(context.Background(), key).Result()
	if err == goredis.Nil {
		return u
	}
	require.NoError(t, err)
	var n [3]int64
	for i, part := range strings.Split(text, ":") {
		n[i], err = strconv.ParseInt(part, 10, 64)
		require.NoError(t, err, text)
	}
	return drivers.Usage{Until: n[0]*1e9 + n[1], Count: n[2]}
}

// requireUsage checks a usage that was read later: it may be forgotten if it is over by now.
func requireUsage(t *testing.T, want, got drivers.Usage, message ...any) {
	t.Helper()
	if got == (drivers.Usage{}) && want.Until <= time.Now().UnixNano() {
		return
	}
	require.Equal(t, want, got, message...)
}

// requireForgotten checks that the server forgets a usage soon after it is over, and not before. Between
// the script's look at the time and its change the machine may stall.
func requireForgotten(t *testing.T, raw *goredis.Client, key string, until int64) {
	t.Helper()
	end, err := raw.PExpireTime(context.Background(), key).Result()
	require.NoError(t, err)
	if end == -2 {
		return // it was short
	}
	require.GreaterOrEqual(t, int64(end), until)
	require.LessOrEqual(t, int64(end), until+1e9)
}

// TestForeignUsage: what another program left in the place of a usage is nobody's.
func TestForeignUsage(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	d := open(t, redis.Options{Addr: s.Addr(), Prefix: s.Prefix()})
	ctx := context.Background()
	key := drivers.StoreConfig{Prefix: s.Prefix()}.Namespace().Internal("r", "limit")
	require.NoError(t, raw.Set(ctx, key, "garbage", 0).Err())
	a, err := d.Take(ctx, "limit", drivers.Rate{Limit: 2, Period: time.Hour}, 2)
	require.NoError(t, err)
	require.True(t, a.OK)
	_, err = d.Take(ctx, "limit", drivers.Rate{}, 1)
	require.ErrorContains(t, err, "a rate needs a positive limit")
}
