package redis

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// bounded is a context with an earlier deadline than its parent's. The client sets its socket
// deadlines by it. Unlike context.WithTimeout it starts no timer and costs one allocation, unless the
// client has to wait for something else than an answer.
type bounded struct {
	context.Context
	deadline time.Time
	asked    atomic.Bool
	waiting  atomic.Pointer[waiting] // nil until there is something to wait for
}

// waiting is the context of a wait, with the resources that end with its deadline.
type waiting struct {
	context.Context
	cancel context.CancelFunc
}

// Deadline implements context.Context.
func (b *bounded) Deadline() (time.Time, bool) { return b.deadline, true }

// Done implements context.Context. Its first answer knows only the parent: the client asks once to
// see whether it should begin at all, and again to wait for a connection, which the deadline must end.
func (b *bounded) Done() <-chan struct{} {
	if b.asked.CompareAndSwap(false, true) {
		return b.Context.Done()
	}
	w := b.waiting.Load()
	if w == nil {
		w = &waiting{}
		w.Context, w.cancel = context.WithDeadline(b.Context, b.deadline)
		if !b.waiting.CompareAndSwap(nil, w) {
			w.cancel()
			w = b.waiting.Load()
		}
	}
	return w.Done()
}

// Err implements context.Context.
func (b *bounded) Err() error {
	if w := b.waiting.Load(); w != nil {
		return w.Err()
	}
	return b.Context.Err()
}

// begin returns a ctx whose deadline is that of the operation. It fails if the driver is closed or
// the ctx done.
func (d *Driver) begin(ctx context.Context, op string) (context.Context, error) {
	if d.closed.Load() {
		return ctx, drivers.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return ctx, d.fail(ctx, op, err)
	}
	limit := time.Now().Add(d.timeout)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(limit) {
		return ctx, nil
	}
	return &bounded{Context: ctx, deadline: limit}, nil
}
