package engine

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// How long a waiter for a lock lets the store alone. Where the driver tells when a lock is given back
// it asks only to be safe; elsewhere it asks ever more slowly.
const (
	watchedPause  = time.Second
	shortestPause = 10 * time.Millisecond
	longestPause  = 100 * time.Millisecond
)

// AwaitLock takes a lock as soon as it is free, waiting for at most wait, and returns no grant if it is
// held all that time. The waiters of a process for one lock form a queue, of which the first alone asks
// the store.
// asked is a moment before the answer was asked for: the lock does not end before ttl from then.
func (s *Store) AwaitLock(ctx context.Context, d drivers.Locker, name, owner string, ttl, wait time.Duration) (g drivers.Grant, asked time.Time, err error) {
	if wait <= 0 {
		asked = time.Now()
		g, err = d.Lock(ctx, name, owner, ttl)
		return g, asked, err
	}
	limit := time.NewTimer(wait)
	defer limit.Stop()
	line, err := s.locks.join(ctx, name, limit.C, s.ending)
	if line == nil {
		return g, asked, err
	}
	defer s.locks.leave(name)
	w := lockWait{driver: d, name: name, pause: shortestPause, freed: line.freed}
	defer w.end()
	for more := true; more && err == nil; {
		asked = time.Now()
		if g, err = d.Lock(ctx, name, owner, ttl); err != nil || g.Won() {
			break
		}
		more, err = w.until(ctx, g.Left, limit.C, s.ending)
	}
	return g, asked, err
}

// LockFreed tells the waiters of this process that a lock was given back in it.
func (s *Store) LockFreed(name string) { s.locks.freed(name) }

// lockWait is how one waiter learns that it is worth asking again.
type lockWait struct {
	driver  drivers.Locker
	name    string
	pause   time.Duration
	freed   <-chan struct{} // it was given back in this process
	watched bool            // it has been tried
	wake    <-chan struct{}
	stop    func()
}

// until waits for a good moment to ask. It reports false when limit has come, or with an error when ctx
// or the store has ended.
func (w *lockWait) until(ctx context.Context, left time.Duration, limit <-chan time.Time, ending context.Context) (more bool, err error) {
	if !w.watched {
		w.watch(ctx)
		if w.wake != nil {
			return true, nil // it may have been given back before the watch began
		}
	}
	next := time.NewTimer(w.next(left))
	defer next.Stop()
	select {
	case <-w.wake:
	case <-w.freed:
	case <-next.C:
	case <-limit:
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	case <-ending.Done():
		return false, ErrClosed
	}
	return true, nil
}

// watch asks the driver to tell when the lock is given back. Without that the waiter asks by itself.
func (w *lockWait) watch(ctx context.Context) {
	w.watched = true
	d, ok := w.driver.(drivers.Watcher)
	if !ok {
		return
	}
	wake, stop, err := d.Watch(ctx, w.name)
	if err == nil {
		w.wake, w.stop, w.pause = wake, stop, watchedPause
	}
}

// next is the time to the next question: a little after the lock ends by itself, or a pause, longer
// each time, of which a random part is left out so that processes do not ask all at once.
func (w *lockWait) next(left time.Duration) time.Duration {
	pause := w.pause - rand.N(w.pause/4)
	w.pause = min(2*w.pause, max(w.pause, longestPause))
	if left > 0 {
		pause = min(pause, left+time.Millisecond)
	}
	return pause
}

func (w *lockWait) end() {
	if w.stop != nil {
		w.stop()
	}
}

// queues lines up the goroutines of this process that wait for the same lock.
type queues struct {
	mu    sync.Mutex
	lines map[string]*line
}

// line is the waiters for one lock. The channel holds a token of the one that is first; its runtime
// serves the others in the order in which they came.
type line struct {
	first   chan struct{}
	freed   chan struct{} // holds a token if the lock was given back in this process
	waiters int           // guarded by queues.mu
}

// join waits until the caller is first. It returns nil if limit came before, with an error if ctx or the
// store ended.
func (q *queues) join(ctx context.Context, name string, limit <-chan time.Time, ending context.Context) (_ *line, err error) {
	q.mu.Lock()
	l := q.lines[name]
	if l == nil {
		if q.lines == nil {
			q.lines = map[string]*line{}
		}
		l = &line{first: make(chan struct{}, 1), freed: make(chan struct{}, 1)}
		q.lines[name] = l
	}
	l.waiters++
	q.mu.Unlock()
	select {
	case l.first <- struct{}{}:
		return l, nil
	case <-limit:
	case <-ctx.Done():
		err = ctx.Err()
	case <-ending.Done():
		err = ErrClosed
	}
	q.drop(name, l)
	return nil, err
}

// freed wakes the first waiter for a lock.
func (q *queues) freed(name string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if l := q.lines[name]; l != nil {
		select {
		case l.freed <- struct{}{}:
		default: // there is a token, which nobody has taken yet
		}
	}
}

// leave lets the next one be first.
func (q *queues) leave(name string) {
	q.mu.Lock()
	l := q.lines[name]
	q.mu.Unlock()
	<-l.first
	q.drop(name, l)
}

func (q *queues) drop(name string, l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if l.waiters--; l.waiters == 0 {
		delete(q.lines, name)
	}
}
