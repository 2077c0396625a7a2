package file

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Lock implements [drivers.Locker], among all processes that use the store.
func (d *Driver) Lock(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	if ttl <= 0 {
		return false, drivers.ErrTTL
	}
	if err := d.begin(ctx, ttl); err != nil {
		return false, d.fail("lock", err)
	}
	won, err := d.add(ctx, d.locks.place(name), []byte(owner), ttl)
	return won, d.fail("lock", err)
}

// Unlock implements [drivers.Locker].
func (d *Driver) Unlock(ctx context.Context, name, owner string) (held bool, err error) {
	held, err = d.unlock(ctx, d.locks.place(name), owner)
	return held, d.fail("unlock", err)
}

func (d *Driver) unlock(ctx context.Context, p place, owner string) (ended bool, err error) {
	err = d.withShard(ctx, &d.shards[p.shard], false, func(h *held) error {
		e, found, err := h.current(p)
		if err != nil || !found || string(e.value) != owner {
			return err
		}
		err = h.remove(p)
		ended = err == nil
		return err
	})
	return ended, ignoreAbsent(err)
}

// ForceUnlock implements [drivers.Locker].
func (d *Driver) ForceUnlock(ctx context.Context, name string) error {
	return d.fail("force unlock", d.forget(ctx, d.locks.place(name)))
}
