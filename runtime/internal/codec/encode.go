package codec

import (
	"math"
	"reflect"
	"strconv"
	"sync"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// Append appends the whole envelope of v, which is stored under key, and returns the extended
// slice. It fills Type, Fingerprint and Encoding of h. If it fails dst is returned as it was: v is
// of another type (*[MismatchError]), an any in it holds what cannot be stored
// (*msgp.UnsupportedError), a marshaler failed (*[EncodeError]), or it is too large ([ErrTooLarge]).
// The envelope shares no memory with v, which nobody may change during the call.
func (t *Type) Append(dst []byte, key string, h msgp.Header, v any) ([]byte, error) {
	if reflect.TypeOf(v) != t.rtype && t.rtype.Kind() != reflect.Interface {
		return dst, &MismatchError{Want: t.name, Got: nameOf(v)}
	}
	h.Type, h.TypeDigest = t.wireName, t.abbreviated()
	h.Fingerprint, h.Encoding = t.fingerprint, t.encoding(v)
	start := len(dst)
	out, err := finish(start, msgp.AppendHeader(dst, key, h), func(b []byte) ([]byte, error) { return t.appendPayload(b, v) })
	if err != nil {
		return dst, err
	}
	return out, nil
}

// finish appends the payload to an envelope that begins at start, of which the header is there.
func finish(start int, header []byte, payload func(dst []byte) ([]byte, error)) ([]byte, error) {
	out, err := payload(header)
	switch {
	case err != nil:
		return nil, err
	case uint64(len(out)-len(header)) > math.MaxUint32:
		return nil, ErrTooLarge
	}
	msgp.Finish(out[start:])
	return out, nil
}

func nameOf(v any) string {
	if v == nil {
		return "nil"
	}
	return typeName(reflect.TypeOf(v))
}

// encoding says how v is written: raw forms cannot tell a nil byte slice from an empty one, so nil
// is written as msgpack.
func (t *Type) encoding(v any) msgp.Encoding {
	switch {
	case t.form == formBytes && !reflect.ValueOf(v).IsNil():
		return msgp.EncodingBytes
	case t.form == formString:
		return msgp.EncodingString
	case t.form == formNumber:
		return msgp.EncodingNumber
	}
	return msgp.EncodingMsgpack
}

func (t *Type) appendPayload(dst []byte, v any) ([]byte, error) {
	switch t.form {
	case formBytes:
		return appendRaw(dst, reflect.ValueOf(v).Bytes()), nil
	case formString:
		return append(dst, reflect.ValueOf(v).String()...), nil
	case formNumber:
		return appendNumber(dst, reflect.ValueOf(v)), nil
	case formAny:
		return t.appendAny(dst, v)
	}
	if t.emitted != nil {
		return t.encoded(t.emitted.append(dst, v))
	}
	return t.appendMsgpack(dst, v)
}

// encoded says of an error by what it is, unless it says so itself.
func (t *Type) encoded(out []byte, err error) ([]byte, error) {
	if err == nil {
		return out, nil
	}
	return nil, &EncodeError{t.name, err}
}

func appendRaw(dst, v []byte) []byte {
	if v == nil {
		return msgp.AppendNil(dst)
	}
	return append(dst, v...)
}

func appendNumber(dst []byte, v reflect.Value) []byte {
	dst = append(dst, '=')
	if v.CanInt() {
		return strconv.AppendInt(dst, v.Int(), 10)
	}
	return strconv.AppendUint(dst, v.Uint(), 10)
}

func (t *Type) appendAny(dst []byte, v any) ([]byte, error) {
	if t.plain != t.rtype {
		v = reflect.ValueOf(v).Convert(t.plain).Interface()
	}
	return msgp.AppendAny(dst, v)
}

// appendMsgpack lets the msgpack library append to dst.
func (t *Type) appendMsgpack(dst []byte, v any) (out []byte, err error) {
	rv := reflect.ValueOf(v)
	if t.recursive && !t.shape.shallow(rv, msgp.MaxDepth) {
		return dst, &EncodeError{t.name, msgp.ErrDepth}
	}
	if t.addressed {
		rv = reflect.New(t.rtype).Elem()
		rv.Set(reflect.ValueOf(v))
	}
	defer func() {
		if p := recover(); p != nil {
			out, err = dst, &EncodeError{t.name, panicked(p)}
		}
	}()
	if out, err = appendByLibrary(dst, rv); err != nil {
		return dst, &EncodeError{t.name, err}
	}
	return t.keepNothing(out, len(dst), rv), nil
}

// appendByLibrary appends v by an encoder that is not used again if a marshaler panics or fails.
func appendByLibrary(dst []byte, v reflect.Value) ([]byte, error) {
	e := encoders.Get().(*encoder)
	out, err := e.append(dst, v)
	if err == nil {
		encoders.Put(e)
	}
	return out, err
}

// encoder is an encoder of the msgpack library that appends to a slice.
type encoder struct {
	msgpack *msgpack.Encoder
	out     []byte
}

var encoders = sync.Pool{New: func() any { return &encoder{msgpack: msgpack.NewEncoder(nil)} }}

// append appends v to dst. The encoder keeps nothing of either.
func (e *encoder) append(dst []byte, v reflect.Value) ([]byte, error) {
	e.out = dst
	e.msgpack.Reset(e)
	e.msgpack.SetSortMapKeys(true)
	err := e.msgpack.EncodeValue(v)
	out := e.out
	e.out = nil
	return out, err
}

// Write appends p; it is what the library writes to.
func (e *encoder) Write(p []byte) (int, error) {
	e.out = append(e.out, p...)
	return len(p), nil
}

// WriteByte appends c; the library looks for it and writes single bytes by it.
func (e *encoder) WriteByte(c byte) error {
	e.out = append(e.out, c)
	return nil
}
