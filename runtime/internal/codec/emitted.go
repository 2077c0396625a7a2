package codec

import (
	"reflect"
	"sync"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// Codec is the codec that was generated for values of type V. Its functions may be called at once from
// several goroutines; a panic in one of them, of a marshaler for instance, counts as its error.
type Codec[V any] struct {
	// Append appends v to dst, as msgpack.
	Append func(dst []byte, v V) ([]byte, error)
	// Read reads what Append wrote. It leaves errors in r: a field that V has and the bytes lack,
	// unless it may be empty, is one; fields that V does not have are skipped.
	Read func(r *msgp.Reader) V
	// Clone returns a copy of v that shares nothing with it that can be changed. It is nil where a
	// plain copy is such a copy.
	Clone func(v V) (V, error)
	// Positional says that some fields of V are told apart by their place alone: bytes of another
	// shape must not be read.
	Positional bool
}

// emitted is a Codec for callers that do not know its V.
type emitted struct {
	typed      any // *Codec[V]
	append     func(dst []byte, v any) ([]byte, error)
	read       func(payload []byte) (any, error)
	clone      func(v any) (any, error) // nil if the Codec has none
	positional bool
}

// codecs holds what Emit was given, as *emitted by reflect.Type.
var codecs sync.Map

// Emit makes c the codec of V in this process, and V known to [ByName]. It costs little, so that
// generated code can call it when the program starts: the Type is made when it is first asked for.
func Emit[V any](c Codec[V]) {
	c = c.guarded()
	e := &emitted{
		typed:      &c,
		append:     func(dst []byte, v any) ([]byte, error) { typed, _ := v.(V); return c.Append(dst, typed) },
		read:       func(payload []byte) (any, error) { return read(&c, payload, false) },
		positional: c.Positional,
	}
	if c.Clone != nil {
		e.clone = func(v any) (any, error) { typed, _ := v.(V); return c.Clone(typed) }
	}
	t := reflect.TypeFor[V]()
	codecs.Store(t, e)
	known.Delete(t)
	byName.Store(typeName(t), t)
}

// guarded returns c with functions that do not panic. Read is guarded where it is called.
func (c Codec[V]) guarded() Codec[V] {
	appended, cloned := c.Append, c.Clone
	c.Append = func(dst []byte, v V) (out []byte, err error) {
		defer recovered(&err)
		return appended(dst, v)
	}
	if cloned != nil {
		c.Clone = func(v V) (out V, err error) {
			defer recovered(&err)
			return cloned(v)
		}
	}
	return c
}

func read[V any](c *Codec[V], payload []byte, owned bool) (v V, err error) {
	defer recovered(&err)
	return msgp.Read(payload, owned, c.Read)
}

// recovered makes an error of a panic. It is to be deferred.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = panicked(p)
	}
}

// codecOf returns the codec that was generated for t, or nil.
func codecOf(t reflect.Type) *emitted {
	e, ok := codecs.Load(t)
	if !ok {
		return nil
	}
	return e.(*emitted)
}

// CodecOf returns the codec that was generated for V, or nil. t is V's Type.
func CodecOf[V any](t *Type) *Codec[V] {
	if t == nil || t.emitted == nil {
		return nil
	}
	c, _ := t.emitted.typed.(*Codec[V])
	return c
}

// Clone returns a copy of v, a value of t's Go type, that shares nothing with it that can be changed.
// ok is false if t does not know how to make one.
func (t *Type) Clone(v any) (c any, ok bool) {
	if t.flat {
		return v, true
	}
	if t.emitted == nil || t.emitted.clone == nil {
		return v, false
	}
	c, err := t.emitted.clone(v)
	return c, err == nil
}
