package msgp

import (
	"reflect"
	"time"
)

// maxTypeNesting bounds how deep the type of a slice or map may be: the types that damaged bytes can
// name stay few, since a program never forgets a type it has made.
const maxTypeNesting = 8

// Letters that spell a type: L before the element of a slice, M before that of a string-keyed map,
// and one for each type that these end in.
const (
	letterSlice = 'L'
	letterMap   = 'M'
)

var typeLetters = map[byte]reflect.Type{
	'a': reflect.TypeFor[any](),
	'b': reflect.TypeFor[bool](),
	's': reflect.TypeFor[string](),
	'x': reflect.TypeFor[[]byte](),
	'i': reflect.TypeFor[int](),
	'1': reflect.TypeFor[int8](),
	'2': reflect.TypeFor[int16](),
	'3': reflect.TypeFor[int32](),
	'4': reflect.TypeFor[int64](),
	'u': reflect.TypeFor[uint](),
	'5': reflect.TypeFor[uint8](),
	'6': reflect.TypeFor[uint16](),
	'7': reflect.TypeFor[uint32](),
	'8': reflect.TypeFor[uint64](),
	'f': reflect.TypeFor[float32](),
	'd': reflect.TypeFor[float64](),
	't': reflect.TypeFor[time.Time](),
	'n': reflect.TypeFor[time.Duration](),
}

var lettersByType = func() map[reflect.Type]byte {
	m := make(map[reflect.Type]byte, len(typeLetters))
	for letter, t := range typeLetters {
		m[t] = letter
	}
	return m
}()

// isComposite reports whether values of t are written as arrays or maps of values of one type.
func isComposite(t reflect.Type) bool {
	if t.Name() != "" || t == typeLetters['x'] {
		return false
	}
	return t.Kind() == reflect.Slice || t.Kind() == reflect.Map && t.Key() == typeLetters['s']
}

// isTyped reports whether values of t may stand in an ext that names their type: a composite, or the
// []byte that is nil. Nothing else may, so that every such ext is one level of nesting.
func isTyped(t reflect.Type) bool { return isComposite(t) || t == typeLetters['x'] }

// appendTypeCode spells t, or reports that an any cannot carry it.
func appendTypeCode(dst []byte, t reflect.Type) ([]byte, bool) {
	for range maxTypeNesting {
		if letter, ok := lettersByType[t]; ok {
			return append(dst, letter), true
		}
		if !isComposite(t) {
			return dst, false
		}
		letter := byte(letterSlice)
		if t.Kind() == reflect.Map {
			letter = letterMap
		}
		dst, t = append(dst, letter), t.Elem()
	}
	return dst, false
}

// readTypeCode is the inverse of appendTypeCode.
func readTypeCode(b []byte, nesting int) (t reflect.Type, rest []byte, err error) {
	if len(b) == 0 {
		return nil, nil, ErrShort
	}
	if t, ok := typeLetters[b[0]]; ok {
		return t, b[1:], nil
	}
	if nesting <= 1 || b[0] != letterSlice && b[0] != letterMap {
		return nil, nil, ErrType
	}
	elem, rest, err := readTypeCode(b[1:], nesting-1)
	switch {
	case err != nil:
		return nil, nil, err
	case b[0] == letterMap:
		return reflect.MapOf(typeLetters['s'], elem), rest, nil
	}
	return reflect.SliceOf(elem), rest, nil
}
