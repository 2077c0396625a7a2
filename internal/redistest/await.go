package redistest

import (
	"testing"
	"time"
)

// pollInterval is how often a state is asked for that nothing announces.
const pollInterval = 10 * time.Millisecond

// Await polls until holds reports true, and fails the test, naming what it waited for, if that
// takes longer than a minute.
func Await(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			tb.Fatalf("redistest: it takes longer than a minute: %s", what)
		}
	}
}
