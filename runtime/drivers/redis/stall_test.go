package redis_test

import (
	"testing"
	"time"
)

// A machine with more to do than it can, which a test machine often is, lets all goroutines of a
// process wait at times, and a call that is ready returns later for it. So the tests of the promised
// bounds in time also watch how late a timer fires, and do not blame the driver for that.

// stalls notes when the machine kept this process waiting.
type stalls struct {
	ask  chan span
	tell chan time.Duration
}

// span is a piece of time.
type span struct{ from, to time.Time }

// sample is how often stalls looks.
const sample = 2 * time.Millisecond

// watchStalls watches until the end of the test.
func watchStalls(t *testing.T) *stalls {
	s := &stalls{ask: make(chan span), tell: make(chan time.Duration)}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		s.watch(stop)
	}()
	t.Cleanup(func() { close(stop); <-stopped })
	return s
}

func (s *stalls) watch(stop <-chan struct{}) {
	var noted []span
	timer := time.NewTimer(sample)
	defer timer.Stop()
	due := time.Now().Add(sample)
	for {
		var asked *span
		select {
		case <-stop:
			return
		case sp := <-s.ask:
			asked = &sp
		case <-timer.C:
		}
		now := time.Now()
		if now.Sub(due) > sample {
			noted = append(noted, span{due, now})
		}
		timer.Reset(sample)
		due = now.Add(sample)
		if asked != nil {
			s.tell <- overlap(noted, *asked)
		}
	}
}

// during returns how much of a time that is over the machine kept this process waiting.
func (s *stalls) during(from, to time.Time) time.Duration {
	s.ask <- span{from, to}
	return <-s.tell
}

func overlap(noted []span, in span) time.Duration {
	var sum time.Duration
	for _, n := range noted {
		from, to := n.from, n.to
		if from.Before(in.from) {
			from = in.from
		}
		if to.After(in.to) {
			to = in.to
		}
		sum += max(0, to.Sub(from))
	}
	return sum
}
