package redis

import (
	"context"
	"time"
)

// Watch implements [drivers.Watcher]. All watchers of a driver share one connection, which is open
// while there are any. After it was lost, each watcher is told once there is another.
func (d *Driver) Watch(ctx context.Context, name string) (<-chan struct{}, func(), error) {
	ctx, err := d.begin(ctx, "watch")
	if err != nil {
		return nil, nil, err
	}
	wake := make(chan struct{}, 1)
	channel := d.keys.Internal(locks, name)
	joined, err := d.hub.join(channel, wake)
	if err == nil {
		err = joined.wait(ctx)
	}
	stop := func() { d.hub.leave(channel, wake) }
	if err != nil {
		stop()
		return nil, nil, d.fail(ctx, "watch", err)
	}
	return wake, stop, nil
}

// answer is what becomes of a subscription: the server confirms it, or err says why not.
type answer struct {
	known chan struct{} // closed when it is
	err   error
}

func newAnswer() *answer { return &answer{known: make(chan struct{})} }

// give makes the answer known, unless it is.
func (a *answer) give(err error) {
	select {
	case <-a.known:
	default:
		a.err = err
		close(a.known)
	}
}

// wait waits until the answer is known, or for ctx, which has a deadline.
func (a *answer) wait(ctx context.Context) error {
	deadline, _ := ctx.Deadline()
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case <-a.known:
		return a.err
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return context.DeadlineExceeded
	}
}

// state is what the server was asked about a topic. Nothing is asked before it has answered, so that it
// is certain what an answer is about.
type state int

const (
	idle       state = iota // nothing
	joining                 // to subscribe, and has not answered
	subscribed              // to subscribe, and has confirmed
	leaving                 // to unsubscribe, and has not answered
)

// topic is one channel of a hub. It is guarded by the hub's mutex.
type topic struct {
	state    state
	watchers []chan struct{}
	joined   *answer // for those who wait for the subscription
	missed   bool    // it was subscribed on a connection that is gone
}

// next returns what to ask the server now, as the state that this leads to, or the same state.
func (t *topic) next() state {
	switch watched := len(t.watchers) > 0; {
	case watched && t.state == idle:
		return joining
	case !watched && t.state == subscribed:
		return leaving
	}
	return t.state
}

// confirm notes that the server has answered. Those who may have missed something are told.
func (t *topic) confirm() {
	if t.state == leaving {
		t.state = idle
		return
	}
	t.state = subscribed
	t.joined.give(nil)
	if t.missed {
		t.missed = false
		t.ring()
	}
}

// lose notes that the connection is gone. Those who wait for the server's answer get err; others wait
// for what it says on the next one.
func (t *topic) lose(err error) {
	switch t.state {
	case joining:
		t.joined.give(err)
		t.joined = newAnswer()
	case subscribed:
		t.missed = true
		t.joined = newAnswer()
	}
	t.state = idle
}

// ring tells all watchers. One that has not looked since it was told is not told twice.
func (t *topic) ring() {
	for _, wake := range t.watchers {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}
