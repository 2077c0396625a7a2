package drivertest

import (
	"fmt"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// enveloped returns an envelope whose payload is a number: see drivers.ParseNumber.
func enveloped(n int64) string {
	return string([]byte{drivers.EnvelopeMagic, drivers.NumberFlag}) + fmt.Sprintf("header=and\x00more=%d", n)
}

// counters: sums are exact over the whole range of int64, whatever form the number was stored in.
func (s *suite) counters(t *testing.T) {
	d := s.driver(t)
	for _, delta := range []int64{5, -8, 0, 1, math.MaxInt64, -math.MaxInt64, math.MinInt64} {
		key := fmt.Sprint("start ", delta)
		wantEqual(t, "the first Increment", d.increment(key, delta, 0), delta)
		d.wantValue(key, fmt.Sprint(delta))
	}
	wantEqual(t, "5-8", d.increment("start 5", -8, 0), -3)
	wantEqual(t, "-3+0", d.increment("start 5", 0, time.Hour), -3)

	const beyondFloat = 1<<53 + 1
	d.put("plain", fmt.Sprint(int64(beyondFloat)), 0)
	wantEqual(t, "2^53+1 plus 2", d.increment("plain", 2, 0), beyondFloat+2)
	d.put("enveloped", enveloped(41), 0)
	wantEqual(t, "an enveloped 41 plus 1", d.increment("enveloped", 1, 0), 42)
	d.wantValue("enveloped", "42")
	d.put("large", enveloped(-beyondFloat), 0)
	wantEqual(t, "an enveloped -(2^53+1) plus 0", d.increment("large", 0, 0), -beyondFloat)
	d.put("replaced", "x", 0)
	d.put("replaced", "7", 0)
	wantEqual(t, "7 plus 1", d.increment("replaced", 1, 0), 8)
	d.forget("replaced")
	wantEqual(t, "Increment after Forget", d.increment("replaced", 1, 0), 1)
	countTogether(t, d)
}

// countTogether: increments at once lose none, and every caller sees a sum of its own.
func countTogether(t *testing.T, d *checked) {
	const each = 10
	var seen [racers*each + 1]atomic.Bool
	race(func(int) {
		for range each {
			sum, err := d.Increment(d.ctx, "together", 1, time.Hour)
			switch {
			case err != nil:
				t.Errorf("Increment: %v", err)
			case sum < 1 || sum > racers*each || seen[sum].Swap(true):
				t.Errorf("Increment = %d, which is out of range or was returned before", sum)
			}
		}
	})
	d.wantValue("together", fmt.Sprint(racers*each))
}

// counterTTL: the first increment sets the time to live, later ones keep it.
func (s *suite) counterTTL(t *testing.T) {
	d := s.driver(t)
	starts := map[string]func(key string, ttl time.Duration){
		"incremented": func(key string, ttl time.Duration) { d.increment(key, 1, ttl) },
		"plain":       func(key string, ttl time.Duration) { d.put(key, "1", ttl) },
		"enveloped":   func(key string, ttl time.Duration) { d.put(key, enveloped(1), ttl) },
	}
	for key, start := range starts {
		patiently(t, func(ttl time.Duration) (inTime bool) {
			d.forget(key)
			s.wantExpiry(t, ttl, func() {
				start(key, ttl)
				inTime = d.increment(key, 1, time.Hour) == 2
				if !inTime { // it began anew, with an hour to live
					d.put(key, "1", ttl)
				}
			}, func() bool { return d.has(key) })
			return inTime
		})
		wantEqual(t, "Increment of an expired "+key+" number", d.increment(key, 5, 0), 5)
	}
	d.increment("forever", 1, 0)
	wantEqual(t, "the second Increment", d.increment("forever", 1, 2*time.Millisecond), 2)
	s.wantExpiry(t, 5*time.Millisecond,
		func() { d.put("other", "v", 5*time.Millisecond) }, func() bool { return d.has("other") })
	d.wantValue("forever", "2")
}

// counterErrors: what is no number, and a sum that does not fit, leave everything as it was.
func (s *suite) counterErrors(t *testing.T) {
	d := s.driver(t)
	for name, value := range map[string]string{
		"text": "abc", "empty": "", "float": "1.5", "plus": "+1", "space": " 1", "hex": "0x10", "exponent": "1e3",
		"envelope without flag": string([]byte{drivers.EnvelopeMagic, 0}) + "=41",
		"envelope with text":    string([]byte{drivers.EnvelopeMagic, drivers.NumberFlag}) + "=abc",
		"envelope cut":          string([]byte{drivers.EnvelopeMagic}),
	} {
		d.put(name, value, 0)
		_, err := d.Increment(d.ctx, name, 1, 0)
		wantError(t, "Increment of "+name, err, drivers.ErrNotNumber)
		d.wantValue(name, value)
	}
	for _, c := range []struct{ start, delta int64 }{
		{math.MaxInt64, 1}, {1, math.MaxInt64}, {math.MinInt64, -1}, {-2, math.MinInt64 + 1}, {-1, math.MinInt64},
	} {
		for _, value := range []string{fmt.Sprint(c.start), enveloped(c.start)} {
			d.put("edge", value, 0)
			_, err := d.Increment(d.ctx, "edge", c.delta, 0)
			wantError(t, fmt.Sprintf("%d plus %d", c.start, c.delta), err, drivers.ErrOverflow)
			d.wantValue("edge", value)
		}
	}
	s.refusedKeepsTTL(t, d)
}

// refusedKeepsTTL: a refused increment leaves the time to live too, of plain values and envelopes.
func (s *suite) refusedKeepsTTL(t *testing.T, d *checked) {
	for _, value := range []string{"abc", fmt.Sprint(int64(math.MaxInt64)), enveloped(math.MaxInt64)} {
		patiently(t, func(ttl time.Duration) (inTime bool) {
			d.forget("ttl")
			s.wantExpiry(t, ttl, func() {
				d.put("ttl", value, ttl)
				_, err := d.Increment(d.ctx, "ttl", 1, time.Hour)
				inTime = err != nil
				if !inTime { // it had expired, and began anew
					d.put("ttl", value, ttl)
				}
			}, func() bool { return d.has("ttl") })
			return inTime
		})
	}
}
