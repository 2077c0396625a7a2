package msgp

import "encoding"

// JSONMarshaler is json.Marshaler, without the package.
type JSONMarshaler interface{ MarshalJSON() ([]byte, error) }

// JSONUnmarshaler is json.Unmarshaler, without the package.
type JSONUnmarshaler interface{ UnmarshalJSON([]byte) error }

// Marshaler is the Marshaler of vmihailenco/msgpack.
type Marshaler interface{ MarshalMsgpack() ([]byte, error) }

// Unmarshaler is the Unmarshaler of vmihailenco/msgpack.
type Unmarshaler interface{ UnmarshalMsgpack([]byte) error }

// AppendBinary appends what v marshals itself to, as a byte slice. path names type and field of v in
// errors, as in all of these.
func AppendBinary[T encoding.BinaryMarshaler](dst []byte, w *Walk, path string, v T) []byte {
	data, err := v.MarshalBinary()
	return appendMarshaled(dst, w, path, data, err)
}

// AppendText appends what v marshals itself to, as a byte slice.
func AppendText[T encoding.TextMarshaler](dst []byte, w *Walk, path string, v T) []byte {
	data, err := v.MarshalText()
	return appendMarshaled(dst, w, path, data, err)
}

// AppendJSON appends what v marshals itself to, as a byte slice.
func AppendJSON[T JSONMarshaler](dst []byte, w *Walk, path string, v T) []byte {
	data, err := v.MarshalJSON()
	return appendMarshaled(dst, w, path, data, err)
}

func appendMarshaled(dst []byte, w *Walk, path string, data []byte, err error) []byte {
	if err != nil {
		w.Fail(path, err)
		return dst
	}
	return AppendBytes(dst, data)
}

// NotNil returns b, to which one of the funcs above has just appended, at offset at, what a value
// marshals itself to. If that is nothing it is written as an empty byte slice, not as nil: nil would
// stand for a nil pointer, slice or map, and the value is none.
func NotNil(at int, b []byte) []byte {
	if at < len(b) && b[at] == codeNil {
		return append(b[:at], codeBin8, 0)
	}
	return b
}

// AppendMsgpack appends what v marshals itself to, which has to be one msgpack value.
func AppendMsgpack[T Marshaler](dst []byte, w *Walk, path string, v T) []byte {
	data, err := v.MarshalMsgpack()
	if err == nil && Scan(data, MaxDepth) != nil {
		err = errMarshaled
	}
	if err != nil {
		w.Fail(path, err)
		return dst
	}
	return append(dst, data...)
}
