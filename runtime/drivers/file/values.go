package file

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// change calls fn while it holds the shard of p, which it makes if it is missing.
func (d *Driver) change(b bound, p place, fn func(h *held) error) error {
	return d.withShard(b, &d.shards[p.shard], true, fn)
}

// Put implements [drivers.Driver]. See [Options].Sync for what it has done when it returns.
func (d *Driver) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	b, err := d.begin(ctx, ttl)
	if err != nil {
		return d.fail("put", err)
	}
	p := d.values.place(key)
	return d.fail("put", d.change(b, p, func(h *held) error {
		return h.write(p, entry{value: value, deadline: d.deadline(ttl)})
	}))
}

// Add implements [drivers.Driver], also among several processes.
func (d *Driver) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (added bool, err error) {
	b, err := d.begin(ctx, ttl)
	if err != nil {
		return false, d.fail("add", err)
	}
	p := d.values.place(key)
	err = d.change(b, p, func(h *held) error {
		old, err := h.load(p)
		if err != nil || old.alive(d.now) {
			return err
		}
		err = h.write(p, entry{value: value, deadline: d.deadline(ttl)})
		added = err == nil
		return err
	})
	return added && err == nil, d.fail("add", err)
}

// Forget implements [drivers.Driver]. It takes a shard once for many of its keys.
func (d *Driver) Forget(ctx context.Context, keys ...string) error {
	b, err := d.begin(ctx, 0)
	if err == nil && len(keys) == 1 {
		err = d.forget(b, d.values.place(keys[0]))
	} else if err == nil {
		places := d.values.places(keys)
		err = d.changeEach(b, places, false, every, func(h *held, i int) error { return h.remove(places[i].name) })
	}
	return d.fail("forget", err)
}

// forget removes what is at p. A shard that does not exist holds nothing.
func (d *Driver) forget(b bound, p place) error {
	return ignoreAbsent(d.withShard(b, &d.shards[p.shard], false, func(h *held) error { return h.remove(p.name) }))
}

// Increment implements [drivers.Driver], also among several processes.
func (d *Driver) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (sum int64, err error) {
	b, err := d.begin(ctx, ttl)
	if err != nil {
		return 0, d.fail("increment", err)
	}
	p := d.values.place(key)
	err = d.change(b, p, func(h *held) (err error) {
		sum, err = h.increment(p, delta, ttl)
		return err
	})
	if err != nil {
		return 0, d.fail("increment", err)
	}
	return sum, nil
}

func (h *held) increment(p place, delta int64, ttl time.Duration) (int64, error) {
	old, err := h.load(p)
	if err != nil {
		return 0, err
	}
	sum, e := delta, entry{flags: counterFlag}
	if !old.alive(h.d.now) {
		e.deadline = h.d.deadline(ttl)
	} else if sum, err = addTo(old.value, delta); err != nil {
		return 0, err
	} else {
		e.deadline = old.deadline
	}
	e.value = drivers.AppendNumber(nil, sum)
	return sum, h.write(p, e)
}

func addTo(stored []byte, delta int64) (int64, error) {
	n, err := drivers.ParseNumber(stored)
	if err != nil {
		return 0, err
	}
	return drivers.AddNumber(n, delta)
}
