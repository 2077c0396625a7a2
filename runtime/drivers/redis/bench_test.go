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

// BenchmarkPut compares a Put, which also ends the lease of its key, with the client's own SET. The two
// take turns, since the speed of a round trip changes from second to second; the metrics are medians.
func BenchmarkPut(b *testing.B) {
	ctx, cancel := context.WithTimeout(context.Background(), patient-time.Second)
	defer cancel()
	d := fresh(b)
	s := redistest.Shared(b)
	c := goredis.NewClient(&goredis.Options{Addr: s.Addr(), ContextTimeoutEnabled: true})
	defer c.Close()
	key, value := s.Prefix()+":user:42", make([]byte, 300)
	var put, set []time.Duration
	for b.Loop() {
		start := time.Now()
		require.NoError(b, d.Put(ctx, "user:42", value, time.Hour))
		middle := time.Now()
		require.NoError(b, c.Set(ctx, key, value, time.Hour).Err())
		put, set = append(put, middle.Sub(start)), append(set, time.Since(middle))
	}
	slices.Sort(put)
	slices.Sort(set)
	half := len(put) / 2
	b.ReportMetric(float64(put[half]), "put-p50-ns")
	b.ReportMetric(float64(set[half]), "set-p50-ns")
	b.ReportMetric(float64(put[half])/float64(set[half]), "x-set")
	b.ReportMetric(0, "ns/op")
}
