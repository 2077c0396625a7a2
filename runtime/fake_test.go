package cache_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
)

// fake is a driver of bytes whose operations a test can hold up, fail and count. It has no ability
// beside those that every driver has.
type fake struct {
	mu     sync.Mutex
	values map[string]fakeValue
	calls  map[string]int
	before map[string]hook // by operation: runs first, and its error is the operation's
	after  map[string]hook // runs when the operation has taken effect, before it returns
	closed bool
}

type fakeValue struct {
	bytes []byte
	until time.Time // zero: for ever
}

// hook is a step of an operation on a key.
type hook func(ctx context.Context, key string) error

func newFake() *fake {
	return &fake{
		values: map[string]fakeValue{}, calls: map[string]int{},
		before: map[string]hook{}, after: map[string]hook{},
	}
}

// on sets what an operation does first; nil is nothing.
func (f *fake) on(op string, h hook) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.before[op] = h
}

// then sets what an operation does last.
func (f *fake) then(op string, h hook) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.after[op] = h
}

// count returns how often an operation was called.
func (f *fake) count(op string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[op]
}

// raw returns the stored bytes of key, and set replaces them.
func (f *fake) raw(key string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.values[key].bytes
}

func (f *fake) set(key string, value []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.values[key] = fakeValue{bytes: value}
}

// step runs one operation between its hooks.
func (f *fake) step(ctx context.Context, op, key string, effect func()) error {
	f.mu.Lock()
	f.calls[op]++
	first, last, closed := f.before[op], f.after[op], f.closed
	f.mu.Unlock()
	switch {
	case closed:
		return drivers.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	case first != nil:
		if err := first(ctx, key); err != nil {
			return err
		}
	}
	f.mu.Lock()
	effect()
	f.mu.Unlock()
	if last != nil {
		return last(ctx, key)
	}
	return nil
}

// live returns the unexpired value of key. The mutex is held.
func (f *fake) live(key string) (fakeValue, bool) {
	v, ok := f.values[key]
	if ok && !v.until.IsZero() && !time.Now().Before(v.until) {
		return fakeValue{}, false
	}
	return v, ok
}

func (f *fake) store(key string, value []byte, ttl time.Duration) {
	v := fakeValue{bytes: append([]byte{}, value...)}
	if ttl > 0 {
		v.until = time.Now().Add(ttl)
	}
	f.values[key] = v
}

func (f *fake) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	err = f.step(ctx, "get", key, func() {
		var v fakeValue
		if v, found = f.live(key); found {
			value = append([]byte{}, v.bytes...)
		}
	})
	return value, found, err
}

func (f *fake) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return f.step(ctx, "put", key, func() { f.store(key, value, ttl) })
}

func (f *fake) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (added bool, err error) {
	err = f.step(ctx, "add", key, func() {
		if _, found := f.live(key); !found {
			f.store(key, value, ttl)
			added = true
		}
	})
	return added, err
}

func (f *fake) Forget(ctx context.Context, keys ...string) error {
	return f.step(ctx, "forget", fmt.Sprint(keys), func() {
		for _, key := range keys {
			delete(f.values, key)
		}
	})
}

func (f *fake) Flush(ctx context.Context) error {
	return f.step(ctx, "flush", "", func() { clear(f.values) })
}

func (f *fake) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (sum int64, err error) {
	var refused error
	err = f.step(ctx, "increment", key, func() {
		v, found := f.live(key)
		if !found {
			sum = delta
			f.store(key, drivers.AppendNumber(nil, sum), ttl)
			return
		}
		n, err := drivers.ParseNumber(v.bytes)
		if err != nil {
			refused = err
			return
		}
		sum = n + delta
		v.bytes = drivers.AppendNumber(nil, sum)
		f.values[key] = v
	})
	if err == nil {
		err = refused
	}
	return sum, err
}

func (f *fake) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls["close"]++
	f.closed = true
	return nil
}

// gate holds up whoever passes until it is opened, or their ctx ends.
type gate struct {
	reached chan struct{} // one message for each that arrived
	opened  chan struct{}
}

func newGate() *gate {
	return &gate{reached: make(chan struct{}, 1000), opened: make(chan struct{})}
}

func (g *gate) pass(ctx context.Context, _ string) error {
	g.reached <- struct{}{}
	select {
	case <-g.opened:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hang is a hook of a backend that never answers.
func hang(ctx context.Context, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

// failing is a hook that fails with err.
func failing(err error) hook {
	return func(context.Context, string) error { return err }
}

var fakes atomic.Int64

// register makes open the factory of a driver of a new name, for as long as the test runs.
func register(t testing.TB, open func(context.Context, cache.StoreConfig) (drivers.Driver, error)) (name string) {
	name = fmt.Sprintf("fake-%d", fakes.Add(1))
	cache.Drivers().Register(name, open)
	t.Cleanup(func() { cache.Drivers().Override(name, nil) })
	return name
}

// onDriver returns the configuration of one store on an open driver.
func onDriver(t testing.TB, d drivers.Driver) *cache.Config {
	name := register(t, func(context.Context, cache.StoreConfig) (drivers.Driver, error) { return d, nil })
	return &cache.Config{Stores: map[string]cache.StoreConfig{"default": {Driver: name}}}
}

// newFakeManager returns a manager of one store on a fake, which is open already.
func newFakeManager(t testing.TB) (*cache.Manager, *fake) {
	f := newFake()
	m := newManager(t, onDriver(t, f))
	_, err := m.DefaultStore()
	require.NoError(t, err)
	return m, f
}

// eachStore runs a test in a bubble of its own on memory, and on a driver that stores bytes only.
func eachStore(t *testing.T, test func(t *testing.T, m *cache.Manager)) {
	t.Run("memory", func(t *testing.T) {
		inBubble(t, func(t *testing.T) { test(t, newManager(t, nil)) })
	})
	t.Run("bytes", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			m, _ := newFakeManager(t)
			test(t, m)
		})
	})
}
