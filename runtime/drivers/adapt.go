package drivers

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Plain is a simple byte store whose calls take no context, as third-party stores often are.
// [Adapt] makes a [Driver] of it. Its methods must be safe for concurrent use.
//
// The store is the adapter's alone: values stand there with a header of eight bytes, and Flush
// empties all of it. If it also has a Close method, as an [io.Closer], the driver's Close calls it.
type Plain interface {
	// Get returns the value of key, and false if there is none. The adapter copies the value and
	// does not change it.
	Get(key string) (value []byte, found bool, err error)
	// Put stores value, which it may keep. The store may drop it once ttl has passed, and must
	// not before; it need not, since the adapter looks at the time itself. A ttl of 0 is forever.
	Put(key string, value []byte, ttl time.Duration) error
	// Forget removes key; a missing one is no error.
	Forget(key string) error
	// Flush removes everything.
	Flush() error
}

// AdaptOptions are the settings of an adapter. The zero value is ready to use.
type AdaptOptions struct {
	// Timeout bounds every operation that has no earlier deadline. Default: 250 ms.
	Timeout time.Duration
	// Now is the clock by which entries end. Default: [time.Now].
	Now func() time.Time
}

// Adapt returns a driver that keeps its values in p, with default options.
func Adapt(p Plain) Driver { return AdaptWith(p, AdaptOptions{}) }

// AdaptWith returns a driver that keeps its values in p.
//
// Each call of p runs in a goroutine of its own, so that the driver's caller can leave when its ctx
// ends; a call that is left goes on and may take effect later. Add and Increment read and then
// write under a lock of the adapter: they are atomic among the callers of this one driver, and not
// among processes. A panic of p is an error.
func AdaptWith(p Plain, o AdaptOptions) Driver {
	a := &adapter{store: p, now: o.Now, timeout: StoreConfig{Timeout: o.Timeout}.OperationTimeout()}
	if a.now == nil {
		a.now = time.Now
	}
	return a
}

// adapter is the Driver behind Adapt.
type adapter struct {
	store   Plain
	now     func() time.Time
	timeout time.Duration
	closed  atomic.Bool

	// mu is held by whoever writes: exclusively where the write depends on what was read.
	mu sync.RWMutex
}

// Get implements [Driver].
func (a *adapter) Get(ctx context.Context, key string) ([]byte, bool, error) {
	e, err := call(ctx, a, nil, func() (entry, error) { return a.read(key) })
	return e.value, e.found, err
}

// Put implements [Driver].
func (a *adapter) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if ttl < 0 {
		return ErrTTL
	}
	e := newEntry(value, ttl, a.now())
	return a.do(ctx, func() error { return a.write(key, e) })
}

// Add implements [Driver].
func (a *adapter) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	if ttl < 0 {
		return false, ErrTTL
	}
	e := newEntry(value, ttl, a.now())
	return call(ctx, a, &a.mu, func() (bool, error) {
		if old, err := a.read(key); err != nil || old.found {
			return false, err
		}
		return true, a.write(key, e)
	})
}

// Forget implements [Driver].
func (a *adapter) Forget(ctx context.Context, keys ...string) error {
	return a.do(ctx, func() error {
		for _, key := range keys {
			if err := a.store.Forget(key); err != nil {
				return adaptError("forget", err)
			}
		}
		return nil
	})
}

// Flush implements [Driver].
func (a *adapter) Flush(ctx context.Context) error {
	return a.do(ctx, func() error { return adaptError("flush", a.store.Flush()) })
}

// Increment implements [Driver].
func (a *adapter) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (int64, error) {
	if ttl < 0 {
		return 0, ErrTTL
	}
	return call(ctx, a, &a.mu, func() (int64, error) {
		e, err := a.read(key)
		if err != nil {
			return 0, err
		}
		if !e.found {
			e = newEntry([]byte{'0'}, ttl, a.now())
		}
		sum, err := ParseNumber(e.value)
		if err == nil {
			sum, err = AddNumber(sum, delta)
		}
		if err != nil {
			return 0, err
		}
		e.value = AppendNumber(nil, sum)
		return sum, a.write(key, e)
	})
}

// Close implements [Driver].
func (a *adapter) Close() error {
	if a.closed.Swap(true) {
		return nil
	}
	if c, ok := a.store.(io.Closer); ok {
		return adaptError("close", c.Close())
	}
	return nil
}
