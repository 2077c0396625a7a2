// Package engine does what a cache does at run time, for typed and untyped calls alike: it opens
// drivers, coalesces loads, fences them against invalidations, and serves on when the store is
// down. It moves values as it finds them, live or encoded; what they mean is the caller's matter.
package engine

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
	"github.com/cachegen/cachegen/runtime/event"
)

// Config describes a store.
type Config struct {
	Name    string // "" is the default store
	Timeout time.Duration
	// MaxValue bounds a value of bytes.
	MaxValue int64
	// Open opens the driver; it may be called again after it failed.
	Open func(ctx context.Context) (drivers.Driver, error)
	// OnEvent may be nil. EventKeys puts keys into events.
	OnEvent   func(event.Event)
	EventKeys bool
}

// Store is one store: a driver, opened when it is first needed, and the loads and invalidations
// under way on it. It is safe for concurrent use.
type Store struct {
	config Config
	table  *table
	opener opener
	locks  queues
	open   atomic.Pointer[backend]
	memory atomic.Pointer[memory.Driver]

	// doubt is until when a write whose outcome is unknown may still reach the backend; see
	// settle. Unix nanoseconds.
	doubt atomic.Int64

	gate   sync.RWMutex   // orders begin before the end of Close
	closed bool           // guarded by gate
	work   sync.WaitGroup // loads, writes and attempts to open that are under way
	ending context.Context
	end    context.CancelFunc // ends every load
}

// New returns a store that is not open yet.
func New(c Config) *Store {
	s := &Store{config: c, table: newTable()}
	s.ending, s.end = context.WithCancel(context.Background())
	return s
}

// Name returns the store's name.
func (s *Store) Name() string { return s.config.Name }

// Memory returns the open memory driver, or nil if the store has another driver, is not open yet,
// or is nil itself. It is what a typed hit looks at first.
func (s *Store) Memory() *memory.Driver {
	if s == nil {
		return nil
	}
	return s.memory.Load()
}

// begin counts a piece of work that Close waits for, until work.Done. It reports false once the
// store is closed.
func (s *Store) begin() bool {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.closed {
		return false
	}
	s.work.Add(1)
	return true
}

// Observed reports whether somebody listens to events.
func (s *Store) Observed() bool { return s.config.OnEvent != nil }

// Emit reports e, if somebody listens, with the key only if it was asked for. A panic of the listener
// goes nowhere.
func (s *Store) Emit(e event.Event, key string) {
	if s.config.OnEvent == nil {
		return
	}
	e.Store = s.config.Name
	if s.config.EventKeys {
		e.Key = key
	} else {
		e.Err = withoutKey(e.Err)
	}
	defer func() { _ = recover() }()
	s.config.OnEvent(e)
}

// Ready opens the store and asks whether its backend answers.
func (s *Store) Ready(ctx context.Context) error {
	b, err := s.running(ctx)
	if err != nil || b.ping == nil {
		return err
	}
	return b.ping.Ping(ctx)
}

// Driver opens the store and returns its driver.
func (s *Store) Driver(ctx context.Context) (drivers.Driver, error) {
	b, err := s.running(ctx)
	if err != nil {
		return nil, err
	}
	return b.driver, nil
}

// Locker opens the store and returns its ability to lock.
func (s *Store) Locker(ctx context.Context) (drivers.Locker, error) {
	b, err := s.running(ctx)
	switch {
	case err != nil:
		return nil, err
	case b.lock == nil:
		return nil, drivers.ErrUnsupported
	}
	return b.lock, nil
}

// Size returns what an open store holds, or zeros if its driver cannot tell.
func (s *Store) Size() (entries, bytes int64) {
	if b := s.open.Load(); b != nil && b.size != nil {
		return b.size.Size()
	}
	return 0, 0
}

// Close ends the store: calls from now on fail with ErrClosed, and those under way may finish until
// ctx ends. Loads that are still running then are cancelled but not waited for, and ctx's error is
// returned. The driver is closed in any case.
func (s *Store) Close(ctx context.Context) error {
	s.gate.Lock()
	s.closed = true
	s.gate.Unlock()
	s.memory.Store(nil)
	drained := make(chan struct{})
	go func() {
		s.work.Wait()
		close(drained)
	}()
	select {
	case <-drained:
	case <-ctx.Done():
	}
	s.end()
	return cmp.Or(s.closeDriver(), unfinished(ctx, drained))
}

// unfinished returns ctx's error unless everything has drained.
func unfinished(ctx context.Context, drained <-chan struct{}) error {
	select {
	case <-drained:
		return nil
	default:
		return ctx.Err()
	}
}

func (s *Store) closeDriver() error {
	if b := s.open.Load(); b != nil {
		return b.driver.Close()
	}
	return nil
}
