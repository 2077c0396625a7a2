package redis_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// TestScanFindsByPrefix lists keys made of the pieces that are escaped, by each of their beginnings.
func TestScanFindsByPrefix(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	ctx := context.Background()
	d := open(t, redis.Options{Addr: s.Addr(), Prefix: s.Prefix(), Name: "a*"})
	other := open(t, redis.Options{Addr: s.Addr(), Prefix: s.Prefix(), Name: "ab"})
	var keys []string
	pieces := []string{"%", "2", "5", "7", "B", "{", "}", "*"}
	for i := range len(pieces) * len(pieces) * len(pieces) {
		n := len(pieces)
		keys = append(keys, pieces[i%n]+pieces[i/n%n]+pieces[i/n/n])
	}
	for _, key := range keys {
		require.NoError(t, d.Put(ctx, key, nil, 0))
		require.NoError(t, other.Put(ctx, key, nil, 0))
	}
	for _, key := range keys {
		for _, prefix := range []string{key, key[:2], key[:1]} {
			got := scanned(t, d, prefix)
			want := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !strings.HasPrefix(k, prefix) })
			slices.Sort(want)
			require.Equal(t, want, got, prefix)
		}
	}
}

// scanned returns the keys of d that begin with prefix.
func scanned(t *testing.T, d *redis.Driver, prefix string) (keys []string) {
	t.Helper()
	for key, err := range d.Scan(context.Background(), prefix) {
		require.NoError(t, err)
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// TestScanEndsWithItsContext: a reader that has no time left is told so between two steps.
func TestScanEndsWithItsContext(t *testing.T) {
	t.Parallel()
	d := fresh(t)
	for i := range 20 {
		require.NoError(t, d.Put(context.Background(), fmt.Sprint(i), nil, 0))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n := 0
	for key, err := range d.Scan(ctx, "") {
		require.ErrorIs(t, err, context.Canceled)
		require.Empty(t, key)
		n++
	}
	require.Equal(t, 1, n)
}
