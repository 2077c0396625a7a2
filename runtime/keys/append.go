package keys

import (
	"encoding"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// Infallible is fn in the form of a func that may fail: its error is always nil. It is not inlined, so
// that generated code has one closure for all caches with keys of a kind.
//
//go:noinline
func Infallible[K any](fn func(dst []byte, k K) []byte) func(dst []byte, k K) ([]byte, error) {
	return func(dst []byte, k K) ([]byte, error) { return fn(dst, k), nil }
}

// AppendInt appends v in decimal.
func AppendInt(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }

// AppendUint appends v in decimal.
func AppendUint(dst []byte, v uint64) []byte { return strconv.AppendUint(dst, v, 10) }

// AppendBool appends true or false.
func AppendBool(dst []byte, v bool) []byte { return strconv.AppendBool(dst, v) }

// AppendHex appends b as lower-case hex digits, two a byte.
func AppendHex(dst []byte, b []byte) []byte { return hex.AppendEncode(dst, b) }

// AppendString appends s with the bytes of e escaped. s may hold any bytes; a nil e escapes only
// what is always escaped.
func AppendString(dst []byte, s string, e *Escapes) []byte { return appendEscaped(dst, s, e) }

// AppendTime appends the instant of t in UTC, as RFC 3339 with as many digits of a second as it
// needs. It fails, and returns dst as it was, for a year that RFC 3339 cannot spell.
func AppendTime(dst []byte, t time.Time) ([]byte, error) {
	t = t.UTC()
	if year := t.Year(); year < 0 || year > 9999 {
		return dst, fmt.Errorf("cachegen/keys: the time of a key part is in year %d: use one in the years 0 to 9999", year)
	}
	return t.AppendFormat(dst, time.RFC3339Nano), nil
}

// AppendText appends the text of v with the bytes of e escaped. It fails, and returns dst as it
// was, with an error that wraps that of v. It allocates only if v does, or the text is longer than
// 512 bytes.
func AppendText[T encoding.TextAppender](dst []byte, v T, e *Escapes) ([]byte, error) {
	b := scratch.Get().(*[512]byte)
	text, err := v.AppendText(b[:0])
	if err != nil {
		return dst, textError(err)
	}
	dst = appendEscaped(dst, text, e)
	scratch.Put(b)
	return dst, nil
}

// AppendMarshalText is [AppendText] for a type that has only MarshalText, which allocates.
func AppendMarshalText[T encoding.TextMarshaler](dst []byte, v T, e *Escapes) ([]byte, error) {
	text, err := v.MarshalText()
	if err != nil {
		return dst, textError(err)
	}
	return appendEscaped(dst, text, e), nil
}

func textError(err error) error {
	return fmt.Errorf("cachegen/keys: the text of a key part: %w", err)
}

// scratch holds the buffers that AppendText lends to foreign code. dst itself would escape through
// that call, and take the caller's stack buffer with it.
var scratch = sync.Pool{New: func() any { return new([512]byte) }}
