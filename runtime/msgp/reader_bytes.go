package msgp

import (
	"encoding/binary"
	"time"
)

// String reads a string, whose bytes are not checked to be UTF-8.
func (r *Reader) String() string {
	start := r.pos + 1
	if r.pos < len(r.b) && r.b[r.pos]&0xE0 == codeFixStr {
		if end := start + int(r.b[r.pos]&0x1F); end <= len(r.text) {
			r.pos = end
			return r.text[start:end]
		}
	}
	return r.longString()
}

// longString reads a string of 32 bytes or more.
func (r *Reader) longString() string {
	b, head, n := r.left(), 0, 0
	switch {
	case len(b) > 1 && b[0] == codeStr8:
		head, n = 2, int(b[1])
	case len(b) > 2 && b[0] == codeStr8+1:
		head, n = 3, int(b[1])<<8|int(b[2])
	default:
		return r.firstString()
	}
	start, end := r.pos+head, r.pos+head+n
	if end > len(r.text) {
		return r.firstString()
	}
	r.pos = end
	return r.text[start:end]
}

// firstString reads a string of any length, and makes the text that strings are parts of.
func (r *Reader) firstString() string {
	v, rest, err := ReadString(r.left())
	r.advance(rest, err)
	if len(v) == 0 {
		return ""
	}
	if r.text == "" {
		r.text = string(r.b)
	}
	return r.text[r.pos-len(v) : r.pos]
}

// Bytes reads a byte slice, or nil.
func (r *Reader) Bytes() []byte {
	if r.Nil() {
		return nil
	}
	v := r.bin()
	if r.owned || r.err != nil {
		return v
	}
	return append([]byte{}, v...)
}

// bin reads a byte slice as a part of what is read; nil after an error.
func (r *Reader) bin() []byte {
	v, rest, err := ReadBytes(r.left())
	r.advance(rest, err)
	return v
}

// ReadArray reads the bytes of a byte array into dst, all of it.
func ReadArray[E ~uint8](r *Reader, dst []E) {
	at := r.pos
	v := r.bin()
	if len(v) != len(dst) {
		r.Fail(at, errLength)
		return
	}
	copy(plainBytes(dst), v)
}

// Time reads a msgpack timestamp. The instant is exact; the zone is time.Local, but UTC for the zero
// time.
func (r *Reader) Time() time.Time {
	if b := r.left(); len(b) >= 10 && b[0] == codeFixExt8 && b[1] == 0xFF {
		if u := binary.BigEndian.Uint64(b[2:]); u>>34 <= maxNanosecond {
			r.pos += 10
			return time.Unix(int64(u&(1<<34-1)), int64(u>>34))
		}
	}
	t, rest, err := ReadTime(r.left())
	r.advance(rest, err)
	return t
}
