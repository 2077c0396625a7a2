package cache

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/internal/engine"
	"github.com/cachegen/cachegen/runtime/msgp"
)

// core is what a typed cache is apart from the types of its keys and values: it takes values as any.
// Whatever is generic, the compiler makes anew in every package and for every type that is cached.
type core struct {
	hot   *engine.Store // what hit looks at; nil if it must not
	value reflect.Type  // of the values
	// clone makes each caller's copy of a live value; nil if callers share it, or a plain copy does.
	clone    func(v any) (any, error)
	counts   *counts
	name     string
	engine   *engine.Store
	codec    *codec.Type
	size     atomic.Int64 // of the envelope encoded last, a hint for the next
	ttl      time.Duration
	timeout  time.Duration
	fleet    bool // one load in the whole fleet
	live     bool // values in memory are Go values, not bytes
	disabled bool
	nilable  bool
	err      error // why the cache cannot work; every call returns it
	types
}

// init makes a zero core ready for use.
func (c *core) init(m *Manager, s *settings, value reflect.Type, t types) {
	d := &declared{name: s.name, pattern: s.pattern, err: s.check(), value: value}
	d.parsed, _ = s.parsed()
	override := m.config.Caches[s.name]
	c.name, c.value, c.types = s.name, value, t
	c.ttl, c.timeout, c.fleet = s.ttl, s.timeout, s.fleet
	c.disabled, c.nilable = override.Disabled, isNilable(value.Kind())
	if override.TTL > 0 || override.Forever {
		c.ttl = override.TTL
	}
	stored, err := codec.ForType(value)
	if err != nil {
		d.err = errors.Join(d.err, fmt.Errorf("cachegen: %s: %w", s.name, err))
	}
	d.store = cmp.Or(override.Store, s.store, m.defaultName)
	c.err = errors.Join(append(m.config.validateCache(s.name, override), d.err)...)
	c.engine, c.counts = m.handle(d.store).engine, &m.declare(d).counts
	if err == nil {
		c.setCodec(stored, s)
	}
}

func (c *core) setCodec(t *codec.Type, s *settings) {
	codec.Register(t)
	c.codec = t.WithVersion(s.version)
	if !s.share {
		c.clone = t.Cloner()
	}
	c.live = s.share || t.Flat() || c.clone != nil
	// What is stored as bytes is a Go value too, which an interface could take for its own.
	if c.err == nil && !c.disabled && !c.engine.Observed() && c.value.Kind() != reflect.Interface {
		c.hot = c.engine
	}
}

// hit returns the value of a key if it can be had at once. It does not keep key, and allocates nothing for
// shared values.
func (c *core) hit(key []byte) (v any, ok bool) {
	mem := c.hot.Memory()
	if mem == nil {
		return nil, false
	}
	v, ok = mem.Lookup(key)
	if !ok {
		return nil, false
	}
	if c.clone != nil || reflect.TypeOf(v) != c.value {
		if v, ok = c.own(key, v); !ok {
			return nil, false
		}
	}
	c.counts.hit(key)
	return v, true
}

// own makes one caller's value of what was found: a copy, or what is decoded. What does not decode is left
// to the calls that report it.
func (c *core) own(key []byte, live any) (any, bool) {
	if reflect.TypeOf(live) == c.value {
		v, err := c.clone(live)
		return v, err == nil
	}
	encoded, ok := live.(memory.Encoded)
	if !ok {
		return nil, false
	}
	v, err := c.open(string(key), engine.Found{Bytes: encoded, Trusted: true})
	return v, err == nil
}

// copyOf returns what one caller may have of a live value.
func (c *core) copyOf(v any) (any, error) {
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

func (c *core) isNil(v any) bool { return c.nilable && isNilValue(v) }

// holds reports whether v is a value of the cache.
func (c *core) holds(v any) bool {
	t := reflect.TypeOf(v)
	return t == c.value || c.value.Kind() == reflect.Interface && t.Implements(c.value)
}

// ready is what every call checks first.
func (c *core) ready(ttl time.Duration) error {
	if c.err != nil {
		return c.err
	}
	return checkTTL(ttl)
}

// decode turns what was found into a value. ok is false if it counts as a miss.
func (c *core) decode(key string, f engine.Found) (v any, ok bool, err error) {
	switch {
	case f.Live == nil:
		v, err = c.open(key, f)
	case c.holds(f.Live):
		v, err = c.copyOf(f.Live)
	default:
		return nil, false, &TypeError{Key: key, Want: c.codec.Name(), Got: reflect.TypeOf(f.Live).String()}
	}
	if err != nil {
		return nil, false, c.undecodable(key, err)
	}
	return v, true, nil
}

// open decodes encoded bytes.
func (c *core) open(key string, f engine.Found) (any, error) {
	if len(f.Bytes) == 0 || f.Bytes[0] != drivers.EnvelopeMagic {
		n, err := drivers.ParseNumber(f.Bytes)
		if err != nil {
			return nil, err
		}
		return c.codec.DecodeNumber(n)
	}
	h, payload, err := openEnvelope(key, f)
	switch {
	case err != nil:
		return nil, err
	case f.Trusted || f.Shared:
		return c.codec.Decode(h, payload)
	}
	return c.codec.DecodeOwned(h, payload)
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
func (c *core) undecodable(key string, err error) error {
	var mismatch *codec.MismatchError
	if errors.As(err, &mismatch) {
		return &TypeError{Key: key, Want: mismatch.Want, Got: mismatch.Got}
	}
	c.report(event.DecodeError, "decode", key, err)
	return nil
}

// encode gives v the form in which it is stored.
func (c *core) encode(key string, v any, ttl, cost time.Duration) (engine.Stored, error) {
	mem := c.engine.Memory()
	live := mem != nil && c.live && !c.isNil(v)
	var form engine.Stored
	if !live || mem.Weighted() {
		size := max(int(c.size.Load()), 128)
		b, err := c.codec.Append(make([]byte, 0, size), key, header(key, ttl, cost), v)
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

func (c *core) report(k event.Kind, op, key string, err error) {
	c.counts.count(k)
	c.engine.Emit(event.Event{Kind: k, Cache: c.name, Op: op, Err: err}, key)
}

// result reports a call without a loader and passes its error on.
func (c *core) result(k event.Kind, op, key string, err error) error {
	if err != nil {
		k = event.StoreError
	}
	c.report(k, op, key, err)
	return err
}
