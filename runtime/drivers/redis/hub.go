package redis

import (
	"slices"
	"sync"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// maxPause is how long to wait, at most, before a lost connection is tried again.
const maxPause = time.Second

// hub is what all watchers of a driver share. While there are any, one goroutine talks to the server for
// all of them, so that none waits longer than it wants to.
type hub struct {
	connect func() *subscription

	mu       sync.Mutex
	topics   map[string]*topic // by channel
	changed  []string          // topics that may need something from the server
	watchers int
	poke     chan struct{} // tells the goroutine to look; nil: it does not run
	closed   bool
	stop     chan struct{} // closed with closed
	done     sync.WaitGroup
}

func newHub(connect func() *subscription) *hub {
	return &hub{connect: connect, topics: map[string]*topic{}, stop: make(chan struct{})}
}

// join adds a watcher. From the answer on it misses nothing.
func (h *hub) join(channel string, wake chan struct{}) (*answer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, drivers.ErrClosed
	}
	t := h.topics[channel]
	if t == nil {
		t = &topic{joined: newAnswer()}
		h.topics[channel] = t
	}
	t.watchers = append(t.watchers, wake)
	h.watchers++
	h.look(channel)
	return t.joined, nil
}

// leave removes a watcher, if it is there.
func (h *hub) leave(channel string, wake chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[channel]
	if t == nil {
		return
	}
	i := slices.Index(t.watchers, wake)
	if i < 0 {
		return
	}
	t.watchers = slices.Delete(t.watchers, i, i+1)
	h.watchers--
	if len(t.watchers) == 0 {
		h.look(channel)
	}
}

// look has the goroutine look at a topic, and starts it if it does not run. The mutex is held.
func (h *hub) look(channel string) {
	h.changed = append(h.changed, channel)
	if h.poke == nil {
		poke := make(chan struct{}, 1)
		h.poke = poke
		h.done.Go(func() { h.run(poke) })
	}
	select {
	case h.poke <- struct{}{}:
	default: // it has not looked since it was told
	}
}

// ring tells those who watch a channel.
func (h *hub) ring(channel string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[channel]; t != nil {
		t.ring()
	}
}

// confirm notes that the server has done what it was asked about a channel.
func (h *hub) confirm(channel string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[channel]; t != nil {
		t.confirm()
		h.look(channel)
	}
}

// plan returns what to ask the server now, and takes it for asked. If nobody watches any more it drops
// all topics and reports false: whoever comes next finds nothing that is about to end.
func (h *hub) plan() (join, leave []string, watched bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, channel := range h.changed {
		t := h.topics[channel]
		if t == nil {
			continue
		}
		switch next := t.next(); {
		case next == idle:
			delete(h.topics, channel)
		case next == t.state:
		case next == joining:
			t.state = joining
			join = append(join, channel)
		default:
			t.state, t.joined = leaving, newAnswer()
			leave = append(leave, channel)
		}
	}
	h.changed = nil
	if h.watchers == 0 {
		clear(h.topics)
	}
	return join, leave, h.watchers > 0
}

// run keeps a connection while there are watchers.
func (h *hub) run(poke <-chan struct{}) {
	pause := time.Duration(0)
	for {
		s := h.connect()
		err := s.serve(h, poke)
		if h.over(err) {
			return
		}
		if s.confirmed.Load() {
			pause = 0
		}
		select {
		case <-time.After(pause):
		case <-poke:
		case <-h.stop:
		}
		pause = min(2*pause+10*time.Millisecond, maxPause)
	}
}

// over notes the end of a connection, and reports whether no other is needed.
func (h *hub) over(err error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		for _, t := range h.topics {
			t.joined.give(drivers.ErrClosed)
		}
		h.watchers = 0
	}
	if h.watchers == 0 {
		clear(h.topics)
		h.poke, h.changed = nil, nil
		return true
	}
	if err != nil {
		h.changed = nil
		for channel, t := range h.topics {
			t.lose(err)
			h.changed = append(h.changed, channel)
		}
	}
	return false
}

// close tells all watchers a last time, and returns when the connection is closed.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	close(h.stop)
	for _, t := range h.topics {
		t.ring()
	}
	h.mu.Unlock()
	h.done.Wait()
}
