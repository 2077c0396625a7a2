package redis_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/racetest"
)

// TestAllocations keeps the cost of single operations from growing unseen. Each is the client's
// own cost, plus the stored key and, without an earlier deadline in ctx, the bounded context.
func TestAllocations(t *testing.T) {
	if racetest.Enabled {
		t.Skip("sync.Pool drops buffers at random under the race detector")
	}
	d := fresh(t)
	background := context.Background()
	deadline, cancel := context.WithTimeout(background, patient-time.Second)
	defer cancel()
	value := make([]byte, 200)
	require.NoError(t, d.Put(background, "user:42", value, time.Hour))
	for _, c := range []struct {
		name  string
		limit float64
		call  func() error
	}{
		{"Get", 9, func() error { _, _, err := d.Get(background, "user:42"); return err }},
		{"Get with a deadline", 8, func() error { _, _, err := d.Get(deadline, "user:42"); return err }},
		{"Get of nothing", 28, func() error { return get(deadline, d) }}, // to the client it is an error
		{"Put", 10, func() error { return d.Put(deadline, "user:42", value, time.Hour) }},
		{"Forget", 8, func() error { return d.Forget(deadline, "user:42") }},
		{"Increment", 14, func() error { _, err := d.Increment(deadline, "n", 1, time.Hour); return err }},
	} {
		var err error
		got := testing.AllocsPerRun(200, func() { err = c.call() })
		require.NoError(t, err, c.name)
		require.LessOrEqual(t, got, c.limit, c.name)
		t.Logf("%s: %v allocations", c.name, got)
	}
}
