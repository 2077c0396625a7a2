package file

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// change calls fn while it holds the shard of p, which it makes if it is missing.
func (d *Driver) change(ctx context.Context, p place, fn func(h *held) error) error {
	return d.withShard(ctx, &d.shards[p.shard], true, fn)
}

// Put implements [drivers.Driver]. See [Options].Sync for what it has done when it returns.
func (d *Driver) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if err := d.begin(ctx, ttl); err != nil {
		return d.fail("put", err)
	}
	p := d.values.place(key)
	return d.fail("put", d.change(ctx, p, func(h *held) error {
		return h.write(ctx, p, entry{value: value, deadline: d.deadline(ttl)})
	}))
}

// Add implements [drivers.Driver], also among several processes.
func (d *Driver) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	if err := d.begin(ctx, ttl); err != nil {
		return false, d.fail("add", err)
	}
	added, err := d.add(ctx, d.values.place(key), value, ttl)
	return added, d.fail("add", err)
}

// add writes value to p if nothing is there.
func (d *Driver) add(ctx context.Context, p place, value []byte, ttl time.Duration) (added bool, err error) {
	err = d.change(ctx, p, func(h *held) error {
		_, found, err := h.current(p)
		if err != nil || found {
			return err
		}
		err = h.write(ctx, p, entry{value: value, deadline: d.deadline(ttl)})
		added = err == nil
		return err
	})
	return added, err
}

// Forget implements [drivers.Driver].
func (d *Driver) Forget(ctx context.Context, keys ...string) error {
	if err := d.begin(ctx, 0); err != nil {
		return d.fail("forget", err)
	}
	for _, key := range keys {
		if err := d.forget(ctx, d.values.place(key)); err != nil {
			return d.fail("forget", err)
		}
	}
	return nil
}

// forget removes what is at p. A shard that does not exist holds nothing.
func (d *Driver) forget(ctx context.Context, p place) error {
	return ignoreAbsent(d.withShard(ctx, &d.shards[p.shard], false, func(h *held) error { return h.remove(p) }))
}

// Increment implements [drivers.Driver], also among several processes.
func (d *Driver) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (sum int64, err error) {
	if err := d.begin(ctx, ttl); err != nil {
		return 0, d.fail("increment", err)
	}
	p := d.values.place(key)
	err = d.change(ctx, p, func(h *held) error {
		sum, err = h.increment(ctx, p, delta, ttl)
		return err
	})
	return sum, d.fail("increment", err)
}

func (h *held) increment(ctx context.Context, p place, delta int64, ttl time.Duration) (int64, error) {
	e, found, err := h.current(p)
	if err != nil {
		return 0, err
	}
	sum := delta
	if !found {
		e = entry{deadline: h.d.deadline(ttl)}
	} else if sum, err = addTo(e.value, delta); err != nil {
		return 0, err
	}
	e.value = drivers.AppendNumber(nil, sum)
	e.flags |= counterFlag
	if err := h.write(ctx, p, e); err != nil {
		return 0, err
	}
	return sum, nil
}

func addTo(stored []byte, delta int64) (int64, error) {
	n, err := drivers.ParseNumber(stored)
	if err != nil {
		return 0, err
	}
	return drivers.AddNumber(n, delta)
}
