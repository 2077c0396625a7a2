package redis

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// bounded is a context with an earlier deadline than its parent's. The client sets its socket
// deadlines by it. Unlike context.WithTimeout it starts no timer and costs one allocation: its
// Done channel is the parent's, and waits that look at nothing else have bounds of their own.
type bounded struct {
	context.Context
	deadline time.Time
}

// Deadline implements context.Context.
func (b *bounded) Deadline() (time.Time, bool) { return b.deadline, true }

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
	return &bounded{ctx, limit}, nil
}
