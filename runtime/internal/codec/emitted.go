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
	Append func(dst []byte, v V) []byte
	// AppendWalk stands in for Append where that can fail: it leaves the error in w, which it does not
	// keep.
	AppendWalk func(dst []byte, v V, w *msgp.Walk) []byte
	// Read reads what Append wrote. It leaves errors in r: a field that V has and the bytes lack,
	// unless it may be empty, is one; fields that V does not have are skipped.
	Read func(r *msgp.Reader) V
	// Clone returns a copy of v that shares nothing with it that can be changed. It is nil, and so is
	// CloneWalk, where a plain copy is such a copy.
	Clone func(v V) V
	// CloneWalk stands in for Clone as AppendWalk does for Append.
	CloneWalk func(v V, w *msgp.Walk) V
	// Positional says that some fields of V are told apart by their place alone: bytes of another
	// shape must not be read.
	Positional bool
}

// emitted is a Codec for callers that do not know its V: nearly all, since what knows it is compiled
// anew for each.
type emitted struct {
	appended   func(dst []byte, v any, w *msgp.Walk) []byte
	taken      func(r *msgp.Reader) any
	cloned     func(v any, w *msgp.Walk) any // nil if the Codec has none
	positional bool
	// Whether appended and cloned take a Walk, which is nil otherwise.
	appendWalks, cloneWalks bool
}

// codecs holds what Emit was given, as *emitted by reflect.Type.
var codecs sync.Map

// Emit makes c the codec of V in this process, and V known to [ByName]. It costs little, so that
// generated code can call it when the program starts: the Type is made when it is first asked for.
//
// It calls nothing that is generic in its turn: for each such call the compiler writes a table for every V.
func Emit[V any](c Codec[V]) {
	e := &emitted{
		taken:       func(r *msgp.Reader) any { return c.Read(r) },
		positional:  c.Positional,
		appendWalks: c.AppendWalk != nil,
		cloneWalks:  c.CloneWalk != nil,
	}
	if e.appendWalks {
		e.appended = func(dst []byte, v any, w *msgp.Walk) []byte { typed, _ := v.(V); return c.AppendWalk(dst, typed, w) }
	} else {
		e.appended = func(dst []byte, v any, _ *msgp.Walk) []byte { typed, _ := v.(V); return c.Append(dst, typed) }
	}
	switch {
	case e.cloneWalks:
		e.cloned = func(v any, w *msgp.Walk) any { typed, _ := v.(V); return c.CloneWalk(typed, w) }
	case c.Clone != nil:
		e.cloned = func(v any, _ *msgp.Walk) any { typed, _ := v.(V); return c.Clone(typed) }
	}
	emit(reflect.TypeOf((*V)(nil)).Elem(), e)
}

func emit(t reflect.Type, e *emitted) {
	codecs.Store(t, e)
	known.Delete(t)
	name := typeName(t)
	byName.Store(name, t)
	byDigest.Store(msgp.Digest(name), name)
}

// append, read and clone are the Codec's functions, but do not panic.
func (e *emitted) append(dst []byte, v any) (out []byte, err error) {
	defer recovered(&err)
	if !e.appendWalks {
		return e.appended(dst, v, nil), nil
	}
	w := walks.Get().(*msgp.Walk)
	out = e.appended(dst, v, w)
	return out, ended(w)
}

func (e *emitted) read(payload []byte, owned bool) (v any, err error) {
	defer recovered(&err)
	return msgp.Read(payload, owned, e.taken)
}

func (e *emitted) clone(v any) (c any, err error) {
	defer recovered(&err)
	if !e.cloneWalks {
		return e.cloned(v, nil), nil
	}
	w := walks.Get().(*msgp.Walk)
	c = e.cloned(v, w)
	return c, ended(w)
}

// walks keeps Walks that are zero.
var walks = sync.Pool{New: func() any { return new(msgp.Walk) }}

// ended returns what failed in a walk, and w to walks.
func ended(w *msgp.Walk) error {
	err := w.Err()
	*w = msgp.Walk{}
	walks.Put(w)
	return err
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

// Emitted is the codec that was generated for V, whose functions return errors and do not panic.
type Emitted[V any] struct {
	Append func(dst []byte, v V) ([]byte, error)
	Read   func(r *msgp.Reader) V
	Clone  func(v V) (V, error) // nil where a plain copy does
}

// CodecOf returns the codec that was generated for V, or nil. t is V's Type.
func CodecOf[V any](t *Type) *Emitted[V] {
	if t == nil || t.emitted == nil {
		return nil
	}
	e := t.emitted
	c := &Emitted[V]{
		Append: func(dst []byte, v V) ([]byte, error) { return e.append(dst, v) },
		Read:   func(r *msgp.Reader) V { v, _ := e.taken(r).(V); return v },
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
