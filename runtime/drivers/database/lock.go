package database

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Kinds of internal names.
const (
	locks  = "k"
	limits = "u"
)

// lockName returns the stored name of a lock. Its row holds the owner as the token, the end as held, and
// the number of the last grant, and stays for [drivers.FenceMemory] after the end.
func (d *Driver) lockName(name string) ([]byte, error) { return asName(d.keys.Internal(locks, name)) }

const fenceMemory = int64(drivers.FenceMemory / time.Microsecond)

// Lock implements [drivers.Locker].
func (d *Driver) Lock(ctx context.Context, name, owner string, ttl time.Duration) (g drivers.Grant, err error) {
	if ttl <= 0 {
		return g, drivers.ErrTTL
	}
	stored, err := d.lockName(name)
	if err != nil {
		return g, err
	}
	err = d.do(ctx, "lock", writing, func(ctx context.Context) error {
		answer, err := d.lock(ctx, stored, []byte(owner), microseconds(ttl))
		g = grant(answer)
		return err
	})
	if err != nil {
		return drivers.Grant{}, err
	}
	return g, nil
}

// lock returns the fence of a grant, or what is left of another's, as -1 and less, or 0.
func (d *Driver) lock(ctx context.Context, name, owner []byte, ttl int64) (answer int64, err error) {
	args := []any{name, owner, ttl, ttl + fenceMemory, look(ttl + fenceMemory)}
	if !d.grammar.returning {
		result, err := d.exec(ctx, lock, 1, args...)
		if err != nil {
			return 0, err
		}
		return result.LastInsertId()
	}
	found, err := d.row(ctx, lock, args, &answer)
	if err == nil && !found && d.grammar.text[lockLeft] != "" {
		_, err = d.row(ctx, lockLeft, []any{name}, &answer)
	}
	return answer, err
}

func grant(answer int64) drivers.Grant {
	if answer < 0 {
		return drivers.Grant{Left: time.Duration(-answer-1) * time.Microsecond}
	}
	return drivers.Grant{Fence: answer}
}

// Extend implements [drivers.Locker].
func (d *Driver) Extend(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	if ttl <= 0 {
		return false, drivers.ErrTTL
	}
	end := microseconds(ttl)
	return d.ifHeld(ctx, "extend", extend, name, []byte(owner), end, end+fenceMemory)
}

// Unlock implements [drivers.Locker].
func (d *Driver) Unlock(ctx context.Context, name, owner string) (bool, error) {
	return d.ifHeld(ctx, "unlock", unlock, name, []byte(owner))
}

// ifHeld changes a lock on a condition, and reports whether it did.
func (d *Driver) ifHeld(ctx context.Context, what string, op operation, name string, args ...any) (changed bool, err error) {
	stored, err := d.lockName(name)
	if err != nil {
		return false, err
	}
	err = d.do(ctx, what, writing, func(ctx context.Context) error {
		changed, err = d.touched(ctx, op, append([]any{stored}, args...)...)
		return err
	})
	return changed && err == nil, err
}

// Fence implements [drivers.Locker].
func (d *Driver) Fence(ctx context.Context, name, owner string) (fence int64, err error) {
	stored, err := d.lockName(name)
	if err != nil {
		return 0, err
	}
	err = d.do(ctx, "fence", reading, func(ctx context.Context) error {
		_, err := d.row(ctx, fenceOf, []any{stored, []byte(owner)}, &fence)
		return err
	})
	return fence, err
}

// ForceUnlock implements [drivers.Locker].
func (d *Driver) ForceUnlock(ctx context.Context, name string) error {
	stored, err := d.lockName(name)
	if err != nil {
		return err
	}
	return d.do(ctx, "force unlock", writing, func(ctx context.Context) error {
		_, err := d.exec(ctx, forceUnlock, 1, stored)
		return err
	})
}
