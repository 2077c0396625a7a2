package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
)

// BenchmarkRedisHit is a typed hit in Redis by one caller with a ctx that has a deadline, of a value with
// a generated codec: benchmarks/ compares it with other libraries.
func BenchmarkRedisHit(b *testing.B) {
	notes := newNotes(newManager(b, redisConfig(redistest.Shared(b))), "")
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	_, err := notes.RememberE(ctx, 1, loadNote)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := notes.RememberE(ctx, 1, loadNote); err != nil {
			b.Fatal(err)
		}
	}
}
