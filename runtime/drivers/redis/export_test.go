package redis

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// TakeRaw is the taking of a limit, without the answer: what the server decided by.
func (d *Driver) TakeRaw(ctx context.Context, name string, rate drivers.Rate, n int64) (before drivers.Usage, now time.Time, err error) {
	return d.take(ctx, name, rate, n)
}

// Name returns the stored form of key and the name of its lease.
func (d *Driver) Name(key string) (stored, lease string) { return d.name(key) }

// ShareAlways has every Get of d go the way of many callers at once, also after a connection has failed.
func ShareAlways(d *Driver) *Driver {
	d.few, d.lanes.rest = 0, 0
	return d
}
