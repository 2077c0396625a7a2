package cache

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// Lock is a lock that one owner holds at a time, for at most its time to live. It saves work that
// would be done twice; it does not by itself protect data from an owner that was paused past its time.
// Lock values may be copied: copies have the same owner. The zero Lock is of no use.
//
// A lock and a value of the same name have nothing to do with each other.
type Lock struct {
	store *engine.Store
	name  string
	owner string
	ttl   time.Duration
	err   error
}

func newLock(s *engine.Store, name string, ttl time.Duration, err error) Lock {
	return restoreLock(s, name, rand.Text(), ttl, err)
}

func restoreLock(s *engine.Store, name, owner string, ttl time.Duration, err error) Lock {
	return Lock{store: s, name: name, owner: owner, ttl: ttl, err: cmp.Or(err, engine.CheckKey(name))}
}

// Owner returns the token by which the lock knows its owner. With it, [Manager.RestoreLock] makes the
// same Lock in another process, for instance to release what a job queue's producer took.
func (l Lock) Owner() string { return l.owner }

// Get takes the lock if nobody holds it, and reports whether it did. An error means that it is not
// known; then the lock may be held until its time to live has passed.
func (l Lock) Get(ctx context.Context) (bool, error) {
	d, err := l.locker(ctx)
	if err != nil {
		return false, l.failed("get", err)
	}
	if l.ttl <= 0 {
		return false, l.failed("get", fmt.Errorf("%w: a lock needs a positive one, not %v", drivers.ErrTTL, l.ttl))
	}
	got, err := d.Lock(ctx, engine.StoredKey(l.name), l.owner, l.ttl)
	return got.Won(), l.failed("get", err)
}

// Run takes the lock, calls fn and releases the lock, also if fn panics. The ctx of fn ends a tenth of
// the time to live before the lock does, so that fn can stop in time. If somebody else holds the lock,
// Run returns ErrLocked and fn is not called; if the lock was lost meanwhile, the error wraps
// ErrLockLost.
func (l Lock) Run(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	if fn == nil {
		return ErrNilLoader
	}
	end := time.Now().Add(l.ttl - l.ttl/10)
	got, err := l.Get(ctx)
	if err != nil {
		return err
	}
	if !got {
		return l.failed("run", ErrLocked)
	}
	held, cancel := context.WithDeadlineCause(ctx, end, ErrLockLost)
	defer cancel()
	defer func() {
		err = errors.Join(err, l.Release(context.WithoutCancel(ctx)))
	}()
	return fn(held)
}

// Release gives the lock back. If this owner does not hold it any more the error wraps ErrLockLost, and
// nothing has changed.
func (l Lock) Release(ctx context.Context) error {
	d, err := l.locker(ctx)
	if err != nil {
		return l.failed("release", err)
	}
	held, err := d.Unlock(ctx, engine.StoredKey(l.name), l.owner)
	if err == nil && !held {
		err = ErrLockLost
	}
	return l.failed("release", err)
}

// ForceRelease ends the lock, whoever holds it.
func (l Lock) ForceRelease(ctx context.Context) error {
	d, err := l.locker(ctx)
	if err != nil {
		return l.failed("force release", err)
	}
	return l.failed("force release", d.ForceUnlock(ctx, engine.StoredKey(l.name)))
}

func (l Lock) locker(ctx context.Context) (drivers.Locker, error) {
	switch {
	case l.err != nil:
		return nil, l.err
	case l.store == nil:
		return nil, errors.New("the zero Lock is of no use: make one by a Lock method")
	}
	return l.store.Locker(ctx)
}

func (l Lock) failed(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cachegen: lock: %s: %w", op, err)
}
