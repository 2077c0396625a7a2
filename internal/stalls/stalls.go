// Package stalls tells tests of promised bounds in time how long the machine kept them waiting.
//
// A machine with more to do than it can, which a test machine often is, lets all goroutines of a
// process wait at times, and a call that is ready returns later for it. So these tests also watch how
// late a timer fires, and do not blame the code for that.
package stalls

import (
	"testing"
	"time"
)

// Watcher notes when the machine kept this process waiting. Make one with [Watch].
type Watcher struct {
	ask  chan span
	tell chan time.Duration
}

// span is a piece of time.
type span struct{ from, to time.Time }

// Sample is how often a Watcher looks.
const Sample = 2 * time.Millisecond

// Watch watches until the end of the test.
func Watch(t testing.TB) *Watcher {
	s := &Watcher{ask: make(chan span), tell: make(chan time.Duration)}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		s.watch(stop)
	}()
	t.Cleanup(func() { close(stop); <-stopped })
	return s
}

func (s *Watcher) watch(stop <-chan struct{}) {
	var noted []span
	timer := time.NewTimer(Sample)
	defer timer.Stop()
	due := time.Now().Add(Sample)
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
		if now.Sub(due) > Sample {
			noted = append(noted, span{due, now})
		}
		timer.Reset(Sample)
		due = now.Add(Sample)
		if asked != nil {
			s.tell <- overlap(noted, *asked)
		}
	}
}

// During returns how much of a time that is over the machine kept this process waiting.
func (s *Watcher) During(from, to time.Time) time.Duration {
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
