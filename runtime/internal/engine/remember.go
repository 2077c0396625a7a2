package engine

import (
	"context"
	"errors"
	"time"
)

// Search is what a caller did before it wants a load.
type Search struct {
	seen uint64 // the shard's count of fills from before it looked for a value
	none bool   // it did not look, and wants a new value
	// Unusable says that there is a value which the caller could not use.
	Unusable bool
	// Failed is the error of a store that could not be asked: the load goes on without it.
	Failed error
}

// Look searches the store for key. A store that cannot be asked finds nothing, and says so in the
// Search; one that cannot exist is an error.
func (s *Store) Look(ctx context.Context, key string) (f Found, ok bool, was Search, err error) {
	if err := CheckKey(key); err != nil {
		return f, false, was, err
	}
	was.seen = s.table.shard(key).fills.Load()
	limited, cancel := s.Budget(ctx)
	defer cancel()
	b, err := s.running(limited)
	if err == nil {
		f, ok, err = s.find(limited, b, key)
	}
	if Refused(err) || err != nil && errors.Is(ctx.Err(), context.Canceled) { // a cancel is no failure of the store
		return f, false, was, err
	}
	was.Failed = err
	return f, ok, was, nil
}

// Load joins the flight of key, or starts it, until one brings an answer.
func (s *Store) Load(ctx context.Context, key string, job Job, was Search) (any, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, started, err := s.join(ctx, key, job, was)
		if err != nil {
			return nil, err
		}
		if !started && !s.verified(ctx, f) {
			s.depart(f, false)
			continue
		}
		v, again, err := s.wait(ctx, f, started, job)
		if !again || err != nil {
			return v, err
		}
	}
}

// Refresh loads key and overwrites its value. Callers that want the key meanwhile share the load.
func (s *Store) Refresh(ctx context.Context, key string, job Job) (any, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	limited, cancel := s.Budget(ctx)
	_, err := s.running(limited)
	cancel()
	if Refused(err) {
		return nil, err
	}
	return s.Load(ctx, key, job, Search{none: true, Failed: err})
}

// Budget bounds a look-up by half of the time that the caller has left, so that a store which hangs
// leaves the other half to the loader. It costs nothing where that is no less than the store's own
// timeout, or the store is in memory.
func (s *Store) Budget(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || s.Memory() != nil {
		return ctx, func() {}
	}
	left := time.Until(deadline)
	if left <= 0 || left/2 >= s.config.Timeout {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, deadline.Add(-left/2))
}
