package drivertest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// taker is a Limiter whose methods fail the test on any error.
type taker struct {
	drivers.Limiter
	d *checked
}

func (l taker) take(name string, rate drivers.Rate, n int64) drivers.Allowance {
	l.d.t.Helper()
	a, err := l.Take(l.d.ctx, name, rate, n)
	if err != nil {
		l.d.t.Fatalf("Take(%q, %+v, %d): %v", name, rate, n, err)
	}
	return a
}

func (s *suite) limiter(t *testing.T) {
	d := s.driver(t)
	limiter, ok := d.Driver.(drivers.Limiter)
	if !ok {
		t.Skip("the driver is no Limiter")
	}
	l := taker{limiter, d}
	for _, window := range []bool{true, false} {
		t.Run(fmt.Sprintf("window %t", window), func(t *testing.T) {
			l.d.t = t
			exhaust(t, l, window)
			s.refill(t, l, window)
			takeRace(t, l, window)
			limitsApart(t, l, window)
		})
	}
}

// exhaust: what is allowed can be taken at once, in any portions, and no more; a refusal takes nothing.
func exhaust(t *testing.T, l taker, window bool) {
	rate := drivers.Rate{Limit: 10, Period: 10 * time.Hour, Window: window}
	name := fmt.Sprint("exhaust ", window)
	left := int64(10)
	for _, n := range []int64{1, 4, 3} {
		left -= n
		a := l.take(name, rate, n)
		if !a.OK || a.Remaining != left || a.RetryAfter != 0 || a.ResetAfter <= 0 || a.ResetAfter > rate.Period {
			t.Errorf("Take of %d = %+v; want it allowed, %d remaining, everything back within %v", n, a, left, rate.Period)
		}
	}
	for range 3 {
		a := l.take(name, rate, 3)
		if a.OK || a.Remaining != 2 || a.RetryAfter <= 0 || a.RetryAfter > rate.Period || a.ResetAfter < a.RetryAfter {
			t.Errorf("Take of 3 when 2 are left = %+v; want it refused, 2 remaining", a)
		}
	}
	a := l.take(name, rate, 2)
	wantEqual(t, "Take of the last 2", a.OK && a.Remaining == 0, true)
	a = l.take(name, rate, 1)
	wantEqual(t, "Take of 1 when none is left", a.OK, false)
	if !window {
		burst := drivers.Rate{Limit: 1, Period: time.Hour, Burst: 3}
		for left := int64(2); left >= 0; left-- {
			wantEqual(t, "remaining of a burst", l.take(name+" burst", burst, 1).Remaining, left)
		}
		a := l.take(name+" burst", burst, 1)
		if a.OK || a.RetryAfter > time.Hour || a.RetryAfter < 59*time.Minute {
			t.Errorf("Take after a burst = %+v; want it refused for an hour", a)
		}
	}
}

// refill: what was taken comes back when RetryAfter says so, and not before.
func (s *suite) refill(t *testing.T, l taker, window bool) {
	name := fmt.Sprint("refill ", window)
	patiently(t, func(period time.Duration) (inTime bool) {
		rate := drivers.Rate{Limit: 4, Period: 4 * period, Window: window}
		name += "'"
		wantEqual(t, "Take of everything", l.take(name, rate, 4).OK, true)
		refused := l.take(name, rate, 1)
		if refused.OK {
			return false // the machine stalled for a whole period
		}
		s.waitUntil(time.Now(), refused.RetryAfter)
		wantEqual(t, "Take after RetryAfter", l.take(name, rate, 1).OK, true)
		return true
	})
}

// waitUntil lets d pass, by the suite's clock or by asking the time until it has passed.
func (s *suite) waitUntil(start time.Time, d time.Duration) {
	d += time.Millisecond
	if s.caps.Advance != nil {
		s.caps.Advance(d)
		return
	}
	<-time.After(time.Until(start.Add(d)) + d/8) // a backend's clock may run a little behind
}

// takeRace: racers take exactly what is allowed.
func takeRace(t *testing.T, l taker, window bool) {
	rate := drivers.Rate{Limit: 100, Period: 1000 * time.Hour, Window: window}
	name := fmt.Sprint("race ", window)
	var taken atomic.Int64
	race(func(int) {
		for range 4 {
			a, err := l.Take(l.d.ctx, name, rate, 1)
			if err != nil {
				t.Errorf("Take: %v", err)
			}
			if a.OK {
				taken.Add(1)
			}
		}
	})
	wantEqual(t, "taken by 64 racers", taken.Load(), 100)
}

// limitsApart: a limit, a value and a lock of one name never meet, and Flush ends limits.
func limitsApart(t *testing.T, l taker, window bool) {
	rate := drivers.Rate{Limit: 1, Period: time.Hour, Window: window}
	for _, key := range awkward {
		name := fmt.Sprint(key, window)
		l.d.put(name, "value", 0)
		wantEqual(t, "Take for a name that has a value", l.take(name, rate, 1).OK, true)
		l.d.wantValue(name, "value")
		l.d.forget(name)
		wantEqual(t, "Take after Forget", l.take(name, rate, 1).OK, false)
		l.d.wantMiss(name)
	}
	l.d.flush()
	wantEqual(t, "Take after Flush", l.take(fmt.Sprint("a", window), rate, 1).OK, true)
}
