package engine

import (
	"context"
	"runtime"
)

// wait waits for f and returns what it brought this caller. again asks the caller to start over.
func (s *Store) wait(ctx context.Context, f *flight, started bool, job Job) (v any, again bool, err error) {
	select {
	case <-f.done:
	case <-ctx.Done():
		if !s.depart(f, started) {
			return nil, false, ctx.Err()
		}
	}
	if started {
		return s.arriveStarter(ctx, f)
	}
	return s.arriveJoiner(ctx, f, job)
}

// arriveJoiner gives a caller that joined what the starter's load brought. A value that cannot be
// shared with it, it loads for itself.
func (s *Store) arriveJoiner(ctx context.Context, f *flight, job Job) (v any, again bool, err error) {
	o := &f.outcome
	switch {
	case o.retry:
		return nil, true, ctx.Err()
	case o.reread:
		return s.reread(ctx, f, job)
	case o.err != nil || !o.found && !o.alone:
		return nil, false, o.err
	case o.found:
		if v, ok, err := job.Decode(f.key, o.shared); ok || err != nil {
			return v, false, err
		}
	}
	v, _, err = job.Load(ctx)
	return v, false, err
}

// reread looks in the store for what f found there.
func (s *Store) reread(ctx context.Context, f *flight, job Job) (v any, again bool, err error) {
	found, ok, err := s.Find(ctx, f.key)
	if err != nil || !ok {
		return nil, true, ctx.Err()
	}
	v, ok, err = job.Decode(f.key, found)
	return v, !ok && err == nil, err
}

// arriveStarter gives the starter the loader's own value, and the loader's panic, after the value
// was stored.
func (s *Store) arriveStarter(ctx context.Context, f *flight) (any, bool, error) {
	select {
	case <-f.settled:
	case <-ctx.Done():
	}
	o := &f.outcome
	if o.fromStore {
		v, _, err := f.job.Decode(f.key, o.shared)
		return v, false, err
	}
	if p, crashed := o.err.(*PanicError); crashed { // the loader's own, not one it wrapped
		if p.exit {
			runtime.Goexit()
		}
		panic(p)
	}
	return o.value, false, o.err
}

// depart takes a caller whose ctx ended off the flight, and cancels the load if nobody is left. It
// reports whether the flight had landed already.
func (s *Store) depart(f *flight, started bool) (landed bool) {
	sh := s.table.shard(f.key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	select {
	case <-f.done:
		return true
	default:
	}
	f.starterGone = f.starterGone || started
	f.waiters--
	if f.waiters > 0 {
		return false
	}
	if slot := sh.slots[f.key]; slot != nil && slot.flight == f {
		slot.flight = nil
		sh.tidy(f.key, slot)
	}
	f.cancel()
	return false
}
