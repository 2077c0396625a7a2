package cache

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/internal/engine"
	"github.com/cachegen/cachegen/runtime/msgp"
)

// core is what a typed cache is apart from its keys.
type core[V any] struct {
	name    string
	engine  *engine.Store
	codec   *codec.Type
	size    atomic.Int64 // of the envelope encoded last, a hint for the next
	ttl     time.Duration
	timeout time.Duration
	fleet   bool // one load in the whole fleet
	live    bool // values in memory are Go values, not bytes
	// clone makes each caller's copy of a live value; nil if callers share it, or a plain copy does.
	clone    func(V) (V, error)
	disabled bool
	nilable  bool
	err      error // why the cache cannot work; every call returns it
	counts   *counts
}

func newCore[V any](m *Manager, d *declared, s *Spec[string, V]) *core[V] {
	override := m.config.Caches[s.Name]
	c := &core[V]{
		name: s.Name, ttl: s.TTL, timeout: s.Timeout, fleet: s.Fleet, disabled: override.Disabled,
		nilable: isNilable(reflect.TypeFor[V]().Kind()),
	}
	if override.TTL > 0 || override.Forever {
		c.ttl = override.TTL
	}
	t, err := codec.For[V]()
	if err != nil {
		d.err = errors.Join(d.err, fmt.Errorf("cachegen: %s: %w", s.Name, err))
	}
	d.store, d.value = cmp.Or(override.Store, s.Store, m.defaultName), reflect.TypeFor[V]()
	c.err = errors.Join(append(m.config.validateCache(s.Name, override), d.err)...)
	c.engine, c.counts = m.handle(d.store).engine, &m.declare(d).counts
	if err != nil {
		return c
	}
	codec.Register(t)
	c.codec = t.WithVersion(s.Version)
	if emitted := codec.CodecOf[V](t); emitted != nil && !s.Share {
		c.clone = emitted.Clone
	}
	c.live = s.Share || t.Flat() || c.clone != nil
	return c
}

// copyOf returns what one caller may have of a live value.
func (c *core[V]) copyOf(v V) (V, error) {
	if c.clone == nil {
		return v, nil
	}
	return c.clone(v)
}

// isNilValue reports whether v is nil, or a nil pointer, map or slice.
func isNilValue(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return isNilable(r.Kind()) && r.IsNil()
}

func isNilable(k reflect.Kind) bool {
	return k == reflect.Pointer || k == reflect.Map || k == reflect.Slice || k == reflect.Interface
}

func (c *core[V]) isNil(v V) bool { return c.nilable && isNilValue(v) }

// ready is what every call checks first.
func (c *core[V]) ready(ttl time.Duration) error {
	if c.err != nil {
		return c.err
	}
	return checkTTL(ttl)
}

// decode turns what was found into a V. ok is false if it counts as a miss.
func (c *core[V]) decode(key string, f engine.Found) (v V, ok bool, err error) {
	if f.Live != nil {
		v, ok = f.Live.(V)
		if !ok {
			return v, false, &TypeError{Key: key, Want: c.codec.Name(), Got: reflect.TypeOf(f.Live).String()}
		}
		v, err = c.copyOf(v)
	} else {
		v, err = openFound[V](key, f, c.codec)
	}
	if err != nil {
		return v, false, c.undecodable(key, err)
	}
	return v, true, nil
}

// openFound decodes encoded bytes as a V, whose Type is t.
func openFound[V any](key string, f engine.Found, t *codec.Type) (v V, err error) {
	if len(f.Bytes) == 0 || f.Bytes[0] != drivers.EnvelopeMagic {
		n, err := drivers.ParseNumber(f.Bytes)
		if err != nil {
			return v, err
		}
		x, err := t.DecodeNumber(n)
		v, _ = x.(V)
		return v, err
	}
	h, payload, err := openEnvelope(key, f)
	if err != nil {
		return v, err
	}
	return codec.Decode[V](t, h, payload, !f.Trusted && !f.Shared)
}

func openEnvelope(key string, f engine.Found) (h msgp.Header, payload []byte, err error) {
	if !f.Trusted {
		return msgp.Open(f.Bytes, key)
	}
	h, payload, ok := msgp.OpenTrusted(f.Bytes)
	if !ok {
		err = &msgp.EnvelopeError{Reason: msgp.ReasonLength}
	}
	return h, payload, err
}

