package rivals

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// Loader makes users, and counts how often it was asked. The zero value is ready to use.
type Loader struct {
	calls atomic.Int64
	// Users are handed out for the ids that are indexes of it; others are made.
	Users []*payload.User
}

// Load is a [Get].
func (l *Loader) Load(_ context.Context, id int64) (*payload.User, error) {
	l.calls.Add(1)
	if id < int64(len(l.Users)) {
		return l.Users[id], nil
	}
	return payload.NewUser(id), nil
}

// Calls returns how often Load was called.
func (l *Loader) Calls() int64 { return l.calls.Load() }

// Warm asks get, a cache before l, for the users 0 to n-1 until it has them all. Some libraries store a
// value only after they have returned it.
func Warm(tb testing.TB, get Get, l *Loader, n int64) {
	tb.Helper()
	const rounds = 1000
	for range rounds {
		before := l.Calls()
		for id := range n {
			u, err := get(tb.Context(), id)
			require.NoError(tb, err)
			require.Equal(tb, id, u.ID)
		}
		if l.Calls() == before {
			return
		}
		runtime.Gosched()
	}
	tb.Fatalf("the cache still loads after %d rounds", rounds)
}
