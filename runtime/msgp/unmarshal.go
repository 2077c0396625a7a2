package msgp

import (
	"bytes"
	"encoding"
)

// Binary reads a byte slice and lets u unmarshal it. After an error it does not call u, as none of
// these does, and not for nil either, which stands for a value that marshaled itself to nil.
func (r *Reader) Binary(u encoding.BinaryUnmarshaler) {
	at := r.pos
	if data := r.Bytes(); data != nil {
		r.check(at, u.UnmarshalBinary(data))
	}
}

// Text reads a byte slice and lets u unmarshal it.
func (r *Reader) Text(u encoding.TextUnmarshaler) {
	at := r.pos
	if data := r.Bytes(); data != nil {
		r.check(at, u.UnmarshalText(data))
	}
}

// JSON reads a byte slice and lets u unmarshal it.
func (r *Reader) JSON(u JSONUnmarshaler) {
	at := r.pos
	if data := r.Bytes(); data != nil {
		r.check(at, u.UnmarshalJSON(data))
	}
}

// Msgpack lets u unmarshal one value of any kind but nil, once it has been checked as [Scan] does.
func (r *Reader) Msgpack(u Unmarshaler) {
	at := r.pos
	if r.Nil() {
		return
	}
	data := r.Raw()
	if !r.owned {
		data = bytes.Clone(data)
	}
	if r.err == nil {
		r.check(at, u.UnmarshalMsgpack(data))
	}
}

// check records what an unmarshaler returned.
func (r *Reader) check(at int, err error) {
	if err != nil {
		r.Fail(at, err)
	}
}
