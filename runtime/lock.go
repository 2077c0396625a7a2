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

// Lock is a lock that one owner holds at a time, for at most its time to live. By itself it saves work
// that would be done twice, and does not protect data from an owner that was paused past its time: for
// that, the data's keeper must compare the number that Fence returns and refuse a smaller one than it
// has seen (Kleppmann, How to do distributed locking, 2016). Lock values may be copied: copies have the
// same owner. The zero Lock is of no use.
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
	d, err := l.taker(ctx, l.ttl)
	if err != nil {
		return false, l.failed("get", err)
	}
	got, err := d.Lock(ctx, engine.StoredKey(l.name), l.owner, l.ttl)
	return got.Won(), l.failed("get", err)
}

// Run takes the lock, calls fn and releases the lock, also if fn panics. The ctx of fn ends, with
// ErrLockLost for its cause, a tenth of the time to live before the lock does, so that fn can stop in
// time; Extend with that ctx moves both. If somebody else holds the lock, Run returns ErrLocked and fn
// is not called; if the lock was lost meanwhile, the error wraps ErrLockLost.
func (l Lock) Run(ctx context.Context, fn func(ctx context.Context) error) error {
	return l.Block(ctx, 0, fn)
}

// Block is Run that waits for the lock, for at most wait, and no longer than ctx. Waiters of one process
// get it in the order in which they came; among processes there is no order. They are woken when it is
// given back in their process, and elsewhere too if the driver can tell that, as memory and Redis can. If
// not, the first of each process asks at least ten times a second.
func (l Lock) Block(ctx context.Context, wait time.Duration, fn func(ctx context.Context) error) error {
	if fn == nil {
		return ErrNilLoader
	}
	d, err := l.taker(ctx, l.ttl)
	if err != nil {
		return l.failed("run", err)
	}
	g, asked, err := l.store.AwaitLock(ctx, d, engine.StoredKey(l.name), l.owner, l.ttl, wait)
	switch {
	case err != nil:
		return l.failed("run", err)
	case !g.Won():
		return l.failed("run", ErrLocked)
	}
	return l.hold(ctx, asked, g.Fence, fn)
}

// Release gives the lock back. If this owner does not hold it any more the error wraps ErrLockLost, and
// nothing has changed.
func (l Lock) Release(ctx context.Context) error {
	d, err := l.locker(ctx)
	if err != nil {
		return l.failed("release", err)
	}
	name := engine.StoredKey(l.name)
	held, err := d.Unlock(ctx, name, l.owner)
	if err == nil && !held {
		err = ErrLockLost
	}
	if held {
		l.store.LockFreed(name)
	}
	return l.failed("release", err)
}

// Extend makes the lock end ttl from now. If this owner does not hold it any more the error wraps
// ErrLockLost, and nothing has changed. With the ctx of Run, or one made from it, that ctx lives longer
// too.
func (l Lock) Extend(ctx context.Context, ttl time.Duration) error {
	d, err := l.taker(ctx, ttl)
	if err != nil {
		return l.failed("extend", err)
	}
	asked := time.Now()
	held, err := d.Extend(ctx, engine.StoredKey(l.name), l.owner, ttl)
	switch {
	case err != nil:
	case !held:
		err = ErrLockLost
	default:
		l.extended(ctx, asked.Add(ttl-ttl/10))
	}
	return l.failed("extend", err)
}

// Fence returns the number of the grant by which this owner holds the lock. Each grant of a lock has a
// larger one than all before it, whoever took it. With the ctx of Run, or one made from it, it asks
// nobody; otherwise the store. If this owner does not hold the lock the error wraps ErrLockLost.
func (l Lock) Fence(ctx context.Context) (int64, error) {
	if h := l.heldBy(ctx); h != nil {
		return h.fence, nil
	}
	d, err := l.locker(ctx)
	if err != nil {
		return 0, l.failed("fence", err)
	}
	n, err := d.Fence(ctx, engine.StoredKey(l.name), l.owner)
	if err == nil && n == 0 {
		err = ErrLockLost
	}
	return n, l.failed("fence", err)
}

// ForceRelease ends the lock, whoever holds it.
func (l Lock) ForceRelease(ctx context.Context) error {
	d, err := l.locker(ctx)
	if err != nil {
		return l.failed("force release", err)
	}
	name := engine.StoredKey(l.name)
	err = d.ForceUnlock(ctx, name)
	l.store.LockFreed(name)
	return l.failed("force release", err)
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

// taker is locker for a call that needs a time to live.
func (l Lock) taker(ctx context.Context, ttl time.Duration) (drivers.Locker, error) {
	d, err := l.locker(ctx)
	if err == nil && ttl <= 0 {
		err = fmt.Errorf("%w: a lock needs a positive one, not %v", drivers.ErrTTL, ttl)
	}
	return d, err
}

func (l Lock) failed(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cachegen: lock: %s: %w", op, err)
}
