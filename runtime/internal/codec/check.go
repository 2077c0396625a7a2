package codec

import (
	"reflect"
	"strconv"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// check reports whether b begins with a value that the encoder could have written for s, and
// returns what follows. The reflective decoder, which follows, takes many other bytes for a value
// of the type: it wraps integers, fills in missing fields and accepts one kind for another. b has
// passed a scan, which bounds the recursion.
func (s *shape) check(b []byte) (rest []byte, err error) {
	switch s.kind {
	case scalar:
		return s.checkScalar(b)
	case instant:
		_, rest, err = msgp.ReadTime(b)
		return rest, err
	case opaque:
		return msgp.Skip(b)
	case byteArray:
		return s.checkByteArray(b)
	case array, record:
		return s.checkBody(b)
	}
	if msgp.IsNil(b) {
		return b[1:], nil
	}
	return s.checkBody(b)
}

func (s *shape) checkBody(b []byte) (rest []byte, err error) {
	switch {
	case s.kind == pointer:
		return s.elem.check(b)
	case s.kind == dict:
		return s.checkDict(b)
	case s.kind == record && s.asArray:
		return s.checkTuple(b)
	case s.kind == record:
		return s.checkRecord(b)
	}
	return s.checkList(b)
}

func (s *shape) checkScalar(b []byte) (rest []byte, err error) {
	switch k := s.typ.Kind(); {
	case k == reflect.Bool:
		_, rest, err = msgp.ReadBool(b)
	case k == reflect.String:
		_, rest, err = msgp.ReadString(b)
	case k == reflect.Slice && msgp.IsNil(b):
		rest = b[1:]
	case k == reflect.Slice:
		_, rest, err = msgp.ReadBytes(b)
	case k == reflect.Float32:
		_, rest, err = msgp.ReadFloat32(b)
	case k == reflect.Float64:
		_, rest, err = msgp.ReadFloat64(b)
	case k >= reflect.Uint:
		_, rest, err = msgp.ReadUint(b, kindBits(k))
	default:
		_, rest, err = msgp.ReadInt(b, kindBits(k))
	}
	return rest, err
}

func (s *shape) checkByteArray(b []byte) (rest []byte, err error) {
	data, rest, err := msgp.ReadBytes(b)
	if err == nil && len(data) != s.typ.Len() {
		err = errShape
	}
	return rest, err
}

func (s *shape) checkList(b []byte) (rest []byte, err error) {
	n, rest, err := msgp.ReadArrayHeader(b)
	if err == nil && s.kind == array && n != s.typ.Len() {
		err = errShape
	}
	for i := 0; i < n && err == nil; i++ {
		rest, err = s.elem.check(rest)
	}
	return rest, err
}

func (s *shape) checkDict(b []byte) (rest []byte, err error) {
	n, rest, err := msgp.ReadMapHeader(b)
	for i := 0; i < n && err == nil; i++ {
		if rest, err = s.key.check(rest); err == nil {
			rest, err = s.elem.check(rest)
		}
	}
	return rest, err
}

func (s *shape) checkTuple(b []byte) (rest []byte, err error) {
	n, rest, err := msgp.ReadArrayHeader(b)
	if err == nil && n != len(s.fields) {
		err = errShape
	}
	for i := 0; i < n && err == nil; i++ {
		rest, err = s.fields[i].shape.check(rest)
	}
	return rest, err
}

// checkRecord wants the fields in the order in which they are always written; only those tagged
// omitempty may be missing.
func (s *shape) checkRecord(b []byte) (rest []byte, err error) {
	left, rest, err := msgp.ReadMapHeader(b)
	if err != nil {
		return nil, err
	}
	for _, f := range s.fields {
		name, after := []byte(nil), []byte(nil)
		if left > 0 {
			if name, after, err = msgp.ReadString(rest); err != nil {
				return nil, err
			}
		}
		switch {
		case left > 0 && string(name) == f.name:
			if rest, err = f.shape.check(after); err != nil {
				return nil, err
			}
			left--
		case !f.omitEmpty:
			return nil, errShape
		}
	}
	if left > 0 {
		return nil, errShape
	}
	return rest, nil
}

// kindBits returns the size of an integer kind. int and uint are written alike on every machine; a
// value that this one's cannot hold is refused.
func kindBits(k reflect.Kind) int {
	switch k {
	case reflect.Int8, reflect.Uint8:
		return 8
	case reflect.Int16, reflect.Uint16:
		return 16
	case reflect.Int32, reflect.Uint32:
		return 32
	case reflect.Int, reflect.Uint:
		return strconv.IntSize
	}
	return 64
}
