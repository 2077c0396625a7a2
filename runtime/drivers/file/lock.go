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
	b, err := d.beginHold(ctx, ttl)
	if err != nil {
		return g, d.fail("lock", err)
	}
	p := d.locks.place(name)
	err = d.change(b, p, func(h *held) (err error) {
		g, err = h.lock(p, owner, ttl)
		return err
	})
	if err != nil {
		return drivers.Grant{}, d.fail("lock", err)
	}
	return g, nil
}

func (h *held) lock(p place, owner string, ttl time.Duration) (g drivers.Grant, err error) {
	e, err := h.load(p)
	if err != nil {
		return g, err
	}
	if e.alive(h.d.now) {
		return drivers.Grant{Left: time.Duration(e.deadline - h.d.now().UnixNano())}, nil
	}
	last := parseGrant(e.value)
	if g.Fence, err = h.nextFence(last.fence); err != nil {
		return g, err
	}
	return g, h.write(p, entry{value: grant{g.Fence, owner}.append(nil), deadline: h.d.deadline(ttl)})
}

// grant is the value in the file of a lock.
type grant struct {
	fence int64
	owner string
}

func (g grant) append(dst []byte) []byte {
	return append(append(strconv.AppendInt(dst, g.fence, 10), ':'), g.owner...)
}

// parseGrant returns the zero grant if there is none in value.
func parseGrant(value []byte) grant {
	number, owner, _ := strings.Cut(string(value), ":")
	fence, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return grant{}
	}
	return grant{fence, owner}
}

// Extend implements [drivers.Locker].
func (d *Driver) Extend(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	b, err := d.beginHold(ctx, ttl)
	if err != nil {
		return false, d.fail("extend", err)
	}
	p := d.locks.place(name)
	extended, err := d.ifOwner(b, p, owner, func(h *held, e entry) error {
		e.deadline = d.deadline(ttl)
		return h.write(p, e)
	})
	return extended, d.fail("extend", err)
}

// Fence implements [drivers.Locker]. It takes no lock.
func (d *Driver) Fence(ctx context.Context, name, owner string) (int64, error) {
	b, err := d.begin(ctx, 0)
	if err != nil {
		return 0, d.fail("fence", err)
	}
	value, _, err := d.get(b, d.locks.place(name))
	if g := parseGrant(value); err == nil && g.owner == owner {
		return g.fence, nil
	}
	return 0, d.fail("fence", err)
}

// Unlock implements [drivers.Locker].
func (d *Driver) Unlock(ctx context.Context, name, owner string) (bool, error) {
	b, err := d.begin(ctx, 0)
	if err != nil {
		return false, d.fail("unlock", err)
	}
	p, number := d.locks.place(name), int64(0)
	ended, err := d.ifOwner(b, p, owner, func(h *held, _ entry) (err error) {
		number, err = h.unlock(p)
		return err
	})
	if ended {
		d.watchers.wake(p, number)
	}
	return ended, d.fail("unlock", err)
}

// ifOwner calls fn with the lock at p if owner holds it, and reports whether it succeeded.
func (d *Driver) ifOwner(b bound, p place, owner string, fn func(h *held, e entry) error) (done bool, err error) {
	err = d.withShard(b, &d.shards[p.shard], false, func(h *held) error {
		e, err := h.load(p)
		if err != nil || !e.alive(d.now) || parseGrant(e.value).owner != owner {
			return err
		}
		err = fn(h, e)
		done = err == nil
		return err
	})
	return done && err == nil, ignoreAbsent(err)
}

// ForceUnlock implements [drivers.Locker].
func (d *Driver) ForceUnlock(ctx context.Context, name string) error {
	b, err := d.begin(ctx, 0)
	if err != nil {
		return d.fail("force unlock", err)
	}
	p, number := d.locks.place(name), int64(0)
	err = d.withShard(b, &d.shards[p.shard], false, func(h *held) (err error) {
		number, err = h.unlock(p)
		return err
	})
	if err == nil {
		d.watchers.wake(p, number)
	}
	return d.fail("force unlock", ignoreAbsent(err))
}

// unlock ends the lock at p, and returns the number of this ending. Those who watch the lock from
// another process may see that a moment too early: they wait for the shard then.
func (h *held) unlock(p place) (number int64, err error) {
	err = h.remember(func(s *state) {
		s.ended++
		number = s.ended
	})
	if err == nil {
		err = h.remove(p.name)
	}
	return number, err
}
