package drivers

import (
	"context"
	"time"
)

// Locker is the ability to hold locks that end by themselves. Lock names are apart from keys: a
// lock and a value of one name never meet, and Flush keeps locks.
type Locker interface {
	// Lock takes the lock for owner if nobody holds it, for at most ttl. A ttl that is not positive
	// is [ErrTTL].
	Lock(ctx context.Context, name, owner string, ttl time.Duration) (Grant, error)

	// Extend makes the lock end ttl from now if owner still holds it, and reports whether that was
	// so, in one atomic step. A ttl that is not positive is [ErrTTL].
	Extend(ctx context.Context, name, owner string, ttl time.Duration) (bool, error)

	// Fence returns the number of the grant by which owner holds the lock, 0 if it does not.
	Fence(ctx context.Context, name, owner string) (int64, error)

	// Unlock gives the lock back if owner still holds it, and reports whether that was so, in one
	// atomic step.
	Unlock(ctx context.Context, name, owner string) (bool, error)

	// ForceUnlock ends the lock, whoever holds it.
	ForceUnlock(ctx context.Context, name string) error
}

// Grant is the answer to a wish for a lock.
type Grant struct {
	// Fence is the number of the grant, 0 if somebody else holds the lock. Each grant of a name has
	// a larger number than all before it, after restarts too: see [NextFence].
	Fence int64
	// Left is how long the lock is held by somebody else if it is not given back, extended or
	// ended. It is 0 where that is not known, and with a grant.
	Left time.Duration
}

// Won reports whether the lock was granted.
func (g Grant) Won() bool { return g.Fence != 0 }

// FenceMemory is how long after the end of a lock a backend remembers the number of its last grant,
// at least.
const FenceMemory = 24 * time.Hour

// NextFence returns the number of the next grant of a lock, whose last one was last, or 0 if the
// backend knows of none: one more, but not less than the backend's clock in microseconds. So a backend
// need not keep the numbers of all locks there ever were for ever, only for [FenceMemory], and the
// numbers of one that lost its data go on growing; only a clock that was set back by more than that
// would repeat some. It is the rule of hybrid logical clocks (Kulkarni et al., 2014) for one writer.
func NextFence(last int64, now time.Time) int64 { return max(last+1, now.UnixMicro()) }

// Watcher is the ability of a [Locker] to tell when a lock is given back, so that nobody needs to ask
// again and again. The runtime asks now and then where a driver lacks it.
type Watcher interface {
	// Watch returns a channel that receives after each Unlock of a holder and each ForceUnlock of
	// name that ends after Watch has returned, in whatever process, until stop is called. Several
	// may be told as one, and there may be more than that: for instance after a lost connection. It
	// does not tell of locks whose time has passed. ctx bounds the call, and not what follows.
	Watch(ctx context.Context, name string) (wake <-chan struct{}, stop func(), err error)
}
