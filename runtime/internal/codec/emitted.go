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

// emitted is a Codec for callers that do not know its V: nearly all, since what knows it is compiled
// anew for each.
type emitted struct {
	appended   func(dst []byte, v any) ([]byte, error)
	taken      func(r *msgp.Reader) any
	cloned     func(v any) (any, error) // nil if the Codec has none
	positional bool
}

// codecs holds what Emit was given, as *emitted by reflect.Type.
var codecs sync.Map

// Emit makes c the codec of V in this process, and V known to [ByName]. It costs little, so that
// generated code can call it when the program starts: the Type is made when it is first asked for.
func Emit[V any](c Codec[V]) {
	e := &emitted{
		appended:   func(dst []byte, v any) ([]byte, error) { typed, _ := v.(V); return c.Append(dst, typed) },
		taken:      func(r *msgp.Reader) any { return c.Read(r) },
		positional: c.Positional,
	}
	if c.Clone != nil {
		e.cloned = func(v any) (any, error) { typed, _ := v.(V); return c.Clone(typed) }
	}
	emit(reflect.TypeFor[V](), e)
}

func emit(t reflect.Type, e *emitted) {
	codecs.Store(t, e)
	known.Delete(t)
	byName.Store(typeName(t), t)
}

// append, read and clone are the Codec's functions, but do not panic.
func (e *emitted) append(dst []byte, v any) (out []byte, err error) {
	defer recovered(&err)
	return e.appended(dst, v)
}

func (e *emitted) read(payload []byte, owned bool) (v any, err error) {
	defer recovered(&err)
	return msgp.Read(payload, owned, e.taken)
}

func (e *emitted) clone(v any) (c any, err error) {
	defer recovered(&err)
	return e.cloned(v)
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

// CodecOf returns the codec that was generated for V, or nil. t is V's Type. Unlike what Emit was given,
// its Append and Clone do not panic.
func CodecOf[V any](t *Type) *Codec[V] {
	if t == nil || t.emitted == nil {
		return nil
	}
	e := t.emitted
	c := &Codec[V]{
		Append:     func(dst []byte, v V) ([]byte, error) { return e.append(dst, v) },
		Read:       func(r *msgp.Reader) V { v, _ := e.taken(r).(V); return v },
		Positional: e.positional,
	}
	if e.cloned != nil {
		c.Clone = func(v V) (V, error) {
			x, err := e.clone(v)
			typed, _ := x.(V)
			return typed, err
		}
	}
	return c
}

// Cloner returns a function that makes copies of values of t's Go type by the generated codec, or nil
// if there is none or a plain copy does. A copy shares nothing with its value that can be changed.
func (t *Type) Cloner() func(v any) (any, error) {
	if t.emitted == nil || t.emitted.cloned == nil {
		return nil
	}
	return t.emitted.clone
}

// Clone returns a copy of v, a value of t's Go type, that shares nothing with it that can be changed.
// ok is false if t does not know how to make one.
func (t *Type) Clone(v any) (c any, ok bool) {
	if t.flat {
		return v, true
	}
	clone := t.Cloner()
	if clone == nil {
		return v, false
	}
	c, err := clone(v)
	return c, err == nil
}
