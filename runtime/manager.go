package cache

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	_ "github.com/cachegen/cachegen/runtime/drivers/memory" // always linked
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// Manager holds the stores of an application. Make one with [NewManager] when the program starts,
// and end it with Shutdown.
type Manager struct {
	config      Config
	defaultName string
	configErr   error // what Validate said; returned by Ready

	mu     sync.Mutex
	stores map[string]*Store // by name; guarded by mu
	caches []*declared       // the typed caches made on this manager; guarded by mu
}

// NewManager returns a manager of c, or of one store in memory if c is nil. It opens nothing and
// never fails: a mistake in c is reported by Ready, and by the calls that it concerns. c is copied.
func NewManager(c *Config) *Manager {
	m := &Manager{stores: map[string]*Store{}}
	if c != nil {
		m.config = c.clone()
	}
	m.defaultName, _ = m.config.defaultName()
	m.configErr = m.config.Validate()
	return m
}

// NewStore returns a store on an open driver, without a manager. Of c it reads Name, for events,
// Timeout and MaxValueBytes. Close ends it, and the driver with it.
func NewStore(d drivers.Driver, c StoreConfig) *Store {
	s := newStore(engine.Config{
		Name:    c.Name,
		Timeout: c.OperationTimeout(), MaxValue: c.ValueLimit(),
		Open: func(context.Context) (drivers.Driver, error) { return d, nil },
	})
	_, _ = s.engine.Driver(context.Background()) // so that Close closes d, used or not
	return s
}

// Drivers returns the registry of drivers, to which an application may add its own.
func Drivers() *drivers.Registry { return drivers.Drivers() }

// handle returns the store of a name, opened or not. An unknown name gives a store that fails every
// call; it is not kept.
func (m *Manager) handle(name string) *Store {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.stores[name]; s != nil {
		return s
	}
	sc, err := m.config.store(name, m.defaultName)
	s := newStore(engine.Config{
		Name:      name,
		Timeout:   sc.OperationTimeout(),
		MaxValue:  sc.ValueLimit(),
		OnEvent:   m.config.OnEvent,
		EventKeys: m.config.EventKeys,
		Open: func(ctx context.Context) (drivers.Driver, error) {
			if err != nil {
				return nil, err
			}
			d, err := drivers.Open(ctx, sc)
			if err != nil {
				return nil, fmt.Errorf("cachegen: store %q: %w", name, err)
			}
			return d, nil
		},
	})
	if err == nil {
		m.stores[name] = s
	}
	return s
}

func (m *Manager) fallback() *Store { return m.handle(m.defaultName) }

// Store returns the named store, opened. See StoreWithContext.
func (m *Manager) Store(name string) (*Store, error) {
	return m.StoreWithContext(context.Background(), name)
}

// StoreWithContext returns the named store. The first call for a name opens it, under ctx; an
// attempt that failed is made again by the next call.
func (m *Manager) StoreWithContext(ctx context.Context, name string) (*Store, error) {
	s := m.handle(name)
	if err := s.engine.Ready(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// DefaultStore returns the default store, opened.
func (m *Manager) DefaultStore() (*Store, error) {
	return m.DefaultStoreWithContext(context.Background())
}

// DefaultStoreWithContext is StoreWithContext for the default store.
func (m *Manager) DefaultStoreWithContext(ctx context.Context) (*Store, error) {
	return m.StoreWithContext(ctx, m.defaultName)
}

// Ready is the check to make when a program starts, after its typed caches were made. It validates
// the configuration, opens and pings every store, and reports caches that name an unknown store, or
// whose keys overlap, limits on a store that cannot limit rates, and configured caches that do not
// exist: everything that is wrong, as one error.
func (m *Manager) Ready(ctx context.Context) error {
	errs := []error{m.configErr}
	for _, name := range m.config.names() {
		if err := m.handle(name).engine.Ready(ctx); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, m.checkCaches()...)...)
}

// Shutdown ends the manager. Calls from now on return ErrClosed. Loads and writes under way finish,
// until ctx ends: then what is still running is cancelled, and ctx's error returned. The stores are
// closed. Shutdown may be called again.
func (m *Manager) Shutdown(ctx context.Context) error {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs []error
	)
	for _, s := range m.everyStore() {
		wg.Go(func() {
			if err := s.Close(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, fmt.Errorf("cachegen: shutdown: store %q: %w", s.engine.Name(), err))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// everyStore returns all stores. Those that nobody used yet are made too, so that they are closed
// to later calls.
func (m *Manager) everyStore() []*Store {
	for _, name := range append(m.config.names(), m.defaultName) {
		m.handle(name)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]*Store, 0, len(m.stores))
	for _, s := range m.stores {
		all = append(all, s)
	}
	return all
}

// String describes m without secrets.
func (m *Manager) String() string { return "cache.Manager" + m.config.String() }

// Format implements fmt.Formatter, so that no verb and no flag shows a secret.
func (m *Manager) Format(s fmt.State, _ rune) { fmt.Fprint(s, m.String()) }

// checkTTL refuses a negative time to live before anything is loaded for it.
func checkTTL(ttl time.Duration) error {
	if ttl < 0 {
		return fmt.Errorf("%w: %v is negative; 0 means forever", drivers.ErrTTL, ttl)
	}
	return nil
}
