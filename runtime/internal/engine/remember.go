package engine

import (
	"context"
	"errors"
	"time"

	"github.com/cachegen/cachegen/runtime/event"
)

// Remember returns the value of key, loaded by job if there is none. A store that cannot be
// reached makes it load; a store that cannot exist is an error.
func (s *Store) Remember(ctx context.Context, key string, job Job) (any, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	seen := s.table.shard(key).fills.Load()
	v, ok, degraded, err := s.look(ctx, key, job)
	if ok || err != nil {
		return v, err
	}
	return s.load(ctx, key, job, search{seen: seen, degraded: degraded})
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
	return s.load(ctx, key, job, search{none: true, degraded: err != nil})
}

// look searches the store. degraded reports that the store failed.
func (s *Store) look(ctx context.Context, key string, job Job) (v any, ok, degraded bool, err error) {
	limited, cancel := s.Budget(ctx)
	defer cancel()
	b, err := s.running(limited)
	if err == nil {
		var found Found
		if found, ok, err = s.find(limited, b, key); err == nil && ok {
			return s.use(key, found, job)
		}
	}
	if Refused(err) || err != nil && errors.Is(ctx.Err(), context.Canceled) { // a cancel is no failure of the store
		return nil, false, false, err
	}
	s.missed(key, job, err)
	return nil, false, err != nil, nil
}

// use decodes what was found.
func (s *Store) use(key string, found Found, job Job) (v any, ok, degraded bool, err error) {
	v, ok, err = job.Decode(key, found)
	switch {
	case err != nil:
		return v, false, false, err
	case !ok:
		s.missed(key, job, nil)
		return nil, false, false, nil
	}
	job.Count(event.Hit)
	s.Emit(event.Event{Kind: event.Hit, Cache: job.Cache(), Op: "remember"}, key)
	return v, true, false, nil
}

func (s *Store) missed(key string, job Job, err error) {
	if err != nil {
		job.Count(event.StoreError)
		s.Emit(event.Event{Kind: event.StoreError, Cache: job.Cache(), Op: "get", Err: err}, key)
	}
	job.Count(event.Miss)
	s.Emit(event.Event{Kind: event.Miss, Cache: job.Cache(), Op: "remember"}, key)
}

// load joins the flight of key, or starts it, until one brings an answer.
func (s *Store) load(ctx context.Context, key string, job Job, was search) (any, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, started, err := s.join(ctx, key, job, was)
		if err != nil {
			return nil, err
		}
		v, again, err := s.wait(ctx, f, started, job)
		if !again || err != nil {
			return v, err
		}
	}
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
