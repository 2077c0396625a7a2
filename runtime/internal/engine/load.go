package engine

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
)

// fly runs the load of f. The loader has a goroutine of its own below this one, so that a loader
// which ignores its ctx can be given up.
func (s *Store) fly(f *flight) {
	defer s.work.Done()
	defer s.giveBack(f)
	defer f.cancel()
	defer close(f.settled)
	defer s.table.leave(f.key, &f.token, f)
	stop := context.AfterFunc(s.ending, f.cancel)
	defer stop()
	if s.landed(f) {
		return
	}
	start := time.Now()
	loaded := make(chan outcome)
	if f.ctx.Err() == nil {
		s.work.Go(func() { s.runLoader(f, loaded) })
	}
	select {
	case f.outcome = <-loaded:
	case <-f.ctx.Done():
		f.outcome = s.giveUp(f, loaded)
	}
	s.land(f, start)
}

// landed looks for a value once more, together with taking the key's lease where the driver has
// leases, and elsewhere if another flight of the key has landed since the starter looked. If it finds
// one, that is the outcome.
func (s *Store) landed(f *flight) bool {
	if f.degraded {
		return false
	}
	b, err := s.backend(f.ctx)
	switch {
	case err != nil:
		return false
	case b.lease != nil:
		return s.takeLease(f, b)
	case !f.look:
		return false
	}
	found, ok, err := s.find(f.ctx, b, f.key)
	return err == nil && ok && s.landedOn(f, found, false)
}

// landedOn makes what was found the outcome of f, if it can be used. With reread, a caller may have
// joined after an invalidation in another process that came after the value was found.
func (s *Store) landedOn(f *flight, found Found, reread bool) bool {
	if _, usable, err := f.job.Decode(f.key, found); !usable || err != nil {
		return false
	}
	found.Shared = true
	f.outcome = outcome{shared: found, found: true, fromStore: true, reread: reread}
	close(f.done)
	return true
}

// giveBack ends a lease that was not used.
func (s *Store) giveBack(f *flight) {
	if f.lease != nil {
		f.lease.release()
	}
}

// giveUp is the outcome of a load whose ctx ended, unless the loader returned at the same time.
func (s *Store) giveUp(f *flight, loaded chan outcome) outcome {
	select {
	case o := <-loaded:
		return o
	default:
	}
	if s.ending.Err() != nil {
		return outcome{err: ErrClosed}
	}
	return outcome{err: context.Cause(f.ctx)}
}

// land publishes the outcome of a load and stores its value.
func (s *Store) land(f *flight, start time.Time) {
	cost := time.Since(start)
	var form Stored
	if o := &f.outcome; o.err == nil && o.found {
		var err error
		form, err = f.job.Encode(f.key, o.value, cost)
		o.shared, o.found, o.alone = form.found(), err == nil, err != nil
		if err != nil {
			s.Emit(event.Event{Kind: event.StoreError, Cache: f.job.Cache(), Op: "encode", Err: err}, f.key)
		}
	}
	s.report(f, cost)
	fills := f.outcome.err == nil && f.outcome.found && !f.degraded
	if !fills {
		s.table.leave(f.key, &f.token, f) // first: nobody joins a load that has failed
	}
	if starterGone := s.announce(f); starterGone {
		s.unheard(f, f.outcome.err)
	}
	if fills {
		s.fill(f, form)
	}
}

// announce lets the callers have the outcome of f, and reports whether its starter has left.
func (s *Store) announce(f *flight) (starterGone bool) {
	sh := s.table.shard(f.key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	close(f.done)
	return f.starterGone
}

// unheard reports a panic of f's loader that no caller will see as one.
func (s *Store) unheard(f *flight, err error) {
	if p, crashed := err.(*PanicError); crashed {
		s.Emit(event.Event{Kind: event.Panic, Cache: f.job.Cache(), Op: "load", Err: p}, f.key)
	}
}

func (s *Store) report(f *flight, cost time.Duration) {
	kind := event.Load
	if f.outcome.err != nil {
		kind = event.LoadError
	}
	f.job.Count(kind)
	s.Emit(event.Event{Kind: kind, Cache: f.job.Cache(), Op: "load", Err: f.outcome.err, Duration: cost}, f.key)
}

// fill stores the value of f, unless its key was invalidated since the load began. It tells of it
// when no invalidation waits for it any more: a listener may invalidate the key.
func (s *Store) fill(f *flight, form Stored) {
	if err := s.fits(form); err != nil {
		s.filled(f.job, f.key, err)
		return
	}
	if f.lost || !s.table.startFill(f.key, &f.token) {
		s.refused(f.job, f.key)
		return
	}
	stored, err := s.putFill(f, form)
	if err == nil && !stored {
		s.refused(f.job, f.key)
		return
	}
	s.filled(f.job, f.key, err)
}

// putFill stores the value of f. stored is false if f has lost its lease.
func (s *Store) putFill(f *flight, form Stored) (stored bool, err error) {
	defer s.table.endFill(f.key)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(f.ctx), s.config.Timeout)
	defer cancel()
	if l := f.lease; l != nil {
		done, err := l.fill(ctx, []drivers.Item{{Key: l.names[0], Value: form.Bytes}}, f.job.TTL())
		if err == nil {
			f.lease = nil // it has ended
		}
		s.doubtful(err)
		return slices.Contains(done, true), err
	}
	b, err := s.backend(ctx)
	if err == nil {
		err = s.put(ctx, b, f.key, form, f.job.TTL())
	}
	s.doubtful(err)
	return true, err
}

func (s *Store) refused(job Job, key string) {
	job.Count(event.RefusedFill)
	s.Emit(event.Event{Kind: event.RefusedFill, Cache: job.Cache(), Op: "fill"}, key)
}

// runLoader calls the loader and turns a panic, or the end of its goroutine, into an outcome. Nobody
// takes that of a load that was given up.
func (s *Store) runLoader(f *flight, loaded chan<- outcome) {
	var o outcome
	returned := false
	defer func() {
		if !returned {
			o = crashed(recover())
		}
		select {
		case loaded <- o:
		case <-f.done:
			s.unheard(f, o.err)
		}
	}()
	v, found, err := f.job.Load(f.ctx)
	returned = true
	retry := err != nil && isContextError(err) && f.starter.Err() != nil && f.ctx.Err() == nil
	o = outcome{value: v, found: found && err == nil, retry: retry, err: err}
}

// crashed is the outcome of a loader that panicked with value, or called runtime.Goexit if that is
// nil. It runs while the loader's stack still stands.
func crashed(value any) outcome {
	return outcome{err: &PanicError{Value: value, Stack: debug.Stack(), exit: value == nil}}
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
