package file

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// bound is how long a call may wait: until its ctx ends, or the operation timeout has passed. It is
// a context without the cost of a timer, which few calls need.
type bound struct {
	ctx   context.Context
	until time.Time
}

// begin is what every call checks first.
func (d *Driver) begin(ctx context.Context, ttl time.Duration) (bound, error) {
	if d.closed.Load() {
		return bound{}, drivers.ErrClosed
	}
	if ttl < 0 {
		return bound{}, drivers.ErrTTL
	}
	return d.boundBy(ctx), ctx.Err()
}

// beginHold is begin for what needs a positive time to live.
func (d *Driver) beginHold(ctx context.Context, ttl time.Duration) (bound, error) {
	b, err := d.begin(ctx, ttl)
	if err == nil && ttl == 0 {
		err = drivers.ErrTTL
	}
	return b, err
}

func (d *Driver) boundBy(ctx context.Context) bound {
	return bound{ctx: ctx, until: time.Now().Add(d.timeout)}
}

// err returns why the call has to end, or nil.
func (b bound) err() error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if time.Now().After(b.until) {
		return context.DeadlineExceeded
	}
	return nil
}
