package engine

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
	"github.com/cachegen/cachegen/runtime/event"
)

// Found is a value as it stands in the store.
type Found struct {
	// Live is a Go value that its readers share; nil if the value is in Bytes.
	Live any
	// Bytes is an envelope, or a plain number. It must not be changed.
	Bytes []byte
	// Trusted says that Bytes never left the process, and Shared that others read them too. Bytes of
	// neither kind belong to whoever gets them.
	Trusted, Shared bool
}

// FoundMany is what was found under several keys. The zero value is nothing.
type FoundMany struct {
	values [][]byte // of a driver that was asked once for all; nil for what is not there
	each   []Found  // of one that was asked key by key
	ok     []bool   // which of each is there
}

// At returns the value of the i-th key; ok is false if there is none.
func (m FoundMany) At(i int) (f Found, ok bool) {
	switch {
	case i < len(m.values):
		return Found{Bytes: m.values[i]}, m.values[i] != nil
	case i < len(m.each):
		return m.each[i], m.ok[i]
	}
	return Found{}, false
}

// Stored is a value in the form in which it goes to the store.
type Stored struct {
	Live  any // for stores in memory
	Bytes []byte
	Size  int // the weight of Live, where the store is bounded by bytes
}

func (f Stored) found() Found {
	return Found{Live: f.Live, Bytes: f.Bytes, Trusted: true}
}

func (f Stored) entry() memory.Entry {
	return memory.Entry{Live: f.Live, Bytes: f.Bytes, Size: f.Size}
}

// fits refuses a value over the store's limit.
func (s *Store) fits(forms ...Stored) error {
	for _, form := range forms {
		if n := int64(max(len(form.Bytes), form.Size)); n > s.config.MaxValue {
			return fmt.Errorf("cachegen: %w: its %d bytes are more than the %d that store %q takes; store less, or raise MaxValueBytes", drivers.ErrTooLarge, n, s.config.MaxValue, s.config.Name)
		}
	}
	return nil
}

// find reads key. A value in memory is had at once, whatever became of ctx.
func (s *Store) find(ctx context.Context, b *backend, key string) (f Found, ok bool, err error) {
	if b.memory != nil {
		e, ok, err := b.memory.Find(context.Background(), key)
		if err != nil || !ok {
			return Found{}, false, cmp.Or(err, ctx.Err())
		}
		return Found{Live: e.Live, Bytes: e.Bytes, Trusted: true}, true, nil
	}
	value, ok, err := b.driver.Get(ctx, b.name(key))
	return Found{Bytes: value}, ok, err
}

// put writes key without a look at the fence; its callers hold it.
func (s *Store) put(ctx context.Context, b *backend, key string, form Stored, ttl time.Duration) error {
	if b.memory != nil {
		return b.memory.Store(ctx, key, form.entry(), ttl)
	}
	return b.driver.Put(ctx, b.name(key), form.Bytes, ttl)
}

// filled reports a fill.
func (s *Store) filled(job Job, key string, err error) {
	if err == nil {
		s.Emit(event.Event{Kind: event.Write, Cache: job.Cache(), Op: "fill"}, key)
		return
	}
	s.storeError(job, "fill", key, err)
}

// storeError reports a failure of the store beside a load.
func (s *Store) storeError(job Job, op, key string, err error) {
	job.Count(event.StoreError)
	s.Emit(event.Event{Kind: event.StoreError, Cache: job.Cache(), Op: op, Err: err}, key)
}

// doubtful notes that a write failed in a way that leaves its outcome open: it may reach the backend
// after a later write that overtook it. For a while, settle goes before every write.
func (s *Store) doubtful(err error) {
	if err != nil && s.Memory() == nil {
		s.doubt.Store(time.Now().Add(8 * s.config.Timeout).UnixNano())
	}
}

// Find returns the value of key. A store that cannot be reached is an error here.
func (s *Store) Find(ctx context.Context, key string) (Found, bool, error) {
	b, err := s.enter(ctx, key)
	if err != nil {
		return Found{}, false, err
	}
	return s.find(ctx, b, key)
}

// FindMany returns the values of keys. With an error it returns what it has read so far.
func (s *Store) FindMany(ctx context.Context, keys []string) (FoundMany, error) {
	b, err := s.enter(ctx, keys...)
	if err != nil {
		return FoundMany{}, err
	}
	return s.findAll(ctx, b, keys)
}

