package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/cachegen/cachegen/runtime/event"
)

// Job is one caller's wish for a value: how to recognise it in the store, and how to load it.
type Job interface {
	// Decode turns what was found into the caller's type. ok is false if it cannot be used and
	// counts as a miss; an error is returned to the caller.
	Decode(key string, f Found) (v any, ok bool, err error)
	// Load runs the caller's loader. found is false if it returned nothing that may be stored.
	Load(ctx context.Context) (v any, found bool, err error)
	// Encode gives a loaded value the form in which it is stored. The stored form is also what
	// callers get that joined the load.
	Encode(key string, v any, cost time.Duration) (Stored, error)
	// TTL is the time to live of a loaded value, and Timeout bounds the load if it is positive.
	TTL() time.Duration
	Timeout() time.Duration
	// Cache names the cache in events, and Count is told what happened.
	Cache() string
	Count(event.Kind)
}

// flight is one load, shared by the callers that want its key. The caller that started it is its
// starter; those that came later have joined. The loader runs on a goroutine and a ctx of its own:
// each caller leaves at its own deadline, and the load is cancelled when the last one left.
type flight struct {
	key      string
	job      Job             // the starter's
	starter  context.Context // the starter's ctx; only its end is looked at
	token    token
	waiters  int  // guarded by the shard's mutex
	degraded bool // the store failed when the starter looked; it is left alone
	look     bool // another flight of the key may have landed since the starter looked

	starterGone bool // guarded by the shard's mutex

	ctx    context.Context // the loader's
	cancel context.CancelFunc

	outcome outcome
	done    chan struct{} // closed when outcome is known
	settled chan struct{} // closed when nothing will be stored any more
}

// outcome is how a flight ended.
type outcome struct {
	value  any   // the loader's own value, for the starter
	shared Found // the stored form, for those who joined
	found  bool  // shared is set; else the value was nil, or could not be encoded
	alone  bool  // the value cannot be shared: those who joined load for themselves
	retry  bool  // the load failed by its starter's ctx: those who joined try again
	err    error

	fromStore bool // nothing was loaded: shared was in the store by then
}

type chainKey struct{}

// chain is the flights that a loader's ctx runs under, innermost first.
type chain struct {
	store *Store
	key   string
	outer *chain
}

func (c *chain) holds(s *Store, key string) bool {
	for ; c != nil; c = c.outer {
		if c.store == s && c.key == key {
			return true
		}
	}
	return false
}

// join returns the flight of key, started if there is none.
func (s *Store) join(ctx context.Context, key string, job Job, was Search) (f *flight, started bool, err error) {
	outer, _ := ctx.Value(chainKey{}).(*chain)
	if outer.holds(s, key) {
		return nil, false, fmt.Errorf("%w: %s", ErrReentrant, quote(key))
	}
	sh := s.table.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if slot := sh.slots[key]; slot != nil && slot.flight != nil {
		slot.flight.waiters++
		return slot.flight, false, nil
	}
	if !s.begin() {
		return nil, false, ErrClosed
	}
	f = s.newFlight(ctx, key, job, &chain{s, key, outer})
	f.degraded = was.Failed != nil
	f.look = !f.degraded && !was.none && sh.fills.Load() != was.seen
	slot := sh.slot(key)
	slot.flight = f
	slot.tokens = append(slot.tokens, &f.token)
	go s.fly(f)
	return f, true, nil
}

func (s *Store) newFlight(ctx context.Context, key string, job Job, c *chain) *flight {
	f := &flight{
		key: key, job: job, starter: ctx, waiters: 1,
		done: make(chan struct{}), settled: make(chan struct{}),
	}
	own := context.WithValue(context.WithoutCancel(ctx), chainKey{}, c)
	if t := job.Timeout(); t > 0 {
		f.ctx, f.cancel = context.WithTimeoutCause(own, t, &TimeoutError{Timeout: t})
		return f
	}
	f.ctx, f.cancel = context.WithCancel(own)
	return f
}

// TimeoutError says that a load was given up because it took longer than its cache allows.
type TimeoutError struct{ Timeout time.Duration }

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("cachegen: the loader did not return within its timeout of %v", e.Timeout)
}

// Unwrap makes errors.Is(err, context.DeadlineExceeded) hold.
func (e *TimeoutError) Unwrap() error { return context.DeadlineExceeded }

// fly runs the load of f. The loader has a goroutine of its own below this one, so that a loader
// which ignores its ctx can be given up.
func (s *Store) fly(f *flight) {
	defer s.work.Done()
	defer f.cancel()
	defer close(f.settled)
	defer s.table.leave(f.key, &f.token, f)
	if f.look && s.landed(f) {
		return
	}
	stop := context.AfterFunc(s.ending, f.cancel)
	defer stop()
	start := time.Now()
	loaded := make(chan outcome)
	s.work.Go(func() { s.runLoader(f, loaded) })
	select {
	case f.outcome = <-loaded:
	case <-f.ctx.Done():
		f.outcome = s.giveUp(f, loaded)
	}
	s.land(f, start)
}

// landed looks for a value once more: another flight of the key has landed since the starter
// looked. If it finds one, that is the outcome.
func (s *Store) landed(f *flight) bool {
	b, err := s.backend(f.ctx)
	if err != nil {
		return false
	}
	found, ok, err := s.find(f.ctx, b, f.key)
	if err != nil || !ok {
		return false
	}
	if _, usable, err := f.job.Decode(f.key, found); !usable || err != nil {
		return false
	}
	found.Shared = true
	f.outcome = outcome{shared: found, found: true, fromStore: true}
	close(f.done)
	return true
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
	if !s.table.startFill(f.key, &f.token) {
		s.refused(f.job, f.key)
		return
	}
	s.filled(f.job, f.key, s.putFill(f, form))
}

func (s *Store) putFill(f *flight, form Stored) error {
	defer s.table.endFill(f.key)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(f.ctx), s.config.Timeout)
	defer cancel()
	b, err := s.backend(ctx)
	if err == nil {
		err = s.put(ctx, b, f.key, form, f.job.TTL())
	}
	s.doubtful(err)
	return err
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

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// quote shows the beginning of a key in an error.
func quote(key string) string {
	const most = 64
	if len(key) > most {
		return fmt.Sprintf("%q…", key[:most])
	}
	return strconv.Quote(key)
}
