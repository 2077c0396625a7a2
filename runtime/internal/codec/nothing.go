package codec

import (
	"bytes"
	"reflect"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// mayBeNothing reports whether the library may write nil for a value of s that is not nil: one that
// marshals itself to no bytes at all, and stands behind a pointer or is a slice or map.
func (s *shape) mayBeNothing() bool {
	switch k := s.typ.Kind(); {
	case s.kind == pointer:
		return s.elem.kind == opaque && s.elem.pair >= binaryPair
	case s.kind == opaque && (k == reflect.Slice || k == reflect.Map):
		return s.pair >= binaryPair && s.typ.Implements(pairs[s.pair].encode)
	}
	return false
}

// keepNothing returns b, of which b[from:] is what the library has written of v, with an empty byte
// slice in the place of each nil that stands for what is not nil in v, and would come back as nil.
func (t *Type) keepNothing(b []byte, from int, v reflect.Value) []byte {
	if !t.nothing || bytes.IndexByte(b[from:], nilByte) < 0 {
		return b
	}
	f := finder{all: b, rest: b[from:]}
	f.find(t.shape, v)
	if f.err != nil || len(f.at) == 0 {
		return b
	}
	out, done := make([]byte, 0, len(b)+len(f.at)), 0
	for _, at := range f.at {
		out = msgp.AppendBytes(append(out, b[done:at]...), []byte{})
		done = at + 1
	}
	return append(out, b[done:]...)
}

const nilByte = 0xC0

// A finder walks through a value and what the library has written of it.
type finder struct {
	all, rest []byte
	at        []int // where in all is a nil for what is not nil
	err       error // a marshaler has written something else than one value
}

func (f *finder) find(s *shape, v reflect.Value) {
	switch {
	case f.err != nil:
	case msgp.IsNil(f.rest):
		if s.mayBeNothing() && !v.IsNil() {
			f.at = append(f.at, len(f.all)-len(f.rest))
		}
		f.rest = f.rest[1:]
	case s.kind == pointer:
		f.find(s.elem, v.Elem())
	case s.kind == list, s.kind == array:
		f.findInList(s, v)
	case s.kind == dict:
		f.findInDict(s, v)
	case s.kind == record:
		f.findInRecord(s, v)
	default:
		f.skip()
	}
}

// skip passes over a value and returns how it is written.
func (f *finder) skip() (raw []byte) {
	rest, err := msgp.Skip(f.rest)
	if err != nil {
		f.err = err
		return nil
	}
	raw, f.rest = f.rest[:len(f.rest)-len(rest)], rest
	return raw
}

func (f *finder) findInList(s *shape, v reflect.Value) {
	_, f.rest, f.err = msgp.ReadArrayHeader(f.rest)
	for i := range v.Len() {
		f.find(s.elem, v.Index(i))
	}
}

// findInDict tells the elements apart by how their keys are written.
func (f *finder) findInDict(s *shape, v reflect.Value) {
	elems := map[string]reflect.Value{}
	for it := v.MapRange(); it.Next(); {
		key, err := appendByLibrary(nil, it.Key())
		if err != nil {
			f.err = err
			return
		}
		elems[string(key)] = it.Value()
	}
	_, f.rest, f.err = msgp.ReadMapHeader(f.rest)
	for range v.Len() {
		if elem, ok := elems[string(f.skip())]; ok {
			f.find(s.elem, elem)
		} else {
			f.skip()
		}
	}
}

// findInRecord looks at the fields that are there: those that are empty may have been left out.
func (f *finder) findInRecord(s *shape, v reflect.Value) {
	if s.asArray {
		_, f.rest, f.err = msgp.ReadArrayHeader(f.rest)
	} else {
		_, f.rest, f.err = msgp.ReadMapHeader(f.rest)
	}
	for _, field := range s.fields {
		if f.err == nil && (s.asArray || f.isNext(field.name)) {
			f.find(field.shape, v.FieldByIndex(field.index))
		}
	}
}

// isNext takes the name of a field if it is next.
func (f *finder) isNext(name string) bool {
	next, rest, err := msgp.ReadString(f.rest)
	if err != nil || string(next) != name {
		return false
	}
	f.rest = rest
	return true
}
