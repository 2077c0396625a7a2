package cache

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// Store is one store with keys and values of any type. A value comes back with the type that it was
// stored with, on every driver. Get one from a [Manager], or make one with [NewStore].
//
// What a type needs to come back, its process must know: types of generated code are known, and so are
// those that were stored before, or named to [Register], [GetAs] or [RememberT]. A value of any other
// type counts as a miss.
//
// Each method that does without a context has a sibling that takes one, with the suffix Ctx.
type Store struct {
	engine *engine.Store
	counts counts
}

func newStore(c engine.Config) *Store { return &Store{engine: engine.New(c)} }

// Close ends the store, as Manager.Shutdown does for all.
func (s *Store) Close(ctx context.Context) error { return s.engine.Close(ctx) }

// String names the store. It shows nothing of its configuration.
func (s *Store) String() string { return fmt.Sprintf("cache.Store(%q)", s.engine.Name()) }

// Format implements fmt.Formatter, so that no verb and no flag shows a secret.
func (s *Store) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

func (s *Store) report(k event.Kind, op, key string, err error) {
	s.counts.count(k)
	s.engine.Emit(event.Event{Kind: k, Op: op, Err: err}, key)
}

// result reports a write and passes its error on.
func (s *Store) result(k event.Kind, op, key string, err error) error {
	if err != nil {
		k = event.StoreError
	}
	s.report(k, op, key, err)
	return err
}

// GetCtx returns the value of key. A store that cannot be reached is a miss and an event.
func (s *Store) GetCtx(ctx context.Context, key string) (any, bool) {
	f, ok, err := s.engine.Find(ctx, key)
	if err != nil {
		s.report(event.StoreError, "get", key, err)
	}
	return s.taken("get", key, f, ok)
}

// taken decodes what was found and reports a hit or a miss.
func (s *Store) taken(op, key string, f engine.Found, ok bool) (v any, hit bool) {
	if ok {
		v, hit = s.decode(key, f)
	}
	k := event.Miss
	if hit {
		k = event.Hit
	}
	s.report(k, op, key, nil)
	return v, hit
}

// decode turns what was found into the value that was stored.
func (s *Store) decode(key string, f engine.Found) (any, bool) {
	if f.Live != nil {
		return privateCopy(f.Live), true
	}
	v, err := decodeAny(key, f)
	if err == nil {
		return v, true
	}
	k := event.DecodeError
	if errors.Is(err, errUnknownType) {
		k = event.UnknownType
	}
	s.report(k, "decode", key, err)
	return nil, false
}

// privateCopy returns a copy of a live value, unless its type does not know how to make one: then the
// caches of that type share their values.
func privateCopy(live any) any {
	if t, err := codec.ForType(reflect.TypeOf(live)); err == nil {
		live, _ = t.Clone(live)
	}
	return live
}

var errUnknownType = errors.New("cachegen: the value's type is not known here; call cache.Register for it when the program starts")

func decodeAny(key string, f engine.Found) (any, error) {
	if len(f.Bytes) == 0 || f.Bytes[0] != drivers.EnvelopeMagic {
		n, err := drivers.ParseNumber(f.Bytes)
		return n, err
	}
	h, payload, err := openEnvelope(key, f)
	if err != nil {
		return nil, err
	}
	t, ok := codec.ByHeader(h)
	if !ok {
		return nil, fmt.Errorf("%w: %s", errUnknownType, codec.NameIn(h))
	}
	return t.Decode(h, payload)
}

// encode gives v the form in which it is stored. Its type is known from then on.
func encodeAny(key string, v any, ttl, cost time.Duration) (engine.Stored, error) {
	if v == nil {
		return engine.Stored{}, engine.ErrNilValue
	}
	t, err := codec.ForType(reflect.TypeOf(v))
	if err != nil {
		return engine.Stored{}, err
	}
	codec.Register(t)
	b, err := t.Append(nil, key, header(key, ttl, cost), v)
	return engine.Stored{Bytes: b}, err
}

// GetStringCtx returns the value of key if it is a string.
func (s *Store) GetStringCtx(ctx context.Context, key string) (string, bool) {
	v, _ := s.GetCtx(ctx, key)
	str, ok := v.(string)
	return str, ok
}

// HasCtx reports whether GetCtx would return a value.
func (s *Store) HasCtx(ctx context.Context, key string) bool {
	_, ok := s.GetCtx(ctx, key)
	return ok
}

// ManyCtx returns the values of keys that are there. A store that cannot be reached is an event.
func (s *Store) ManyCtx(ctx context.Context, keys []string) map[string]any {
	out := make(map[string]any, len(keys))
	found, err := s.engine.FindMany(ctx, keys)
	if err != nil {
		s.report(event.StoreError, "many", "", err)
	}
	for i, key := range keys {
		f, ok := found.At(i)
		if v, hit := s.taken("many", key, f, ok); hit {
			out[key] = v
		}
	}
	return out
}

// PutCtx stores value for ttl; 0 means forever. nil cannot be stored.
func (s *Store) PutCtx(ctx context.Context, key string, value any, ttl time.Duration) error {
	form, err := s.storable(key, value, ttl)
	if err != nil {
		return err
	}
	return s.result(event.Write, "put", key, s.engine.Put(ctx, key, form, ttl))
}

func (s *Store) storable(key string, value any, ttl time.Duration) (engine.Stored, error) {
	if err := checkTTL(ttl); err != nil {
		return engine.Stored{}, err
	}
	return encodeAny(key, value, ttl, 0)
}

