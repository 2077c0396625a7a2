package drivertest

import (
	"math"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func (s *suite) ttl(t *testing.T) {
	d := s.driver(t)
	d.put("forever", "f", 0)
	d.put("longest", "l", math.MaxInt64)
	d.put("long", "l", 1000*time.Hour)
	for _, ttl := range []time.Duration{
		time.Nanosecond, 400 * time.Microsecond, time.Millisecond, 1500 * time.Microsecond, 20 * time.Millisecond,
	} {
		s.wantExpiry(t, ttl, func() { d.put("k", "v", ttl) }, func() bool { return d.has("k") })
	}
	if s.caps.Advance != nil {
		s.caps.Advance(900 * time.Hour)
	}
	for key, value := range map[string]string{"forever": "f", "longest": "l", "long": "l"} {
		d.wantValue(key, value)
	}
	s.ttlReplaced(t, d)
	ttlRefused(t, d)
}

// ttlReplaced: a write replaces the time to live together with the value.
func (s *suite) ttlReplaced(t *testing.T, d *checked) {
	s.wantExpiry(t, 5*time.Millisecond,
		func() { d.put("k", "long", 0); d.put("k", "short", 5*time.Millisecond) },
		func() bool { return d.has("k") })
	d.put("k", "short", 5*time.Millisecond)
	d.put("k", "forever", 0)
	s.wantExpiry(t, 10*time.Millisecond,
		func() { d.put("other", "v", 10*time.Millisecond) },
		func() bool { return d.has("other") })
	d.wantValue("k", "forever")
}

func ttlRefused(t *testing.T, d *checked) {
	d.put("kept", "v", 0)
	for _, ttl := range []time.Duration{-1, -time.Millisecond, -5 * time.Second, math.MinInt64} {
		wantError(t, "Put with a negative ttl", d.Put(d.ctx, "kept", []byte("x"), ttl), drivers.ErrTTL)
		_, err := d.Add(d.ctx, "refused", []byte("x"), ttl)
		wantError(t, "Add with a negative ttl", err, drivers.ErrTTL)
		_, err = d.Increment(d.ctx, "refused", 1, ttl)
		wantError(t, "Increment with a negative ttl", err, drivers.ErrTTL)
	}
	d.wantValue("kept", "v")
	d.wantMiss("refused")
}
