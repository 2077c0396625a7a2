package codectest

import (
	"encoding"
	"reflect"

	"github.com/vmihailenco/msgpack/v5"
)

// isOpaque reports whether values of t encode themselves, so that what is in them is their own
// business.
func isOpaque(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface {
		return false
	}
	p := reflect.PointerTo(t)
	for _, method := range []reflect.Type{
		reflect.TypeFor[msgpack.CustomDecoder](), reflect.TypeFor[msgpack.Unmarshaler](),
		reflect.TypeFor[encoding.BinaryUnmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](),
	} {
		if p.Implements(method) {
			return true
		}
	}
	return goesByJSON(t)
}

// writesMsgpack reports whether values of t, which encode themselves, do so as msgpack.
func writesMsgpack(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[msgpack.CustomEncoder]()) || p.Implements(reflect.TypeFor[msgpack.Marshaler]())
}

// goesByJSON reports whether the JSON methods of a type stand in for what would be lost otherwise.
func goesByJSON(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[jsonPair]()) && (hasUnexported(t) || isUnstorable(t, map[reflect.Type]bool{}))
}

// jsonPair is implemented by types whose JSON methods stand in for fields that are not exported.
type jsonPair interface {
	MarshalJSON() ([]byte, error)
	UnmarshalJSON([]byte) error
}

func hasUnexported(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			return true
		}
	}
	return false
}

// isUnstorable reports whether something in a value of type t could not be stored by itself.
func isUnstorable(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.Uintptr, reflect.UnsafePointer, reflect.Complex64, reflect.Complex128:
		return true
	case reflect.Interface:
		return t.NumMethod() > 0
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return isUnstorable(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); isStored(f) && f.Tag.Get("json") != "-" && isUnstorable(f.Type, seen) {
				return true
			}
		}
	}
	return false
}

// fillOpaque fills a value that encodes itself by a text that its type takes, or leaves it zero. It
// reports false of values that are to be filled like others.
func (m maker) fillOpaque(v reflect.Value) bool {
	if !isOpaque(v.Type()) {
		return false
	}
	if v.Type() == reflect.TypeFor[msgpack.RawMessage]() {
		raw, err := msgpack.Marshal(m.text())
		v.SetBytes(raw)
		return err == nil
	}
	for _, text := range m.shuffled() {
		if p := reflect.New(v.Type()); unmarshal(p.Interface(), text) && marshals(p.Interface()) {
			v.Set(p.Elem())
			return true
		}
	}
	return !m.fillOwn(v)
}

// fillOwn reports whether a value is to be filled like others: it encodes itself by msgpack alone, and
// has nothing that reflection cannot set.
func (m maker) fillOwn(v reflect.Value) bool {
	return !hasUnexported(v.Type()) && !takesText(v.Addr().Interface())
}

func takesText(p any) bool {
	_, text := p.(encoding.TextUnmarshaler)
	_, binary := p.(encoding.BinaryUnmarshaler)
	_, json := p.(jsonPair)
	return text || binary || json
}

func unmarshal(p any, text string) bool {
	switch p := p.(type) {
	case encoding.TextUnmarshaler:
		return p.UnmarshalText([]byte(text)) == nil
	case encoding.BinaryUnmarshaler:
		return p.UnmarshalBinary([]byte(text)) == nil
	case jsonPair:
		return p.UnmarshalJSON([]byte(text)) == nil || p.UnmarshalJSON([]byte(`"`+text+`"`)) == nil
	}
	return false
}

// marshals reports whether a value gives back what it was made of, by whatever method.
func marshals(p any) bool {
	_, err := msgpack.Marshal(p)
	return err == nil
}
