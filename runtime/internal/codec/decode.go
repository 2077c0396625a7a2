package codec

import (
	"bytes"
	"reflect"
	"strconv"
	"sync"
	"unsafe"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// Decode returns the value whose envelope has the header h and the given payload; it is of t's Go
// type, and of whatever type was stored if that is any. The caller keeps payload: the value shares
// no memory with it.
//
// The error is a *[MismatchError] if a value of another type was stored, [ErrFingerprint] if the
// type has changed since, and a *[DecodeError] if the payload is damaged. Whatever the payload
// holds, Decode neither panics nor allocates out of proportion.
func (t *Type) Decode(h msgp.Header, payload []byte) (any, error) { return t.open(h, payload, false) }

// DecodeOwned is Decode for a caller that owns payload and gives it away: the value may be a part of it,
// or its strings and byte slices may.
func (t *Type) DecodeOwned(h msgp.Header, payload []byte) (any, error) {
	return t.open(h, payload, true)
}

func (t *Type) open(h msgp.Header, payload []byte, owned bool) (any, error) {
	if err := t.accepts(h); err != nil {
		return nil, err
	}
	v, err := t.decode(h.Encoding, payload, owned)
	if err != nil {
		return nil, &DecodeError{t.name, err}
	}
	return v, nil
}

// accepts checks that a payload with the header h may be decoded as a t. A generated codec finds out
// by itself whether the payload has what the type needs, so for it only the version has to agree.
func (t *Type) accepts(h msgp.Header) error {
	switch {
	case !t.named(h):
		return &MismatchError{Want: t.name, Got: NameIn(h)}
	case h.Fingerprint == t.fingerprint:
		return nil
	case t.emitted != nil && !t.emitted.positional && uint32(h.Fingerprint) == uint32(t.fingerprint):
		return nil
	}
	return ErrFingerprint
}

// DecodeNumber returns a plain counter as a value of t. The error is a *[MismatchError] if t is no
// integer type, or one that cannot hold n.
func (t *Type) DecodeNumber(n int64) (any, error) {
	if t.form == formNumber {
		if v, err := parseNumber(t.rtype, strconv.AppendInt([]byte{'='}, n, 10)); err == nil {
			return v, nil
		}
	}
	return nil, &MismatchError{Want: t.name, Got: "int64"}
}

func (t *Type) decode(e msgp.Encoding, payload []byte, owned bool) (any, error) {
	switch {
	case t.form == formBytes && e == msgp.EncodingBytes:
		if !owned {
			payload = bytes.Clone(payload)
		}
		return convert(payload, t.rtype), nil
	case t.form == formBytes && e == msgp.EncodingMsgpack && len(payload) == 1 && msgp.IsNil(payload):
		return reflect.Zero(t.rtype).Interface(), nil
	case t.form == formString && e == msgp.EncodingString && owned:
		return convert(unsafe.String(unsafe.SliceData(payload), len(payload)), t.rtype), nil
	case t.form == formString && e == msgp.EncodingString:
		return convert(string(payload), t.rtype), nil
	case t.form == formNumber && e == msgp.EncodingNumber:
		return parseNumber(t.rtype, payload)
	case t.form == formAny && e == msgp.EncodingMsgpack:
		return t.decodeAny(payload)
	case t.emitted != nil && e == msgp.EncodingMsgpack:
		return t.emitted.read(payload, owned)
	case t.form == formMsgpack && e == msgp.EncodingMsgpack:
		return t.decodeMsgpack(payload)
	}
	return nil, errEncoding
}

// convert returns v as a value of t, which has the kind of T.
func convert[T []byte | string](v T, t reflect.Type) any {
	if t == reflect.TypeFor[T]() {
		return v
	}
	r := reflect.New(t).Elem()
	switch v := any(v).(type) {
	case []byte:
		r.SetBytes(v)
	case string:
		r.SetString(v)
	}
	return r.Interface()
}

// parseNumber reads '=' and digits, as appendNumber writes them, as an integer of type t.
func parseNumber(t reflect.Type, payload []byte) (any, error) {
	digits, ok := bytes.CutPrefix(payload, []byte{'='})
	if !ok || len(digits) == 0 || len(digits) > 20 || digits[0] == '+' {
		return nil, errNumber
	}
	v, err := reflect.New(t).Elem(), error(nil)
	if v.CanInt() {
		var n int64
		n, err = strconv.ParseInt(string(digits), 10, kindBits(t.Kind()))
		v.SetInt(n)
	} else {
		var n uint64
		n, err = strconv.ParseUint(string(digits), 10, kindBits(t.Kind()))
		v.SetUint(n)
	}
	if err != nil {
		return nil, errNumber
	}
	return v.Interface(), nil
}

func (t *Type) decodeAny(payload []byte) (any, error) {
	v, rest, err := msgp.ReadAny(payload)
	switch {
	case err != nil:
		return nil, err
	case len(rest) != 0:
		return nil, errTrailing
	case t.rtype.Kind() == reflect.Interface:
		return v, nil
	case reflect.TypeOf(v) != t.plain:
		return nil, errShape
	case t.plain == t.rtype:
		return v, nil
	}
	return reflect.ValueOf(v).Convert(t.rtype).Interface(), nil
}

// decodeMsgpack lets the msgpack library decode, once it is certain that it can.
func (t *Type) decodeMsgpack(payload []byte) (any, error) {
	if err := msgp.Scan(payload, msgp.MaxDepth); err != nil {
		return nil, err
	}
	if rest, err := t.shape.check(payload); err != nil {
		return nil, err
	} else if len(rest) != 0 {
		return nil, errTrailing
	}
	if t.rtype.Kind() != reflect.Pointer || t.rtype.Name() != "" {
		v := reflect.New(t.rtype)
		err := decodeInto(v.Elem(), payload)
		return v.Elem().Interface(), err
	}
	if msgp.IsNil(payload) {
		return reflect.Zero(t.rtype).Interface(), nil
	}
	v := reflect.New(t.rtype.Elem())
	return v.Interface(), decodeInto(v.Elem(), payload)
}

func decodeInto(v reflect.Value, payload []byte) (err error) {
	d := decoders.Get().(*decoder)
	defer func() {
		if p := recover(); p != nil { // d is not used again
			err = panicked(p)
		}
	}()
	if err := d.decode(v, payload); err != nil {
		return err
	}
	if len(payload) <= maxPooled {
		decoders.Put(d)
	}
	return nil
}

// decoder is a decoder of the msgpack library that reads from a slice.
type decoder struct {
	msgpack *msgpack.Decoder
	in      bytes.Reader
}

// maxPooled is the largest payload whose decoder is used again: it keeps a buffer of that size.
const maxPooled = 64 << 10

var decoders = sync.Pool{New: func() any { return &decoder{msgpack: msgpack.NewDecoder(nil)} }}

// decode decodes all of payload. The decoder keeps nothing of it unless it fails.
func (d *decoder) decode(v reflect.Value, payload []byte) error {
	d.in.Reset(payload)
	d.msgpack.Reset(&d.in)
	if err := d.msgpack.DecodeValue(v); err != nil {
		return err
	}
	if d.in.Len() != 0 {
		return errTrailing
	}
	d.in.Reset(nil)
	return nil
}
