package matrix

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
)

// id is the key part under which every value is stored.
const id = "1"

// memory returns a manager whose values stay alive in the process.
func memory(t *testing.T) *cache.Manager { return manager(t, &cache.Config{}) }

func manager(t *testing.T, c *cache.Config) *cache.Manager {
	m := cache.NewManager(c)
	t.Cleanup(func() {
		if err := m.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return m
}

// store keeps the bytes of one value at a time.
type store struct {
	mu    sync.Mutex
	value []byte // guarded by mu; begins with the header of an adapted store
}

var registered atomic.Int64

// manager returns a manager on s. No codec may panic: the runtime would make an event of it, and a miss.
func (s *store) manager(t *testing.T) *cache.Manager {
	name := fmt.Sprintf("matrix-%d", registered.Add(1))
	cache.Drivers().Register(name, func(context.Context, drivers.StoreConfig) (drivers.Driver, error) {
		return drivers.Adapt(s), nil
	})
	t.Cleanup(func() { cache.Drivers().Override(name, nil) })
	return manager(t, &cache.Config{
		Stores: map[string]cache.StoreConfig{"default": {Driver: name}},
		OnEvent: func(e cache.Event) {
			if e.Err != nil && strings.Contains(e.Err.Error(), "panic") {
				t.Error(e.Err)
			}
		},
	})
}

// Get implements [drivers.Plain].
func (s *store) Get(string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.value, s.value != nil, nil
}

// Put implements [drivers.Plain].
func (s *store) Put(_ string, value []byte, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value = value
	return nil
}

// Forget implements [drivers.Plain].
func (s *store) Forget(string) error { return s.Put("", nil, 0) }

// Flush implements [drivers.Plain].
func (s *store) Flush() error { return s.Put("", nil, 0) }
