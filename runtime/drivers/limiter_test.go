package drivers_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
)

var noon = time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)

func TestRateValidate(t *testing.T) {
	for _, r := range []drivers.Rate{
		{Limit: 1, Period: 10 * time.Microsecond},
		{Limit: 60, Period: time.Minute, Burst: 1000},
		{Limit: 1, Period: 10 * 365 * 24 * time.Hour, Window: true},
	} {
		require.NoError(t, r.Validate(), "%+v", r)
	}
	for says, r := range map[string]drivers.Rate{
		"positive limit":   {Period: time.Second},
		"positive period":  {Limit: 1, Period: -1},
		"burst is pos":     {Limit: 1, Period: time.Second, Burst: -1},
		"fixed window has": {Limit: 1, Period: time.Second, Burst: 2, Window: true},
		"one in 10 µs":     {Limit: 2, Period: 19 * time.Microsecond},
		"ten years":        {Limit: 1, Period: 11 * 365 * 24 * time.Hour},
		"over ten years":   {Limit: 1, Period: time.Hour, Burst: 1 << 40},
	} {
		require.ErrorContains(t, r.Validate(), says, "%+v", r)
	}
}

func TestWindowsBeginWithTheFirstTaking(t *testing.T) {
	r := drivers.Rate{Limit: 3, Period: time.Minute, Window: true}
	u, a := r.Take(drivers.Usage{}, noon, 2)
	require.Equal(t, drivers.Allowance{OK: true, Remaining: 1, ResetAfter: time.Minute}, a)
	u, a = r.Take(u, noon.Add(20*time.Second), 2)
	require.Equal(t, drivers.Allowance{Remaining: 1, RetryAfter: 40 * time.Second, ResetAfter: 40 * time.Second}, a)
	u, a = r.Take(u, noon.Add(time.Minute-1), 1)
	require.Equal(t, drivers.Allowance{OK: true, ResetAfter: 1}, a)
	_, a = r.Take(u, noon.Add(time.Minute), 3)
	require.Equal(t, drivers.Allowance{OK: true, ResetAfter: time.Minute}, a)
}

func TestGCRAComesBackSteadily(t *testing.T) {
	r := drivers.Rate{Limit: 60, Period: time.Minute, Burst: 3}
	u, a := r.Take(drivers.Usage{}, noon, 3)
	require.Equal(t, drivers.Allowance{OK: true, ResetAfter: 3 * time.Second}, a)
	u, a = r.Take(u, noon, 1)
	require.Equal(t, drivers.Allowance{RetryAfter: time.Second, ResetAfter: 3 * time.Second}, a)
	u, a = r.Take(u, noon.Add(time.Second), 1)
	require.Equal(t, drivers.Allowance{OK: true, ResetAfter: 3 * time.Second}, a)
	u, a = r.Take(u, noon.Add(3500*time.Millisecond), 3)
	require.Equal(t, drivers.Allowance{Remaining: 2, RetryAfter: 500 * time.Millisecond, ResetAfter: 500 * time.Millisecond}, a)
	_, a = r.Take(u, noon.Add(time.Hour), 1)
	require.Equal(t, drivers.Allowance{OK: true, Remaining: 2, ResetAfter: time.Second}, a)
}

// TestRatesHoldOverAnyTime takes at random times and checks that no interval saw more than the rate
// allows in it, and that what RetryAfter promised was there.
func TestRatesHoldOverAnyTime(t *testing.T) {
	type taken struct {
		at time.Time
		n  int64
	}
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		r := drivers.Rate{Limit: 1 + random.Int64N(20), Period: time.Duration(1+random.Int64N(100)) * time.Second}
		r.Burst = random.Int64N(30)
		var u drivers.Usage
		var log []taken
		now := noon
		for range 200 {
			n := 1 + random.Int64N(r.Capacity())
			var a drivers.Allowance
			u, a = r.Take(u, now, n)
			if !a.OK {
				require.Positive(t, a.RetryAfter)
				_, early := r.Take(u, now.Add(a.RetryAfter-1), n)
				require.False(t, early.OK, "seed %d: before RetryAfter", seed)
				now = now.Add(a.RetryAfter)
				u, a = r.Take(u, now, n)
				require.True(t, a.OK, "seed %d: after RetryAfter", seed)
			}
			require.GreaterOrEqual(t, a.Remaining, int64(0))
			log = append(log, taken{now, n})
			now = now.Add(time.Duration(random.Int64N(int64(r.Period) / 4)))
		}
		interval := int64(r.Period) / r.Limit
		for i := range log {
			var sum int64
			for _, x := range log[i:] {
				sum += x.n
				allowed := r.Capacity() + int64(x.at.Sub(log[i].at))/interval
				require.LessOrEqual(t, sum, allowed, "seed %d", seed)
			}
		}
	}
}

func TestFencesGrow(t *testing.T) {
	first := drivers.NextFence(0, noon)
	require.Equal(t, noon.UnixMicro(), first)
	require.Equal(t, first+1, drivers.NextFence(first, noon), "within one microsecond")
	require.Equal(t, first+1, drivers.NextFence(first, noon.Add(-time.Hour)), "after the clock was set back")
	require.Equal(t, noon.Add(time.Hour).UnixMicro(), drivers.NextFence(0, noon.Add(time.Hour)), "after the last one was lost")
}
