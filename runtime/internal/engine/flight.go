package engine

import (
	"context"
	"fmt"
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
	// Fleet asks for one load in the whole fleet: while another process loads the key, this one waits.
	Fleet() bool
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
	degraded bool // the store failed when it was asked last; it is left alone
	look     bool // another flight of the key may have landed since the starter looked
	replace  bool // what the store has is of no use
	lost     bool // another process loads the key: this load is not stored
	lease    *lease
	witness  witness // guarded by the shard's mutex

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
	reread    bool // those who joined must read it themselves
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
		return nil, false, &reentrantError{key}
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
	f.replace = was.none || was.Unusable
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

// quote shows the beginning of a key in an error.
func quote(key string) string {
	const most = 64
	if len(key) > most {
		return fmt.Sprintf("%q…", key[:most])
	}
	return strconv.Quote(key)
}
