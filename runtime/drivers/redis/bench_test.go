package redis_test

import (
	"context"
	"slices"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
)

// BenchmarkGet compares a hit with the client's own, both under a ctx with a deadline.
func BenchmarkGet(b *testing.B) {
	ctx, cancel := context.WithTimeout(context.Background(), patient-time.Second)
	defer cancel()
	value := make([]byte, 200)
	b.Run("driver", func(b *testing.B) {
		d := fresh(b)
		require.NoError(b, d.Put(ctx, "user:42", value, 0))
		b.ReportAllocs()
		for b.Loop() {
			if _, found, err := d.Get(ctx, "user:42"); err != nil || !found {
				b.Fatal(found, err)
			}
		}
	})
	b.Run("go-redis", func(b *testing.B) {
		s := redistest.Shared(b)
		c := goredis.NewClient(&goredis.Options{Addr: s.Addr(), ContextTimeoutEnabled: true})
		defer c.Close()
		key := s.Prefix() + ":user:42"
		require.NoError(b, c.Set(ctx, key, value, 0).Err())
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Get(ctx, key).Bytes(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkOneCaller compares a Get, and a Put, which also ends the lease of its key, with the client's own.
// They take turns, call by call, since the speed of a round trip changes from second to second.
func BenchmarkOneCaller(b *testing.B) {
	ctx, cancel := context.WithTimeout(context.Background(), patient-time.Second)
	defer cancel()
	d := fresh(b)
	s := redistest.Shared(b)
	c := goredis.NewClient(&goredis.Options{Addr: s.Addr(), ContextTimeoutEnabled: true})
	defer c.Close()
	key, value := s.Prefix()+":user:42", make([]byte, 300)
	for _, op := range []struct {
		name          string
		driver, plain func() error
	}{
		{"put", func() error { return d.Put(ctx, "user:42", value, time.Hour) },
			func() error { return c.Set(ctx, key, value, time.Hour).Err() }},
		{"get", func() error { _, _, err := d.Get(ctx, "user:42"); return err },
			func() error { _, err := c.Get(ctx, key).Bytes(); return err }},
	} {
		b.Run(op.name, func(b *testing.B) {
			var times [2][]time.Duration
			for b.Loop() {
				for i, call := range []func() error{op.driver, op.plain} {
					start := time.Now()
					require.NoError(b, call())
					times[i] = append(times[i], time.Since(start))
				}
			}
			slices.Sort(times[0])
			slices.Sort(times[1])
			half := len(times[0]) / 2
			b.ReportMetric(float64(times[0][half]), "driver-p50-ns")
			b.ReportMetric(float64(times[1][half]), "go-redis-p50-ns")
			b.ReportMetric(float64(times[0][half])/float64(times[1][half]), "x-go-redis")
			b.ReportMetric(0, "ns/op")
		})
	}
}
