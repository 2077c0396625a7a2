package codec

import (
	"bytes"
	"unsafe"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// Append is [Type.Append] for a value whose type is known at compile time. size is about how long the
// envelope will be.
func Append[V any](t *Type, size int, key string, h msgp.Header, v V) ([]byte, error) {
	dst := make([]byte, 0, max(size, 128))
	if raw, encoding, ok := rawOf(&v); ok {
		return t.seal(dst, key, h, encoding, func(b []byte) ([]byte, error) { return append(b, raw...), nil })
	}
	if c := CodecOf[V](t); c != nil {
		return t.seal(dst, key, h, msgp.EncodingMsgpack, func(b []byte) ([]byte, error) { return t.encoded(c.Append(b, v)) })
	}
	return t.Append(dst, key, h, v)
}

// seal appends an envelope to dst, which is empty.
func (t *Type) seal(dst []byte, key string, h msgp.Header, e msgp.Encoding, payload func([]byte) ([]byte, error)) ([]byte, error) {
	h.Type, h.Fingerprint, h.Encoding = t.nameBytes, t.fingerprint, e
	return finish(0, msgp.AppendHeader(dst, key, h), payload)
}

// rawOf returns the bytes of a value that is stored as its bytes. They are still the value's.
func rawOf[V any](v *V) (raw []byte, e msgp.Encoding, ok bool) {
	switch v := any(v).(type) {
	case *[]byte:
		return *v, msgp.EncodingBytes, *v != nil
	case *string:
		return unsafe.Slice(unsafe.StringData(*v), len(*v)), msgp.EncodingString, true
	}
	return nil, 0, false
}

// Decode is [Type.Decode] for a value whose type is known at compile time. If the caller owns payload,
// the value may be a part of it, or its strings and byte slices may.
func Decode[V any](t *Type, h msgp.Header, payload []byte, owned bool) (v V, err error) {
	if err := t.accepts(h); err != nil {
		return v, err
	}
	if setRaw(&v, h.Encoding, payload, owned) {
		return v, nil
	}
	c := CodecOf[V](t)
	if c == nil {
		x, err := t.Decode(h, payload)
		v, _ = x.(V)
		return v, err
	}
	if h.Encoding != msgp.EncodingMsgpack {
		return v, &DecodeError{t.name, errEncoding}
	}
	if v, err = read(c, payload, owned); err != nil {
		return v, &DecodeError{t.name, err}
	}
	return v, nil
}

// setRaw sets a value that was stored as its bytes.
func setRaw[V any](v *V, e msgp.Encoding, payload []byte, owned bool) bool {
	switch v := any(v).(type) {
	case *[]byte:
		if e != msgp.EncodingBytes {
			return false
		}
		if *v = payload; !owned {
			*v = bytes.Clone(payload)
		}
		return true
	case *string:
		if e != msgp.EncodingString {
			return false
		}
		if owned {
			*v = unsafe.String(unsafe.SliceData(payload), len(payload))
		} else {
			*v = string(payload)
		}
		return true
	}
	return false
}