// undecodable makes a TypeError of a mismatch, and an event of anything else, which is a miss.
func (c *core[V]) undecodable(key string, err error) error {
	var mismatch *codec.MismatchError
	if errors.As(err, &mismatch) {
		return &TypeError{Key: key, Want: mismatch.Want, Got: mismatch.Got}
	}
	c.report(event.DecodeError, "decode", key, err)
	return nil
}

// encode gives v the form in which it is stored.
func (c *core[V]) encode(key string, v V, ttl, cost time.Duration) (engine.Stored, error) {
	mem := c.engine.Memory()
	live := mem != nil && c.live && !c.isNil(v)
	var form engine.Stored
	if !live || mem.Weighted() {
		b, err := codec.Append(c.codec, int(c.size.Load()), key, header(key, ttl, cost), v)
		if err != nil {
			return form, fmt.Errorf("cachegen: %s: %w", c.name, err)
		}
		c.size.Store(int64(len(b)))
		form.Bytes, form.Size = b, len(b)
	}
	if live {
		own, err := c.copyOf(v)
		if err != nil {
			return form, fmt.Errorf("cachegen: %s: copy: %w", c.name, err)
		}
		form.Live, form.Bytes = own, nil
	}
	return form, nil
}

// header is what is known of a value apart from its type.
func header(key string, ttl, cost time.Duration) msgp.Header {
	h := msgp.Header{LoadCost: cost, KeepKey: engine.Hashed(key)}
	if ttl > 0 {
		h.FreshUntil = time.Now().Add(ttl).UnixNano()
	}
	return h
}

func (c *core[V]) report(k event.Kind, op, key string, err error) {
	c.counts.count(k)
	c.engine.Emit(event.Event{Kind: k, Cache: c.name, Op: op, Err: err}, key)
}

// result reports a call without a loader and passes its error on.
func (c *core[V]) result(k event.Kind, op, key string, err error) error {
	if err != nil {
		k = event.StoreError
	}
	c.report(k, op, key, err)
	return err
}

func (c *core[V]) get(ctx context.Context, key string) (v V, ok bool, err error) {
	if err := c.ready(0); err != nil || c.disabled {
		return v, false, err
	}
	f, ok, err := c.engine.Find(ctx, key)
	if err != nil {
		return v, false, c.result(event.Miss, "get", key, err)
	}
	if ok {
		v, ok, err = c.decode(key, f)
	}
	k := event.Miss
	if ok {
		k = event.Hit
	}
	c.report(k, "get", key, nil)
	return v, ok, err
}

func (c *core[V]) put(ctx context.Context, key string, v V, ttl time.Duration) error {
	if err := c.ready(ttl); err != nil || c.disabled {
		return err
	}
	form, err := c.storable(ctx, key, v, ttl)
	if err != nil {
		return err
	}
	return c.result(event.Write, "put", key, c.engine.Put(ctx, key, form, ttl))
}

func (c *core[V]) add(ctx context.Context, key string, v V, ttl time.Duration) (bool, error) {
	if err := c.ready(ttl); err != nil || c.disabled {
		return false, err
	}
	form, err := c.storable(ctx, key, v, ttl)
	if err != nil {
		return false, err
	}
	added, err := c.engine.Add(ctx, key, form, ttl)
	return added, c.result(event.Write, "add", key, err)
}

// storable encodes a value that the caller wants stored: unlike a loaded one, it must not be nil. Only
// an open store tells whether it takes live values.
func (c *core[V]) storable(ctx context.Context, key string, v V, ttl time.Duration) (engine.Stored, error) {
	if c.isNil(v) {
		return engine.Stored{}, fmt.Errorf("cachegen: %s: %w", c.name, engine.ErrNilValue)
	}
	if _, err := c.engine.Driver(ctx); err != nil {
		return engine.Stored{}, c.result(event.StoreError, "open", key, err)
	}
	return c.encode(key, v, ttl, 0)
}

func (c *core[V]) forget(ctx context.Context, keys []string) error {
	if err := c.ready(0); err != nil || len(keys) == 0 {
		return err
	}
	return c.result(event.Forget, "forget", keys[0], c.engine.Forget(ctx, keys))
}
