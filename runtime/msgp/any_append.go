package msgp

import (
	"cmp"
	"encoding/binary"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// Ext types of values that msgpack alone cannot tell apart.
const (
	extInt      = 100 // an int: 1, 2, 4 or 8 bytes, two's complement
	extUint     = 101 // a uint: 1, 2, 4 or 8 bytes
	extDuration = 102 // a time.Duration: 8 bytes, nanoseconds
	extTyped    = 103 // a slice or map: its type, then its value
)

func appendAny(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case []any:
		if v != nil {
			return appendSlice(dst, v, depth)
		}
	case map[string]any:
		if v != nil {
			return appendMap(dst, v, depth)
		}
	default:
		if out, ok := appendBasic(dst, v); ok {
			return out, nil
		}
	}
	return appendTyped(dst, reflect.ValueOf(v), depth)
}

// appendBasic appends v unless it is a slice, a map or nothing we know. A nil []byte is left to
// appendTyped: here it would come back as an untyped nil.
func appendBasic(dst []byte, v any) ([]byte, bool) {
	switch v := v.(type) {
	case nil:
		return AppendNil(dst), true
	case bool:
		return AppendBool(dst, v), true
	case string:
		return AppendString(dst, v), true
	case []byte:
		return AppendBytes(dst, v), v != nil
	case float32:
		return AppendFloat32(dst, v), true
	case float64:
		return AppendFloat64(dst, v), true
	case time.Time:
		return AppendTime(dst, v), true
	case time.Duration:
		return binary.BigEndian.AppendUint64(AppendExtHeader(dst, extDuration, 8), uint64(v)), true
	}
	return appendInteger(dst, v)
}

// appendInteger keeps the width of v: by the code for sized integers, by an ext for int and uint.
func appendInteger(dst []byte, v any) ([]byte, bool) {
	switch v := v.(type) {
	case int:
		return appendInt(dst, int64(v)), true
	case uint:
		return appendUint(dst, uint64(v)), true
	case int8:
		return AppendInt8(dst, v), true
	case int16:
		return AppendInt16(dst, v), true
	case int32:
		return AppendInt32(dst, v), true
	case int64:
		return AppendInt64(dst, v), true
	case uint8:
		return AppendUint8(dst, v), true
	case uint16:
		return AppendUint16(dst, v), true
	case uint32:
		return AppendUint32(dst, v), true
	case uint64:
		return AppendUint64(dst, v), true
	}
	return dst, false
}

// appendInt appends an int: a fixint, which nothing else uses, or an ext of the shortest width.
func appendInt(dst []byte, v int64) []byte {
	if v >= -32 && v <= 127 {
		return append(dst, byte(v))
	}
	size := 8
	for _, s := range []int{1, 2, 4} {
		if signExtend(uint64(v), s) == uint64(v) {
			size = s
			break
		}
	}
	return appendBigEndian(AppendExtHeader(dst, extInt, size), uint64(v), size)
}

func appendUint(dst []byte, v uint64) []byte {
	size := 1
	for size < 8 && v>>(8*size) != 0 {
		size *= 2
	}
	return appendBigEndian(AppendExtHeader(dst, extUint, size), v, size)
}

func appendBigEndian(dst []byte, v uint64, size int) []byte {
	for i := size - 1; i >= 0; i-- {
		dst = append(dst, byte(v>>(8*i)))
	}
	return dst
}

func appendSlice(dst []byte, v []any, depth int) ([]byte, error) {
	if depth == 0 {
		return dst, ErrDepth
	}
	dst = AppendArrayHeader(dst, len(v))
	var err error
	for i, e := range v {
		if dst, err = appendAny(dst, e, depth-1); err != nil {
			return dst, inIndex(err, i)
		}
	}
	return dst, nil
}

func appendMap(dst []byte, v map[string]any, depth int) ([]byte, error) {
	if depth == 0 {
		return dst, ErrDepth
	}
	dst = AppendMapHeader(dst, len(v))
	var err error
	for _, k := range slices.Sorted(maps.Keys(v)) {
		if dst, err = appendAny(AppendString(dst, k), v[k], depth-1); err != nil {
			return dst, inKey(err, k)
		}
	}
	return dst, nil
}

// appendTyped appends a slice or map whose type is not plain from its msgpack form: an ext that
// holds the type and, behind it, the value. The ext has a length of 32 bits, patched afterwards.
func appendTyped(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	name, ok := appendTypeCode(nil, v.Type())
	if !ok || !isTyped(v.Type()) {
		return dst, &UnsupportedError{Type: v.Type().String()}
	}
	start := len(dst)
	dst = append(dst, codeExt8+2, 0, 0, 0, 0, extTyped)
	dst = append(dst, name...)
	dst, err := appendValue(dst, v, depth)
	if err == nil {
		binary.BigEndian.PutUint32(dst[start+1:], uint32(len(dst)-start-6))
	}
	return dst, err
}

// appendValue appends a value of a known type: a slice or map as such, anything else as it is in
// an any.
func appendValue(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	switch {
	case v.Type() == typeLetters['x']:
		return AppendBytes(dst, v.Bytes()), nil
	case !isComposite(v.Type()):
		return appendAny(dst, v.Interface(), depth)
	case v.IsNil():
		return AppendNil(dst), nil
	case depth == 0:
		return dst, ErrDepth
	case v.Kind() == reflect.Slice:
		return appendElements(dst, v, depth-1)
	}
	return appendEntries(dst, v, depth-1)
}

func appendElements(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	dst = AppendArrayHeader(dst, v.Len())
	var err error
	for i := range v.Len() {
		if dst, err = appendValue(dst, v.Index(i), depth); err != nil {
			return dst, inIndex(err, i)
		}
	}
	return dst, nil
}

func appendEntries(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	dst = AppendMapHeader(dst, len(keys))
	var err error
	for _, k := range keys {
		if dst, err = appendValue(AppendString(dst, k.String()), v.MapIndex(k), depth); err != nil {
			return dst, inKey(err, k.String())
		}
	}
	return dst, nil
}

// inIndex and inKey put one more step in front of the path of an *UnsupportedError.
func inIndex(err error, i int) error { return within(err, "["+strconv.Itoa(i)+"]") }

func inKey(err error, key string) error { return within(err, "["+strconv.Quote(key)+"]") }

func within(err error, step string) error {
	if u, ok := err.(*UnsupportedError); ok {
		u.Path = step + u.Path
	}
	return err
}
