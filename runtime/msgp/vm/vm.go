// Package vm lets types that encode themselves by vmihailenco/msgpack do so inside emitted codecs. It
// is apart from package msgp so that only code which needs the library links it.
package vm

import (
	"bytes"
	"errors"
	"sync"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/msgp"
)

var (
	errTrailing = errors.New("cachegen/msgp/vm: DecodeMsgpack left bytes; make it read all that EncodeMsgpack writes")
	errEncoded  = errors.New("cachegen/msgp/vm: EncodeMsgpack wrote something else than one msgpack value; correct it")
)

// AppendCustom appends what v encodes itself to, which has to be one msgpack value. path names type
// and field of v in errors. Safe for concurrent use, as far as v is.
func AppendCustom[T msgpack.CustomEncoder](dst []byte, w *msgp.Walk, path string, v T) []byte {
	out, err := encode(dst, v)
	if err != nil {
		w.Fail(path, err)
		return dst
	}
	return out
}

// ReadCustom lets v decode one value of any kind but nil, once it has been checked as msgp.Scan does.
// v shares no memory with what r reads. After an error, and for nil, which stands for a value that
// encoded itself as nil, it does not call v.
func ReadCustom[T msgpack.CustomDecoder](r *msgp.Reader, v T) {
	at := r.Offset()
	if r.Nil() {
		return
	}
	raw := r.Raw()
	if raw == nil {
		return
	}
	if err := decode(raw, v); err != nil {
		r.Fail(at, err)
	}
}

// CopyCustom makes to, which is zero, a copy of from: what it encodes itself to is decoded.
func CopyCustom(w *msgp.Walk, path string, to msgpack.CustomDecoder, from msgpack.CustomEncoder) {
	raw, err := encode(nil, from)
	if err == nil && !msgp.IsNil(raw) {
		err = decode(raw, to)
	}
	if err != nil {
		w.Fail(path, err)
	}
}

// encode appends one value to dst. An encoder that panics is not used again.
func encode(dst []byte, v msgpack.CustomEncoder) ([]byte, error) {
	e := encoders.Get().(*encoder)
	e.out = dst
	e.msgpack.Reset(e)
	e.msgpack.SetSortMapKeys(true)
	err := v.EncodeMsgpack(e.msgpack)
	out := e.out
	e.out = nil
	encoders.Put(e)
	if err == nil && msgp.Scan(out[len(dst):], msgp.MaxDepth) != nil {
		err = errEncoded
	}
	return out, err
}

// decode decodes all of raw, one value. A decoder that fails or panics is not used again.
func decode(raw []byte, v msgpack.CustomDecoder) error {
	d := decoders.Get().(*decoder)
	d.in.Reset(raw)
	d.msgpack.Reset(&d.in)
	if err := v.DecodeMsgpack(d.msgpack); err != nil {
		return err
	}
	if d.in.Len() != 0 {
		return errTrailing
	}
	d.in.Reset(nil)
	if len(raw) <= maxPooled {
		decoders.Put(d)
	}
	return nil
}

// encoder is an encoder of the library that appends to a slice.
type encoder struct {
	msgpack *msgpack.Encoder
	out     []byte
}

var encoders = sync.Pool{New: func() any { return &encoder{msgpack: msgpack.NewEncoder(nil)} }}

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

// decoder is a decoder of the library that reads from a slice.
type decoder struct {
	msgpack *msgpack.Decoder
	in      bytes.Reader
}

// maxPooled is the largest value whose decoder is used again: it keeps a buffer of that size.
const maxPooled = 64 << 10

var decoders = sync.Pool{New: func() any { return &decoder{msgpack: msgpack.NewDecoder(nil)} }}
