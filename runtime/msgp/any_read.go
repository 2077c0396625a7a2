package msgp

import (
	"math/bits"
	"reflect"
	"time"
)

// Any reads what [AppendAny] wrote, and gives back the same types. It is safe on whatever bytes there
// are, as all of Reader is, nested at most [MaxDepth] deep.
func (r *Reader) Any() any {
	if r.pos >= len(r.b) {
		r.Fail(r.pos, ErrShort)
		return nil
	}
	switch c := r.b[r.pos]; {
	case c < codeFixMap || c >= codeNegFix:
		r.pos++
		return int(int8(c))
	case c < codeFixArray, c == codeMap16, c == codeMap16+1:
		return result(r, r.anyMap())
	case c < codeFixStr, c == codeArray16, c == codeArray16+1:
		return result(r, r.anySlice())
	case c >= codeExt8 && c < codeFloat32, c >= codeFixExt1 && c <= codeFixExt16:
		return r.anyExt()
	case c >= codeUint8 && c < codeFixExt1:
		return r.sized(c)
	}
	return r.plain()
}

// result turns what a typed method returned into an any, which is nil after an error.
func result[T any](r *Reader, v T) any {
	if r.err != nil {
		return nil
	}
	return v
}

// plain reads nil, bools, floats, strings and byte slices.
func (r *Reader) plain() any {
	switch r.b[r.pos] {
	case codeNil:
		r.pos++
		return nil
	case codeFalse, codeTrue:
		return r.Bool()
	case codeFloat32:
		return result(r, r.Float32())
	case codeFloat64:
		return result(r, r.Float64())
	case codeBin8, codeBin8 + 1, codeBin8 + 2:
		return result(r, r.Bytes())
	}
	return result(r, r.String())
}

// sized reads an integer whose code tells its type.
func (r *Reader) sized(code byte) any {
	switch code {
	case codeInt8:
		return result(r, r.Int8())
	case codeInt8 + 1:
		return result(r, r.Int16())
	case codeInt8 + 2:
		return result(r, r.Int32())
	case codeInt8 + 3:
		return result(r, r.Int64())
	case codeUint8:
		return result(r, r.Uint8())
	case codeUint8 + 1:
		return result(r, r.Uint16())
	case codeUint8 + 2:
		return result(r, r.Uint32())
	}
	return result(r, r.Uint64())
}

func (r *Reader) anySlice() []any {
	if !r.Enter() {
		return nil
	}
	v := make([]any, r.ArrayHeader(1))
	for i := range v {
		v[i] = r.Any()
	}
	r.Leave()
	return v
}

func (r *Reader) anyMap() map[string]any {
	if !r.Enter() {
		return nil
	}
	n := r.MapHeader(2)
	v := make(map[string]any, n)
	for range n {
		k := r.String()
		v[k] = r.Any()
	}
	r.Distinct(len(v), n)
	r.Leave()
	return v
}

func (r *Reader) anyExt() any {
	at := r.pos
	ext, data, rest, err := ReadExt(r.left())
	r.advance(rest, err)
	if err != nil {
		return nil
	}
	var v any
	switch ext {
	case extTimestamp:
		v, err = timestamp(data)
	case extTyped:
		return r.typed(data)
	default:
		v, err = extInteger(ext, data)
	}
	if err != nil {
		r.Fail(at, err)
		return nil
	}
	return v
}

func extInteger(ext int8, data []byte) (any, error) {
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

// typed reads the type and the value that data, which has just been read, holds, and nothing after
// them.
func (r *Reader) typed(data []byte) any {
	end := r.pos
	r.pos -= len(data)
	t, rest, err := readTypeCode(data, maxTypeNesting)
	if err == nil && !isTyped(t) {
		err = ErrType
	}
	if err != nil {
		r.Fail(r.pos, err)
		return nil
	}
	r.pos = end - len(rest)
	v := reflect.New(t).Elem()
	r.value(v)
	if r.pos != end {
		r.Fail(r.pos, ErrType)
	}
	return result(r, v.Interface())
}

// value reads a value of the type of v into v.
func (r *Reader) value(v reflect.Value) {
	switch {
	case !isTyped(v.Type()):
		r.element(v)
	case r.Nil():
	case v.Type() == typeLetters['x']:
		v.SetBytes(r.Bytes())
	case !r.Enter():
	case v.Kind() == reflect.Slice:
		r.elements(v)
		r.Leave()
	default:
		r.entries(v)
		r.Leave()
	}
}

// element reads a value that is written as in an any, which must have the type of v.
func (r *Reader) element(v reflect.Value) {
	at := r.pos
	elem := r.Any()
	switch {
	case v.Kind() != reflect.Interface && reflect.TypeOf(elem) != v.Type():
		r.Fail(at, ErrType)
	case elem != nil:
		v.Set(reflect.ValueOf(elem))
	}
}

func (r *Reader) elements(v reflect.Value) {
	n := r.ArrayHeader(1)
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		r.value(v.Index(i))
	}
}

func (r *Reader) entries(v reflect.Value) {
	n := r.MapHeader(2)
	v.Set(reflect.MakeMapWithSize(v.Type(), n))
	for range n {
		key := reflect.ValueOf(r.String())
		elem := reflect.New(v.Type().Elem()).Elem()
		r.value(elem)
		v.SetMapIndex(key, elem)
	}
	r.Distinct(v.Len(), n)
}
