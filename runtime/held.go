package cache

import (
	"context"
	"errors"
	"time"

	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// held is the ctx of a function that runs under a lock. It ends before the lock does, at a time that
// Extend can move; that is why it has no deadline of its own for others to see.
type held struct {
	context.Context
	lock  heldKey
	fence int64
	end   *time.Timer
}

// heldKey finds the held of a lock and owner in a ctx.
type heldKey struct {
	store       *engine.Store
	name, owner string
}

// Value implements context.Context.
func (h *held) Value(key any) any {
	if key == h.lock {
		return h
	}
	return h.Context.Value(key)
}

// Err implements context.Context: the end of a lock's time is that of a deadline.
func (h *held) Err() error {
	err := h.Context.Err()
	if err != nil && errors.Is(context.Cause(h.Context), ErrLockLost) {
		return context.DeadlineExceeded
	}
	return err
}

// hold runs fn under the lock, which was asked for at a time and granted, and releases it.
func (l Lock) hold(ctx context.Context, asked time.Time, fence int64, fn func(context.Context) error) (err error) {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	h := &held{Context: inner, lock: l.key(), fence: fence}
	h.end = time.AfterFunc(time.Until(asked.Add(l.ttl-l.ttl/10)), func() { cancel(ErrLockLost) })
	defer h.end.Stop()
	defer func() {
		err = errors.Join(err, l.Release(context.WithoutCancel(ctx)))
	}()
	return fn(h)
}

func (l Lock) key() heldKey { return heldKey{l.store, l.name, l.owner} }

// heldBy returns the held of l that ctx is made from, or nil.
func (l Lock) heldBy(ctx context.Context) *held {
	h, _ := ctx.Value(l.key()).(*held)
	return h
}

// extended moves the end of the ctx that l runs under, if ctx is made from it.
func (l Lock) extended(ctx context.Context, end time.Time) {
	if h := l.heldBy(ctx); h != nil {
		h.end.Reset(time.Until(end))
	}
}
