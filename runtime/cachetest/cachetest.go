// Package cachetest makes caches for tests: in memory, with a clock that the test moves.
//
//	func TestProfile(t *testing.T) {
//		m := cachetest.New(t)
//		users := models.NewUserCache(m.Manager)
//		…
//		m.Advance(16 * time.Minute) // past the time to live
//	}
//
// The clock decides when values, counters and locks expire. Deadlines of contexts, and the timeouts of
// loaders, are those of the real clock; use testing/synctest where a test needs to move them.
package cachetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
)

// Manager is a manager whose stores are in memory and read one clock.
type Manager struct {
	*cache.Manager
	clock clock
}

// New returns a manager with a default store and the named ones, all empty. It is shut down, and the
// test failed if that fails, when the test ends.
func New(tb testing.TB, stores ...string) *Manager {
	tb.Helper()
	m := &Manager{clock: clock{now: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}}
	driver := m.register(tb)
	c := &cache.Config{Default: "default", Stores: map[string]cache.StoreConfig{"default": {Driver: driver}}}
	for _, name := range stores {
		c.Stores[name] = cache.StoreConfig{Driver: driver}
	}
	m.Manager = cache.NewManager(c)
	tb.Cleanup(func() {
		if err := m.Shutdown(context.Background()); err != nil {
			tb.Errorf("cachetest: shutdown: %v", err)
		}
	})
	return m
}

var registered atomic.Int64

// register adds a driver that reads m's clock, for as long as the test runs.
func (m *Manager) register(tb testing.TB) string {
	name := fmt.Sprintf("cachetest-%d", registered.Add(1))
	cache.Drivers().Register(name, func(ctx context.Context, _ drivers.StoreConfig) (drivers.Driver, error) {
		return memory.Open(ctx, memory.Options{Now: m.Now})
	})
	tb.Cleanup(func() { cache.Drivers().Override(name, nil) })
	return name
}

// Now returns the time of the stores' clock. It begins with the year 2000.
func (m *Manager) Now() time.Time { return m.clock.read() }

// Advance moves the clock by d, which must not be negative.
func (m *Manager) Advance(d time.Duration) {
	if d < 0 {
		panic("cachetest: Advance: the clock does not go back")
	}
	m.clock.advance(d)
}

type clock struct {
	mu  sync.Mutex
	now time.Time // guarded by mu
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
