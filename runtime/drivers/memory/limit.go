package memory

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Take implements drivers.Limiter, by the driver's own clock.
func (d *Driver) Take(ctx context.Context, name string, rate drivers.Rate, n int64) (drivers.Allowance, error) {
	if err := d.ready(ctx, 0); err != nil {
		return drivers.Allowance{}, err
	}
	s := d.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	old, _ := s.usages.get(d.clock, name)
	now := d.clock.now()
	usage, a := rate.Take(old.value, time.Unix(0, now), n)
	if !a.OK {
		return a, nil
	}
	return a, s.usages.put(name, timed[drivers.Usage]{usage, max(usage.Until, 1)})
}
