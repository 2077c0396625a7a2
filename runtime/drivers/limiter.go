package drivers

import (
	"context"
	"errors"
	"time"
)

// Limiter is the ability to limit rates: atomically, in one round trip, by the backend's clock.
// Names of limits are apart from keys and locks, and Flush ends them.
type Limiter interface {
	// Take takes n of what rate allows for name, or nothing if less than n are left. n is from 1 to
	// rate.Capacity(). ok is false, with an unchanged usage, if there is not enough. The usage of
	// another rate under the same name is taken as it is. What is no longer of any use is forgotten
	// by itself.
	Take(ctx context.Context, name string, rate Rate, n int64) (Allowance, error)
}

// Rate is how many of something are allowed in which time.
type Rate struct {
	// Limit is how many, and Period in which time. Both are positive, and Limit is at most one for
	// each 10 µs of Period.
	Limit  int64
	Period time.Duration
	// Burst is how many are allowed at once after a quiet time; 0 means Limit. With Window it is 0.
	Burst int64
	// Window counts in fixed windows, each of which begins with the first taking after the end of
	// the one before. Up to twice Limit may then fall into one Period, across the border of two
	// windows. Without it what was taken comes back steadily: the generic cell rate algorithm
	// (GCRA, ITU-T I.371), a leaky bucket that needs a single number.
	Window bool
}

// Validate says what is wrong with r.
func (r Rate) Validate() error {
	switch {
	case r.Limit <= 0 || r.Period <= 0:
		return errors.New("cachegen/drivers: a rate needs a positive limit and a positive period")
	case r.Burst < 0 || r.Window && r.Burst != 0:
		return errors.New("cachegen/drivers: a burst is positive, and a fixed window has none")
	case r.interval() < 10_000:
		return errors.New("cachegen/drivers: a rate over one in 10 µs; limit fewer, in a shorter period")
	case r.Period > maxPeriod || r.Capacity() > int64(maxPeriod)/r.interval():
		return errors.New("cachegen/drivers: a period, or the time in which a burst comes back, over ten years")
	}
	return nil
}

// maxPeriod keeps the times of rates within int64, and within what a script language counts exactly.
const maxPeriod = 10 * 365 * 24 * time.Hour

// Capacity returns how many are allowed at once.
func (r Rate) Capacity() int64 {
	if r.Burst > 0 && !r.Window {
		return r.Burst
	}
	return r.Limit
}

// interval is the time in which one comes back, in nanoseconds.
func (r Rate) interval() int64 { return int64(r.Period) / r.Limit }

// Allowance is the answer to a taking.
type Allowance struct {
	// OK reports whether what was asked for was taken.
	OK bool
	// Remaining is how many could be taken now.
	Remaining int64
	// RetryAfter is in how much time what was refused could be taken, if nobody takes any; 0 if it
	// was not refused.
	RetryAfter time.Duration
	// ResetAfter is in how much time everything is back, if nobody takes any.
	ResetAfter time.Duration
}

// Usage is what a backend keeps for one limit. The zero Usage is that of one which nobody has used.
type Usage struct {
	// Until is when the usage is forgotten, as nanoseconds since 1970 by the backend's clock: the end
	// of the window, or GCRA's theoretical arrival time.
	Until int64
	// Count is how many were taken in the window. GCRA leaves it 0.
	Count int64
}

// Take returns the usage after n were taken from u at now, and what to answer. It is the arithmetic
// of every [Limiter]; one whose backend runs a script of its own has to agree with it to the
// microsecond.
func (r Rate) Take(u Usage, now time.Time, n int64) (Usage, Allowance) {
	at := now.UnixNano()
	if r.Window {
		return r.takeWindow(u, at, n)
	}
	return r.takeGCRA(u, at, n)
}

func (r Rate) takeWindow(u Usage, at, n int64) (Usage, Allowance) {
	if u.Until <= at {
		u = Usage{Until: at + int64(r.Period)}
	}
	left := time.Duration(u.Until - at)
	if u.Count+n > r.Limit {
		return u, Allowance{Remaining: max(0, r.Limit-u.Count), RetryAfter: left, ResetAfter: left}
	}
	u.Count += n
	return u, Allowance{OK: true, Remaining: r.Limit - u.Count, ResetAfter: left}
}

func (r Rate) takeGCRA(u Usage, at, n int64) (Usage, Allowance) {
	interval := r.interval()
	tolerance := interval * r.Capacity()
	until := max(u.Until, at)
	after := until + n*interval
	if wait := after - at - tolerance; wait > 0 {
		left := max(0, tolerance-(until-at)) / interval
		return u, Allowance{Remaining: left, RetryAfter: time.Duration(wait), ResetAfter: time.Duration(until - at)}
	}
	u = Usage{Until: after}
	return u, Allowance{OK: true, Remaining: (tolerance - (after - at)) / interval, ResetAfter: time.Duration(after - at)}
}
