package keys

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Reader parses a key back into its parts, from left to right. It accepts each part only as the
// Append functions spell it, so a key that it accepts is the key of what it returned. After the
// first mismatch every method returns a zero value, and [Reader.Done] is false at the end; what was
// read before then means nothing. Reader is for use in one goroutine, on its stack.
type Reader struct {
	rest    string // "" after a mismatch
	escapes *Escapes
	failed  bool
}

// NewReader returns a Reader of key, whose strings and texts were appended with e. A nil e is the
// set without delimiters.
func NewReader(key string, e *Escapes) Reader { return Reader{rest: key, escapes: e} }

// Done reports whether everything matched and nothing is left. It is not inlined into every generated
// ParseKey.
//
//go:noinline
func (r *Reader) Done() bool { return !r.failed && r.rest == "" }

// Literal reads the text s. It is not inlined into every generated ParseKey.
//
//go:noinline
func (r *Reader) Literal(s string) {
	rest, ok := strings.CutPrefix(r.rest, s)
	if !ok {
		r.fail()
		return
	}
	r.rest = rest
}

// Int reads an integer of the given size in bits; 0 is the size of int.
func (r *Reader) Int(bits int) int64 {
	text := r.take(strings.HasPrefix(r.rest, "-"))
	v, err := strconv.ParseInt(text, 10, bits)
	var b [20]byte
	if err != nil || string(AppendInt(b[:0], v)) != text {
		r.fail()
		return 0
	}
	return v
}

// Uint reads an unsigned integer of the given size in bits; 0 is the size of uint.
func (r *Reader) Uint(bits int) uint64 {
	text := r.take(false)
	v, err := strconv.ParseUint(text, 10, bits)
	var b [20]byte
	if err != nil || string(AppendUint(b[:0], v)) != text {
		r.fail()
		return 0
	}
	return v
}

// Bool reads true or false.
func (r *Reader) Bool() bool {
	v := strings.HasPrefix(r.rest, "t")
	r.Literal(strconv.FormatBool(v))
	return v && !r.failed
}

// Hex reads len(dst) bytes into dst.
func (r *Reader) Hex(dst []byte) {
	n := hex.EncodedLen(len(dst))
	if len(r.rest) < n || strings.ContainsAny(r.rest[:n], "ABCDEF") {
		r.fail()
		return
	}
	if _, err := hex.Decode(dst, []byte(r.rest[:n])); err != nil {
		r.fail()
		return
	}
	r.rest = r.rest[n:]
}

// String reads a string. The result shares the key's memory unless it held an escape.
func (r *Reader) String() string {
	plain := r.run()
	if !strings.HasPrefix(r.rest, "%") {
		return plain
	}
	b := []byte(plain)
	for strings.HasPrefix(r.rest, "%") {
		c, ok := r.escapes.unescape(r.rest)
		if !ok {
			r.fail()
			return ""
		}
		r.rest = r.rest[3:]
		b = append(append(b, c), r.run()...)
	}
	return string(b)
}

// Time reads an instant, in UTC.
func (r *Reader) Time() time.Time {
	text := r.rest[:strings.IndexByte(r.rest, 'Z')+1]
	t, err := time.Parse(time.RFC3339Nano, text)
	var b [len(time.RFC3339Nano)]byte
	if err != nil || string(t.UTC().AppendFormat(b[:0], time.RFC3339Nano)) != text {
		r.fail()
		return time.Time{}
	}
	r.rest = r.rest[len(text):]
	return t.UTC()
}

// Text reads a text into u, which must be able to give it back, by AppendText or MarshalText, as it
// was read: a text that u accepts but spells otherwise is a mismatch.
func (r *Reader) Text(u encoding.TextUnmarshaler) {
	text := []byte(r.String())
	if r.failed || u.UnmarshalText(bytes.Clone(text)) != nil || !spells(u, text) {
		r.fail()
	}
}

// spells reports whether v's own text is text.
func spells(v any, text []byte) bool {
	var own []byte
	var err error
	switch v := v.(type) {
	case encoding.TextAppender:
		own, err = v.AppendText(nil)
	case encoding.TextMarshaler:
		own, err = v.MarshalText()
	default:
		return false
	}
	return err == nil && bytes.Equal(own, text)
}

func (r *Reader) fail() { r.failed, r.rest = true, "" }

// take removes and returns the digits that the key goes on with, and a sign before them.
func (r *Reader) take(sign bool) string {
	n := 0
	if sign {
		n = 1
	}
	for n < len(r.rest) && isDigit(r.rest[n]) {
		n++
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

// run removes and returns the bytes before the next one that a string holds only as an escape.
func (r *Reader) run() string {
	set, n := r.escapes.table(), 0
	for n < len(r.rest) && !set[r.rest[n]] {
		n++
	}
	plain := r.rest[:n]
	r.rest = r.rest[n:]
	return plain
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
