package file

import (
	"context"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// watchEvery is how often a shard with locks that are watched is looked at: nothing wakes a process
// when another one changes a file, so the ending of a lock there is seen after at most this time.
const watchEvery = 50 * time.Millisecond

// Watch implements [drivers.Watcher]. What this process ends is told at once. For other processes, one
// goroutine reads the states of the shards with watched locks, 20 times a second each, as long as
// there are any; locks that share a shard wake each other's watchers.
func (d *Driver) Watch(ctx context.Context, name string) (<-chan struct{}, func(), error) {
	if _, err := d.begin(ctx, 0); err != nil {
		return nil, nil, d.fail("watch", err)
	}
	p := d.locks.place(name)
	wake := make(chan struct{}, 1)
	if !d.watchers.add(p, wake, d.stateOf(p.shard).ended, d.poll) {
		return nil, nil, drivers.ErrClosed
	}
	return wake, sync.OnceFunc(func() { d.watchers.remove(p, wake) }), nil
}

// stateOf returns what a shard remembers, without a lock. It is zero if it cannot be read, or is read in
// the middle of a write.
func (d *Driver) stateOf(shard int) state {
	s := &d.shards[shard]
	dir, err := d.directory(s, false)
	if err != nil {
		return state{}
	}
	f, err := dir.OpenFile(lockName, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		d.lost(s, dir)
		return state{}
	}
	defer f.Close()
	read, err := readState(f)
	if err != nil {
		return state{}
	}
	return read
}

// poll looks at the watched shards until stop is closed.
func (d *Driver) poll(stop <-chan struct{}) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-stop:
			return
		}
		for _, shard := range d.watchers.watched() {
			if d.step("look") == nil {
				d.watchers.compare(shard, d.stateOf(shard).ended)
			}
		}
	}
}

// watchers are those who wait for locks of a store. The zero value has none.
type watchers struct {
	mu     sync.Mutex
	shards map[int]*watchedShard
	poll   *polling // nil if nothing is watched
	closed bool
}

// watchedShard is a shard with locks that are watched.
type watchedShard struct {
	seen  int64 // the number of endings that the watchers were told of
	wakes map[string][]chan struct{}
}

// polling is a goroutine.
type polling struct{ stop, done chan struct{} }

func (p *polling) end() {
	if p != nil {
		close(p.stop)
		<-p.done
	}
}

// add reports false if the driver is closed.
func (w *watchers) add(p place, wake chan struct{}, seen int64, poll func(stop <-chan struct{})) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	if w.shards == nil {
		w.shards = map[int]*watchedShard{}
	}
	s := w.shards[p.shard]
	if s == nil {
		s = &watchedShard{seen: seen, wakes: map[string][]chan struct{}{}}
		w.shards[p.shard] = s
	}
	s.wakes[p.key] = append(s.wakes[p.key], wake)
	if w.poll == nil {
		running := &polling{make(chan struct{}), make(chan struct{})}
		w.poll = running
		go func() {
			defer close(running.done)
			poll(running.stop)
		}()
	}
	return true
}

// remove ends the goroutine with the last watcher.
func (w *watchers) remove(p place, wake chan struct{}) {
	w.take(p, wake).end()
}

// take forgets a watcher, and returns the goroutine that nobody needs any more.
func (w *watchers) take(p place, wake chan struct{}) *polling {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.shards[p.shard]
	if s == nil {
		return nil // closed
	}
	s.wakes[p.key] = slices.DeleteFunc(s.wakes[p.key], func(c chan struct{}) bool { return c == wake })
	if len(s.wakes[p.key]) == 0 {
		delete(s.wakes, p.key)
	}
	if len(s.wakes) == 0 {
		delete(w.shards, p.shard)
	}
	if len(w.shards) > 0 {
		return nil
	}
	idle := w.poll
	w.poll = nil
	return idle
}

// close forgets all watchers, whose channels stay silent.
func (w *watchers) close() {
	w.mu.Lock()
	running := w.poll
	w.shards, w.poll, w.closed = nil, nil, true
	w.mu.Unlock()
	running.end()
}

func (w *watchers) watched() (shards []int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for shard := range w.shards {
		shards = append(shards, shard)
	}
	return shards
}

// compare wakes the watchers of a shard if locks have ended since they were told.
func (w *watchers) compare(shard int, endings int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.shards[shard]
	if s == nil || s.seen == endings {
		return
	}
	s.seen = endings
	for _, wakes := range s.wakes {
		tell(wakes)
	}
}

// wake wakes the watchers of a lock that this process has ended, as the given ending of its shard.
func (w *watchers) wake(p place, ending int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.shards[p.shard]
	if s == nil {
		return
	}
	tell(s.wakes[p.key])
	if s.seen == ending-1 {
		s.seen = ending // so that compare does not wake the others for it
	}
}

func tell(wakes []chan struct{}) {
	for _, wake := range wakes {
		select {
		case wake <- struct{}{}:
		default: // it has been told already
		}
	}
}
