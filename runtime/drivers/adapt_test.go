package drivers_test

import (
	"context"
	"errors"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/drivertest"
)

// mapStore is about the simplest store there is. It knows no time, and it hands out its own bytes.
type mapStore struct {
	mu     sync.Mutex
	values map[string][]byte
	closed int
}

func newMapStore() *mapStore { return &mapStore{values: map[string][]byte{}} }

func (s *mapStore) Get(key string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok := s.values[key]
	return value, ok, nil
}

func (s *mapStore) Put(key string, value []byte, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = value
	return nil
}

func (s *mapStore) Forget(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, key)
	return nil
}

func (s *mapStore) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.values)
	return nil
}

func (s *mapStore) Close() error {
	s.closed++
	return nil
}

func TestAdaptedStore(t *testing.T) {
	t.Parallel()
	drivertest.Run(t, func(*testing.T) drivers.Driver {
		return drivers.AdaptWith(newMapStore(), drivers.AdaptOptions{Timeout: time.Minute})
	}, drivertest.Caps{})
}

func TestAdaptedStoreWithItsOwnClock(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now := time.Unix(0, 0)
	drivertest.Run(t, func(*testing.T) drivers.Driver {
		return drivers.AdaptWith(newMapStore(), drivers.AdaptOptions{
			Timeout: time.Minute,
			Now:     func() time.Time { mu.Lock(); defer mu.Unlock(); return now },
		})
	}, drivertest.Caps{Advance: func(d time.Duration) { mu.Lock(); defer mu.Unlock(); now = now.Add(d) }})
}

func TestAdaptClosesTheStoreOnce(t *testing.T) {
	t.Parallel()
	store := newMapStore()
	d := drivers.Adapt(store)
	require.NoError(t, d.Close())
	require.NoError(t, d.Close())
	require.Equal(t, 1, store.closed)
}

// hookStore runs a hook before each Get and Put.
type hookStore struct {
	*mapStore
	hook func()
}

func (s *hookStore) Get(key string) ([]byte, bool, error) { s.hook(); return s.mapStore.Get(key) }

func (s *hookStore) Put(key string, value []byte, ttl time.Duration) error {
	s.hook()
	return s.mapStore.Put(key, value, ttl)
}

func TestAdaptLeavesAStoreThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		store := &hookStore{newMapStore(), func() { <-free }}
		d := drivers.Adapt(store)
		started := time.Now()
		_, _, err := d.Get(context.Background(), "k")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, drivers.DefaultTimeout, time.Since(started))

		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Millisecond, cancel)
		started = time.Now()
		value := []byte("late")
		require.ErrorIs(t, d.Put(ctx, "k", value, 0), context.Canceled)
		require.Equal(t, time.Millisecond, time.Since(started))

		clear(value) // the abandoned write must not see this
		close(free)
		synctest.Wait()
		got, found, err := d.Get(context.Background(), "k")
		require.NoError(t, err)
		require.True(t, found, "an abandoned write may still take effect")
		require.Equal(t, "late", string(got))
	})
}

// TestAdaptDoesNotBeginLate: a call that waited for the lock in vain has no effect afterwards.
func TestAdaptDoesNotBeginLate(t *testing.T) {
	t.Parallel()
	free := make(chan struct{})
	store := &hookStore{newMapStore(), func() { <-free }}
	d := drivers.AdaptWith(store, drivers.AdaptOptions{Timeout: 5 * time.Millisecond})
	ctx := context.Background()
	require.ErrorIs(t, d.Put(ctx, "k", nil, 0), context.DeadlineExceeded)
	_, err := d.Add(ctx, "added", nil, 0)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	close(free)
	for err = context.DeadlineExceeded; errors.Is(err, context.DeadlineExceeded); { // until the lock is free
		_, err = d.Increment(ctx, "n", 1, 0)
	}
	require.NoError(t, err)
	_, found, err := store.mapStore.Get("added")
	require.NoError(t, err)
	require.False(t, found)
}

func TestAdaptContainsAPanic(t *testing.T) {
	t.Parallel()
	broken := true
	store := &hookStore{newMapStore(), func() {
		if broken {
			panic("broken")
		}
	}}
	d := drivers.Adapt(store)
	_, err := d.Increment(context.Background(), "n", 1, 0)
	require.EqualError(t, err, "cachegen/drivers: adapted store: it panicked: broken")
	broken = false
	n, err := d.Increment(context.Background(), "n", 1, 0)
	require.NoError(t, err, "the lock is free again")
	require.Equal(t, int64(1), n)
}

// failStore fails every call.
type failStore struct{ err error }

func (s failStore) Get(string) ([]byte, bool, error)        { return nil, false, s.err }
func (s failStore) Put(string, []byte, time.Duration) error { return s.err }
func (s failStore) Forget(string) error                     { return s.err }
func (s failStore) Flush() error                            { return s.err }

func TestAdaptReturnsTheStoresErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	d := drivers.Adapt(failStore{broken})
	ctx := context.Background()
	_, _, getErr := d.Get(ctx, "k")
	_, addErr := d.Add(ctx, "k", nil, 0)
	_, incrementErr := d.Increment(ctx, "k", 1, 0)
	for name, err := range map[string]error{
		"get":       getErr,
		"add":       addErr,
		"increment": incrementErr,
		"put":       d.Put(ctx, "k", nil, 0),
		"forget":    d.Forget(ctx, "k"),
		"flush":     d.Flush(ctx),
	} {
		require.ErrorIs(t, err, broken, name)
		require.ErrorContains(t, err, "cachegen/drivers: adapted store: ", name)
	}
}

// TestAdaptIgnoresForeignValues: what is shorter than the header was not written by an adapter.
func TestAdaptIgnoresForeignValues(t *testing.T) {
	t.Parallel()
	store := newMapStore()
	maps.Copy(store.values, map[string][]byte{"short": []byte("1234567"), "nil": nil})
	d := drivers.Adapt(store)
	for key := range store.values {
		_, found, err := d.Get(context.Background(), key)
		require.NoError(t, err)
		require.False(t, found, key)
	}
}