func (s *Store) findAll(ctx context.Context, b *backend, keys []string) (found FoundMany, err error) {
	if b.memory == nil && b.batch != nil {
		found.values, err = b.batch.GetMany(ctx, b.names(keys))
		return found, err
	}
	found.each, found.ok = make([]Found, len(keys)), make([]bool, len(keys))
	for i, key := range keys {
		if found.each[i], found.ok[i], err = s.find(ctx, b, key); err != nil {
			return found, err
		}
	}
	return found, nil
}

// Put stores a value that no load brought.
func (s *Store) Put(ctx context.Context, key string, form Stored, ttl time.Duration) error {
	if err := s.fits(form); err != nil {
		return err
	}
	return s.change(ctx, []string{key}, func(b *backend) error {
		return s.put(ctx, b, key, form, ttl)
	})
}

// Add stores a value if key has none.
func (s *Store) Add(ctx context.Context, key string, form Stored, ttl time.Duration) (added bool, err error) {
	if err := s.fits(form); err != nil {
		return false, err
	}
	err = s.change(ctx, []string{key}, func(b *backend) (err error) {
		if b.memory != nil {
			added, err = b.memory.StoreNew(ctx, key, form.entry(), ttl)
			return err
		}
		added, err = b.driver.Add(ctx, b.name(key), form.Bytes, ttl)
		return err
	})
	return added, err
}

// PutMany stores values under keys, which are distinct. If one is too large none is stored.
func (s *Store) PutMany(ctx context.Context, keys []string, forms []Stored, ttl time.Duration) error {
	if err := s.fits(forms...); err != nil {
		return err
	}
	return s.change(ctx, keys, func(b *backend) error {
		return s.putAll(ctx, b, keys, forms, ttl)
	})
}

func (s *Store) putAll(ctx context.Context, b *backend, keys []string, forms []Stored, ttl time.Duration) error {
	if b.memory == nil && b.batch != nil && len(keys) > 1 {
		items := make([]drivers.Item, len(keys))
		for i, key := range keys {
			items[i] = drivers.Item{Key: b.name(key), Value: forms[i].Bytes}
		}
		return b.batch.PutMany(ctx, items, ttl)
	}
	for i, key := range keys {
		if err := s.put(ctx, b, key, forms[i], ttl); err != nil {
			return err
		}
	}
	return nil
}

// Forget removes keys. When it returns nil, none of them will come back by a load that began
// before.
func (s *Store) Forget(ctx context.Context, keys []string) error {
	return s.change(ctx, keys, func(b *backend) error {
		return b.driver.Forget(ctx, b.names(keys)...)
	})
}

// Increment adds to the number under key.
func (s *Store) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (sum int64, err error) {
	err = s.change(ctx, []string{key}, func(b *backend) (err error) {
		sum, err = b.driver.Increment(ctx, b.name(key), delta, ttl)
		return err
	})
	return sum, err
}

// Flush removes every value of the store.
func (s *Store) Flush(ctx context.Context) error {
	b, err := s.running(ctx)
	if err != nil {
		return err
	}
	if !s.begin() {
		return ErrClosed
	}
	defer s.work.Done()
	err = s.table.flush(ctx, func() error {
		if err := b.driver.Flush(ctx); err != nil || !s.inDoubt() {
			return err
		}
		return b.driver.Flush(ctx)
	})
	s.doubtful(err)
	return err
}

// change runs a write of keys behind the fence.
func (s *Store) change(ctx context.Context, keys []string, write func(*backend) error) error {
	b, err := s.enter(ctx, keys...)
	if err != nil {
		return err
	}
	if !s.begin() {
		return ErrClosed
	}
	defer s.work.Done()
	err = s.table.invalidate(ctx, keys, func() error {
		if err := s.settle(ctx, b, keys); err != nil {
			return err
		}
		return write(b)
	})
	s.doubtful(err)
	return err
}

// settle reads keys if an earlier write of them may still be on its way: a backend that has answered
// has taken in what reached it before.
func (s *Store) settle(ctx context.Context, b *backend, keys []string) error {
	if !s.inDoubt() {
		return nil
	}
	_, err := s.findAll(ctx, b, keys)
	return err
}

func (s *Store) inDoubt() bool { return time.Now().UnixNano() <= s.doubt.Load() }

// enter opens the store for an operation on keys.
func (s *Store) enter(ctx context.Context, keys ...string) (*backend, error) {
	for _, key := range keys {
		if err := CheckKey(key); err != nil {
			return nil, err
		}
	}
	return s.running(ctx)
}

// running returns the open driver, unless the store is closed.
func (s *Store) running(ctx context.Context) (*backend, error) {
	s.gate.RLock()
	closed := s.closed
	s.gate.RUnlock()
	if closed {
		return nil, ErrClosed
	}
	return s.backend(ctx)
}
