package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
)

// backend is an open driver with its abilities, probed once.
type backend struct {
	driver drivers.Driver
	memory *memory.Driver // the driver itself, if it is this one
	batch  drivers.Batcher
	lock   drivers.Locker
	lease  drivers.Leaser // nil for memory: one process has it, and flights are its leases
	limit  drivers.Limiter
	ping   drivers.Pinger
	size   drivers.Sizer
}

// name returns the driver's name for key. A store in memory needs no short names.
func (b *backend) name(key string) string {
	if b.memory != nil {
		return key
	}
	return StoredKey(key)
}

func (b *backend) names(keys []string) []string {
	if b.memory != nil || !slices.ContainsFunc(keys, Hashed) {
		return keys
	}
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = b.name(key)
	}
	return names
}

func newBackend(d drivers.Driver) *backend {
	b := &backend{driver: d}
	b.memory, _ = d.(*memory.Driver)
	b.batch, _ = d.(drivers.Batcher)
	b.lock, _ = d.(drivers.Locker)
	if b.memory == nil {
		b.lease, _ = d.(drivers.Leaser)
	}
	b.limit, _ = d.(drivers.Limiter)
	b.ping, _ = d.(drivers.Pinger)
	b.size, _ = d.(drivers.Sizer)
	return b
}

// opener opens the driver of a store once. An attempt that fails is forgotten; callers that arrive
// during an attempt wait for it rather than start another.
type opener struct {
	mu      sync.Mutex
	attempt *attempt // the one under way, or nil
}

type attempt struct {
	done      chan struct{}
	backend   *backend
	err       error
	abandoned bool // it failed after the ctx of the caller that made it had ended
}

// backend returns the open driver. It is opened under the ctx of the first caller; when that ctx
// ends the attempt, the next caller makes one of its own.
func (s *Store) backend(ctx context.Context) (*backend, error) {
	if b := s.open.Load(); b != nil {
		return b, nil
	}
	for {
		a, mine, err := s.startAttempt(ctx)
		if err != nil {
			return nil, err
		}
		if b, again, err := s.awaitAttempt(ctx, a); mine || !again {
			return b, err
		}
	}
}

func (s *Store) startAttempt(ctx context.Context) (a *attempt, mine bool, err error) {
	s.opener.mu.Lock()
	defer s.opener.mu.Unlock()
	if b := s.open.Load(); b != nil {
		return &attempt{done: closedChan, backend: b}, false, nil
	}
	if s.opener.attempt != nil {
		return s.opener.attempt, false, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if !s.begin() {
		return nil, false, ErrClosed
	}
	a = &attempt{done: make(chan struct{})}
	s.opener.attempt = a
	go s.runAttempt(ctx, a)
	return a, true, nil
}

// runAttempt has a goroutine of its own: a factory that ignores ctx holds up nobody.
func (s *Store) runAttempt(ctx context.Context, a *attempt) {
	defer s.work.Done()
	d, err := openSafely(ctx, s.config.Open)
	s.opener.mu.Lock()
	defer s.opener.mu.Unlock()
	s.opener.attempt = nil
	if err == nil {
		a.backend = newBackend(d)
		s.publish(a.backend)
	}
	if err == nil && s.ending.Err() != nil { // Close did not wait for this
		_ = d.Close()
	}
	a.err, a.abandoned = err, err != nil && ctx.Err() != nil
	close(a.done)
}

// publish makes an open driver the store's. Close closes it in any case; a memory driver is no
// longer offered to typed hits once the store is closed.
func (s *Store) publish(b *backend) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	s.open.Store(b)
	if !s.closed {
		s.memory.Store(b.memory)
	}
}

func openSafely(ctx context.Context, open func(context.Context) (drivers.Driver, error)) (d drivers.Driver, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cachegen: opening a store panicked: %v", r)
		}
	}()
	d, err = open(ctx)
	if d == nil && err == nil {
		err = fmt.Errorf("cachegen: the driver's factory returned neither a driver nor an error")
	}
	return d, err
}

// awaitAttempt waits for a. again reports that the attempt failed by the ctx of the caller that
// made it, while this caller's own is still good.
func (s *Store) awaitAttempt(ctx context.Context, a *attempt) (b *backend, again bool, err error) {
	limit := time.NewTimer(s.config.Timeout)
	defer limit.Stop()
	select {
	case <-a.done:
		return a.backend, a.abandoned && ctx.Err() == nil, a.err
	case <-ctx.Done():
		return nil, false, ctx.Err()
	case <-limit.C:
		return nil, false, fmt.Errorf("cachegen: store %q did not open within %v: %w", s.config.Name, s.config.Timeout, context.DeadlineExceeded)
	}
}

var closedChan = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()
