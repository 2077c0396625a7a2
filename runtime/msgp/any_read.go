package msgp

import (
	"bytes"
	"math/bits"
	"reflect"
	"time"
)

func readAny(b []byte, depth int) (v any, rest []byte, err error) {
	if len(b) == 0 {
		return nil, nil, ErrShort
	}
	switch c := b[0]; {
	case c < codeFixMap || c >= codeNegFix:
		return int(int8(c)), b[1:], nil
	case c < codeFixArray, c == codeMap16, c == codeMap16+1:
		return readMap(b, depth)
	case c < codeFixStr, c == codeArray16, c == codeArray16+1:
		return readSlice(b, depth)
	case c >= codeExt8 && c < codeFloat32, c >= codeFixExt1 && c <= codeFixExt16:
		return readAnyExt(b, depth)
	case c >= codeUint8 && c < codeFixExt1:
		return readSized(b)
	}
	return readPlain(b)
}

// readPlain reads nil, bools, floats, strings and byte slices.
func readPlain(b []byte) (v any, rest []byte, err error) {
	switch c := b[0]; c {
	case codeNil:
		return nil, b[1:], nil
	case codeFalse, codeTrue:
		return c == codeTrue, b[1:], nil
	case codeFloat32:
		return result(ReadFloat32(b))
	case codeFloat64:
		return result(ReadFloat64(b))
	case codeBin8, codeBin8 + 1, codeBin8 + 2:
		data, rest, err := ReadBytes(b)
		return result(append([]byte{}, data...), rest, err)
	}
	s, rest, err := ReadString(b)
	return result(string(s), rest, err)
}

// result turns what a typed reader returned into an any, which is nil if it failed.
func result[T any](v T, rest []byte, err error) (any, []byte, error) {
	if err != nil {
		return nil, nil, err
	}
	return v, rest, nil
}

// readSized reads an integer whose code tells its type.
func readSized(b []byte) (v any, rest []byte, err error) {
	c := b[0]
	u, _, rest, err := readInteger(b)
	if err != nil {
		return nil, nil, err
	}
	switch c {
	case codeInt8:
		v = int8(u)
	case codeInt8 + 1:
		v = int16(u)
	case codeInt8 + 2:
		v = int32(u)
	case codeInt8 + 3:
		v = int64(u)
	case codeUint8:
		v = uint8(u)
	case codeUint8 + 1:
		v = uint16(u)
	case codeUint8 + 2:
		v = uint32(u)
	default:
		v = u
	}
	return v, rest, nil
}

func readAnyExt(b []byte, depth int) (v any, rest []byte, err error) {
	ext, data, rest, err := ReadExt(b)
	if err != nil {
		return nil, nil, err
	}
	switch ext {
	case extTimestamp:
		v, err := timestamp(data)
		return result(v, rest, err)
	case extTyped:
		v, err := readTyped(data, depth)
		return result(v, rest, err)
	}
	v, err = readExtInteger(ext, data)
	return result(v, rest, err)
}

func readExtInteger(ext int8, data []byte) (any, error) {
	size := len(data)
	if size > 8 || bits.OnesCount(uint(size)) != 1 {
		return nil, ErrType
	}
	u := bigEndian(data)
	signed := int64(signExtend(u, size))
	switch {
	case ext == extInt && int64(int(signed)) == signed:
		return int(signed), nil
	case ext == extUint && uint64(uint(u)) == u:
		return uint(u), nil
	case ext == extDuration && size == 8:
		return time.Duration(u), nil
	}
	return nil, ErrType
}

func readSlice(b []byte, depth int) (v any, rest []byte, err error) {
	n, rest, err := ReadArrayHeader(b)
	switch {
	case err != nil:
		return nil, nil, err
	case depth == 0:
		return nil, nil, ErrDepth
	}
	s := make([]any, n)
	for i := range s {
		if s[i], rest, err = readAny(rest, depth-1); err != nil {
			return nil, nil, err
		}
	}
	return s, rest, nil
}

func readMap(b []byte, depth int) (v any, rest []byte, err error) {
	n, rest, err := ReadMapHeader(b)
	switch {
	case err != nil:
		return nil, nil, err
	case depth == 0:
		return nil, nil, ErrDepth
	}
	m := make(map[string]any, n)
	for range n {
		var key []byte
		if key, rest, err = ReadString(rest); err != nil {
			return nil, nil, err
		}
		if m[string(key)], rest, err = readAny(rest, depth-1); err != nil {
			return nil, nil, err
		}
	}
	return m, rest, nil
}

// readTyped reads the type and the value that an ext of appendTyped holds, and nothing after them.
func readTyped(data []byte, depth int) (any, error) {
	t, rest, err := readTypeCode(data, maxTypeNesting)
	switch {
	case err != nil:
		return nil, err
	case !isTyped(t):
		return nil, ErrType
	}
	v := reflect.New(t).Elem()
	rest, err = readValue(v, rest, depth)
	switch {
	case err != nil:
		return nil, err
	case len(rest) != 0:
		return nil, ErrType
	}
	return v.Interface(), nil
}

// readValue reads a value of the type of v into v.
func readValue(v reflect.Value, b []byte, depth int) (rest []byte, err error) {
	if !isTyped(v.Type()) {
		return readElement(v, b, depth)
	}
	switch {
	case IsNil(b):
		return b[1:], nil
	case v.Type() == typeLetters['x']:
		data, rest, err := ReadBytes(b)
		v.SetBytes(bytes.Clone(data))
		return rest, err
	case depth == 0:
		return nil, ErrDepth
	case v.Kind() == reflect.Slice:
		return readElements(v, b, depth-1)
	}
	return readEntries(v, b, depth-1)
}

// readElement reads a value that is written as in an any, which must have the type of v.
func readElement(v reflect.Value, b []byte, depth int) (rest []byte, err error) {
	elem, rest, err := readAny(b, depth)
	if err != nil {
		return nil, err
	}
	if v.Kind() != reflect.Interface && reflect.TypeOf(elem) != v.Type() {
		return nil, ErrType
	}
	if elem != nil {
		v.Set(reflect.ValueOf(elem))
	}
	return rest, nil
}

func readElements(v reflect.Value, b []byte, depth int) (rest []byte, err error) {
	n, rest, err := ReadArrayHeader(b)
	if err != nil {
		return nil, err
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		if rest, err = readValue(v.Index(i), rest, depth); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

func readEntries(v reflect.Value, b []byte, depth int) (rest []byte, err error) {
	n, rest, err := ReadMapHeader(b)
	if err != nil {
		return nil, err
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), n))
	for range n {
		var key []byte
		if key, rest, err = ReadString(rest); err != nil {
			return nil, err
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		if rest, err = readValue(elem, rest, depth); err != nil {
			return nil, err
		}
		v.SetMapIndex(reflect.ValueOf(string(key)), elem)
	}
	return rest, nil
}
