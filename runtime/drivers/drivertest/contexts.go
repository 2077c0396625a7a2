package drivertest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// operation is one call of a driver, for the tests that are about every call.
type operation struct {
	name string
	call func(ctx context.Context) error
}

// operations returns every method of d and of its abilities that takes a ctx.
func operations(d drivers.Driver) []operation {
	ops := []operation{
		{"Get", func(ctx context.Context) error { _, _, err := d.Get(ctx, "k"); return err }},
		{"Put", func(ctx context.Context) error { return d.Put(ctx, "k", []byte("v"), 0) }},
		{"Add", func(ctx context.Context) error { _, err := d.Add(ctx, "k", []byte("v"), 0); return err }},
		{"Forget", func(ctx context.Context) error { return d.Forget(ctx, "k") }},
		{"Forget none", func(ctx context.Context) error { return d.Forget(ctx) }},
		{"Flush", func(ctx context.Context) error { return d.Flush(ctx) }},
		{"Increment", func(ctx context.Context) error { _, err := d.Increment(ctx, "n", 1, 0); return err }},
	}
	if b, ok := d.(drivers.Batcher); ok {
		ops = append(ops,
			operation{"GetMany", func(ctx context.Context) error { _, err := b.GetMany(ctx, []string{"k"}); return err }},
			operation{"PutMany", func(ctx context.Context) error {
				return b.PutMany(ctx, []drivers.Item{{Key: "k", Value: []byte("v")}}, 0)
			}})
	}
	if l, ok := d.(drivers.Locker); ok {
		ops = append(ops,
			operation{"Lock", func(ctx context.Context) error { _, err := l.Lock(ctx, "l", "o", lockTTL); return err }},
			operation{"Extend", func(ctx context.Context) error { _, err := l.Extend(ctx, "l", "o", lockTTL); return err }},
			operation{"Fence", func(ctx context.Context) error { _, err := l.Fence(ctx, "l", "o"); return err }},
			operation{"Unlock", func(ctx context.Context) error { _, err := l.Unlock(ctx, "l", "o"); return err }},
			operation{"ForceUnlock", func(ctx context.Context) error { return l.ForceUnlock(ctx, "l") }})
	}
	ops = append(ops, leaseOperations(d)...)
	if w, ok := d.(drivers.Watcher); ok {
		ops = append(ops, operation{"Watch", func(ctx context.Context) error {
			_, stop, err := w.Watch(ctx, "l")
			if err == nil {
				stop()
			}
			return err
		}})
	}
	if l, ok := d.(drivers.Limiter); ok {
		rate := drivers.Rate{Limit: 1, Period: time.Hour}
		ops = append(ops, operation{"Take", func(ctx context.Context) error { _, err := l.Take(ctx, "r", rate, 1); return err }})
	}
	if sc, ok := d.(drivers.Scanner); ok {
		ops = append(ops, operation{"Scan", func(ctx context.Context) error {
			for _, err := range sc.Scan(ctx, "") {
				return err
			}
			return nil
		}})
	}
	if p, ok := d.(drivers.Pinger); ok {
		ops = append(ops, operation{"Ping", p.Ping})
	}
	return ops
}

func leaseOperations(d drivers.Driver) []operation {
	l, ok := d.(drivers.Leaser)
	if !ok {
		return nil
	}
	keys := []string{"leased"}
	return []operation{
		{"Acquire", func(ctx context.Context) error { _, err := l.Acquire(ctx, keys, "t", lockTTL, false); return err }},
		{"Renew", func(ctx context.Context) error { _, err := l.Renew(ctx, keys, "t", lockTTL); return err }},
		{"Fill", func(ctx context.Context) error {
			_, err := l.Fill(ctx, []drivers.Item{{Key: "leased", Value: []byte("v")}}, "t", 0)
			return err
		}},
		{"Release", func(ctx context.Context) error { return l.Release(ctx, keys, "t") }},
	}
}

// promptly is how soon a call with a finished ctx must return. It is generous: machines stall.
const promptly = 5 * time.Second

// contexts: a finished ctx is the error of every call, and does nothing.
func (s *suite) contexts(t *testing.T) {
	d := s.driver(t)
	d.put("k", "kept", 0)
	cancelled, cancel := context.WithCancel(d.ctx)
	cancel()
	expired, cancel := context.WithDeadline(d.ctx, time.Unix(0, 0))
	defer cancel()
	for _, op := range operations(d.Driver) {
		for _, ctx := range []context.Context{cancelled, expired} {
			started := time.Now()
			wantError(t, op.name+" with a finished ctx", op.call(ctx), ctx.Err())
			if took := time.Since(started); took > promptly {
				t.Errorf("%s with a finished ctx took %v", op.name, took)
			}
		}
	}
	d.wantValue("k", "kept")
	d.wantMiss("n")

	alive, cancel := context.WithTimeout(d.ctx, time.Minute)
	defer cancel()
	for _, op := range operations(d.Driver) {
		if err := op.call(alive); err != nil {
			t.Errorf("%s with a deadline ahead: %v", op.name, err)
		}
	}
}

// closing: Close may be called again and at once; every other call is ErrClosed afterwards.
func (s *suite) closing(t *testing.T) {
	d := s.driver(t)
	d.put("k", "v", 0)
	if err := d.Close(); err != nil {
		t.Errorf("the first Close: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
	for _, op := range operations(d.Driver) {
		wantError(t, op.name+" after Close", op.call(d.ctx), drivers.ErrClosed)
	}
	s.closeInUse(t)
}

// closeInUse closes a driver many times over while it is used: a call succeeds or is ErrClosed, and
// once a Close has returned it is the latter.
func (s *suite) closeInUse(t *testing.T) {
	d := s.driver(t)
	ops := operations(d.Driver)
	var closed atomic.Bool
	var inUse sync.WaitGroup
	inUse.Add(racers / 2)
	race(func(i int) {
		if i < racers/2 {
			inUse.Wait()
			if err := d.Close(); err != nil {
				t.Errorf("Close at once with others: %v", err)
			}
			closed.Store(true)
			return
		}
		op := ops[i%len(ops)]
		wantOpen(t, op, op.call(d.ctx))
		inUse.Done()
		for !closed.Load() {
			wantOpen(t, op, op.call(d.ctx))
		}
		wantError(t, op.name+" after Close", op.call(d.ctx), drivers.ErrClosed)
	})
}

func wantOpen(t *testing.T, op operation, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, drivers.ErrClosed) {
		t.Errorf("%s during Close: %v", op.name, err)
	}
}
