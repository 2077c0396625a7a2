package file

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Lock implements [drivers.Locker], among all processes that use the store.
func (d *Driver) Lock(ctx context.Context, name, owner string, ttl time.Duration) (g drivers.Grant, err error) {
	if ttl <= 0 {
		return g, drivers.ErrTTL
	}
	if err := d.begin(ctx, ttl); err != nil {
		return g, d.fail("lock", err)
	}
	p := d.locks.place(name)
	err = d.change(ctx, p, func(h *held) error {
		e, found, err := h.current(p)
		if err != nil || found {
			g.Left = time.Duration(e.deadline - d.now().UnixNano())
			return err
		}
		fence := drivers.NextFence(0, d.now())
		err = h.write(ctx, p, entry{value: []byte(strconv.FormatInt(fence, 10) + ":" + owner), deadline: d.deadline(ttl)})
		if err == nil {
			g.Fence = fence
		}
		return err
	})
	return g, d.fail("lock", err)
}

// Extend implements [drivers.Locker].
func (d *Driver) Extend(ctx context.Context, name, owner string, ttl time.Duration) (extended bool, err error) {
	if ttl <= 0 {
		return false, drivers.ErrTTL
	}
	p := d.locks.place(name)
	err = d.ifHeld(ctx, p, owner, func(h *held, e entry, _ int64) error {
		e.deadline = d.deadline(ttl)
		err := h.write(ctx, p, e)
		extended = err == nil
		return err
	})
	return extended, d.fail("extend", err)
}

// Fence implements [drivers.Locker].
func (d *Driver) Fence(ctx context.Context, name, owner string) (fence int64, err error) {
	err = d.ifHeld(ctx, d.locks.place(name), owner, func(_ *held, _ entry, n int64) error {
		fence = n
		return nil
	})
	return fence, d.fail("fence", err)
}

// Unlock implements [drivers.Locker].
func (d *Driver) Unlock(ctx context.Context, name, owner string) (ended bool, err error) {
	p := d.locks.place(name)
	err = d.ifHeld(ctx, p, owner, func(h *held, _ entry, _ int64) error {
		err := h.remove(p)
		ended = err == nil
		return err
	})
	return ended, d.fail("unlock", err)
}

// ifHeld calls fn with the lock at p if owner holds it.
func (d *Driver) ifHeld(ctx context.Context, p place, owner string, fn func(h *held, e entry, fence int64) error) error {
	return ignoreAbsent(d.withShard(ctx, &d.shards[p.shard], false, func(h *held) error {
		e, found, err := h.current(p)
		if err != nil || !found {
			return err
		}
		number, by, _ := strings.Cut(string(e.value), ":")
		fence, err := strconv.ParseInt(number, 10, 64)
		if err != nil || by != owner {
			return nil
		}
		return fn(h, e, fence)
	}))
}

// ForceUnlock implements [drivers.Locker].
func (d *Driver) ForceUnlock(ctx context.Context, name string) error {
	return d.fail("force unlock", d.forget(ctx, d.locks.place(name)))
}