// AddCtx stores value if key has none, and reports whether it did. Of several calls at once one wins.
func (s *Store) AddCtx(ctx context.Context, key string, value any, ttl time.Duration) (bool, error) {
	form, err := s.storable(key, value, ttl)
	if err != nil {
		return false, err
	}
	added, err := s.engine.Add(ctx, key, form, ttl)
	return added, s.result(event.Write, "add", key, err)
}

// ForeverCtx stores value without a time to live.
func (s *Store) ForeverCtx(ctx context.Context, key string, value any) error {
	return s.PutCtx(ctx, key, value, 0)
}

// PutManyCtx stores items for ttl, in as few round trips as the driver can. With an error, some may be
// stored and others not.
func (s *Store) PutManyCtx(ctx context.Context, items map[string]any, ttl time.Duration) error {
	if len(items) == 0 {
		return nil
	}
	forms := make(map[string]engine.Stored, len(items))
	for key, value := range items {
		form, err := s.storable(key, value, ttl)
		if err != nil {
			return fmt.Errorf("cachegen: put many: key %q: %w", key, err)
		}
		forms[key] = form
	}
	return s.result(event.Write, "put many", "", putForms(ctx, s.engine, forms, ttl))
}

// ForgetCtx removes the value of key. When it returns nil, no load that began before brings it back.
func (s *Store) ForgetCtx(ctx context.Context, key string) error {
	return s.result(event.Forget, "forget", key, s.engine.Forget(ctx, []string{key}))
}

// FlushCtx removes all values of this store, and nothing of any other. Locks stay.
func (s *Store) FlushCtx(ctx context.Context) error {
	return s.result(event.Flush, "flush", "", s.engine.Flush(ctx))
}

// IncrementCtx adds n to the number under key and returns the sum. A missing one counts as 0 and is
// created without a time to live; an existing one keeps the time it has left. From then on it is an
// int64.
func (s *Store) IncrementCtx(ctx context.Context, key string, n int64) (int64, error) {
	return s.IncrementTTLCtx(ctx, key, n, 0)
}

// IncrementTTLCtx is IncrementCtx that creates a missing number with ttl, in the same step.
func (s *Store) IncrementTTLCtx(ctx context.Context, key string, n int64, ttl time.Duration) (int64, error) {
	if err := checkTTL(ttl); err != nil {
		return 0, err
	}
	sum, err := s.engine.Increment(ctx, key, n, ttl)
	return sum, s.result(event.Write, "increment", key, err)
}

// DecrementCtx subtracts n from the number under key and returns the result, as IncrementCtx does.
func (s *Store) DecrementCtx(ctx context.Context, key string, n int64) (int64, error) {
	if n == -n && n != 0 {
		return 0, fmt.Errorf("cachegen: decrement by %d: %w", n, drivers.ErrOverflow)
	}
	return s.IncrementCtx(ctx, key, -n)
}

// RememberCtx returns the value of key, or else what fn returns, which is stored for ttl. It is for
// functions that cannot fail. The error is the ctx's, or says that the store cannot work.
func (s *Store) RememberCtx(ctx context.Context, key string, ttl time.Duration, fn func() any) (any, error) {
	if fn == nil {
		return nil, ErrNilLoader
	}
	return s.RememberECtx(ctx, key, ttl, func() (any, error) { return fn(), nil })
}

// RememberECtx returns the value of key, or else what fn returns, which is stored for ttl. Callers that
// want key at the same time share one call of fn. An error of fn is returned and nothing is stored; a
// nil value is returned and not stored. A store that cannot be reached is an event, and fn is called.
//
// fn has no ctx by which a call for key from within it could be told from any other: such a call waits
// for itself until its own ctx ends, so fn must not make one. Loaders of typed caches get an error.
func (s *Store) RememberECtx(ctx context.Context, key string, ttl time.Duration, fn func() (any, error)) (any, error) {
	if fn == nil {
		return nil, ErrNilLoader
	}
	if err := checkTTL(ttl); err != nil {
		return nil, err
	}
	f, ok, was, err := s.engine.Look(ctx, key)
	if err != nil {
		return nil, err
	}
	if was.Failed != nil {
		s.report(event.StoreError, "get", key, was.Failed)
	}
	v, hit := s.taken("remember", key, f, ok)
	if hit {
		return v, nil
	}
	was.Unusable = ok
	return s.engine.Load(ctx, key, &anyJob{store: s, ttl: ttl, load: fn}, was)
}

// RememberForeverCtx is RememberCtx without a time to live.
func (s *Store) RememberForeverCtx(ctx context.Context, key string, fn func() any) (any, error) {
	return s.RememberCtx(ctx, key, 0, fn)
}

// RememberForeverECtx is RememberECtx without a time to live.
func (s *Store) RememberForeverECtx(ctx context.Context, key string, fn func() (any, error)) (any, error) {
	return s.RememberECtx(ctx, key, 0, fn)
}

// Lock returns the lock of that name, which is nobody's yet.
func (s *Store) Lock(name string, ttl time.Duration) Lock { return newLock(s.engine, name, ttl, nil) }

// RestoreLock returns the lock of that name as owner's; see Lock.Owner. It can be released, but to get
// it again needs a Lock of one's own.
func (s *Store) RestoreLock(name, owner string) Lock {
	return restoreLock(s.engine, name, owner, 0, nil)
}
