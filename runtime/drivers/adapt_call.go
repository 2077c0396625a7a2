package drivers

import (
	"context"
	"fmt"
	"sync"
)

// outcome is what a call of a plain store came to.
type outcome[T any] struct {
	value T
	err   error
}

// call runs fn in a goroutine, under lock if that is not nil, and returns its outcome, or an error
// as soon as ctx ends or the operation timeout has passed.
func call[T any](ctx context.Context, a *adapter, lock sync.Locker, fn func() (T, error)) (T, error) {
	var none T
	if a.closed.Load() {
		return none, ErrClosed
	}
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return none, adaptError("call", err)
	}
	done := make(chan outcome[T], 1)
	go func() { done <- attempt(ctx, lock, fn) }()
	select {
	case o := <-done:
		if o.err != nil && a.closed.Load() {
			return none, ErrClosed
		}
		return o.value, o.err
	case <-ctx.Done():
		return none, adaptError("no answer in time", ctx.Err())
	}
}

// attempt runs fn, unless nobody waits for it any more once the lock is free.
func attempt[T any](ctx context.Context, lock sync.Locker, fn func() (T, error)) (o outcome[T]) {
	defer func() {
		if p := recover(); p != nil {
			o.err = fmt.Errorf("cachegen/drivers: adapted store: it panicked: %v", p)
		}
	}()
	if lock != nil {
		lock.Lock()
		defer lock.Unlock()
	}
	if err := ctx.Err(); err != nil {
		return outcome[T]{err: adaptError("call", err)}
	}
	o.value, o.err = fn()
	return o
}

// do runs a write that does not depend on what is stored.
func (a *adapter) do(ctx context.Context, fn func() error) error {
	_, err := call(ctx, a, a.mu.RLocker(), func() (struct{}, error) { return struct{}{}, fn() })
	return err
}

func adaptError(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cachegen/drivers: adapted store: %s: %w", what, err)
}
