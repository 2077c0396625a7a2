package msgp

import (
	"encoding"
	"maps"
	"slices"
)

// CloneSlice is slices.Clone, but is not inlined: generated code has it in many places.
//
//go:noinline
func CloneSlice[S ~[]E, E any](s S) S { return slices.Clone(s) }

// CloneMap is maps.Clone, but is not inlined.
//
//go:noinline
func CloneMap[M ~map[K]V, K comparable, V any](m M) M { return maps.Clone(m) }

// CopyBinary makes to, which is zero, a copy of from: what it marshals itself to is unmarshaled. It
// shares with from nothing that the type itself does not share. path names type and field in errors,
// as in all of these.
func CopyBinary(w *Walk, path string, to encoding.BinaryUnmarshaler, from encoding.BinaryMarshaler) {
	data, err := from.MarshalBinary()
	if err == nil && data != nil {
		err = to.UnmarshalBinary(data)
	}
	w.check(path, err)
}

// CopyText makes to, which is zero, a copy of from.
func CopyText(w *Walk, path string, to encoding.TextUnmarshaler, from encoding.TextMarshaler) {
	data, err := from.MarshalText()
	if err == nil && data != nil {
		err = to.UnmarshalText(data)
	}
	w.check(path, err)
}

// CopyJSON makes to, which is zero, a copy of from.
func CopyJSON(w *Walk, path string, to JSONUnmarshaler, from JSONMarshaler) {
	data, err := from.MarshalJSON()
	if err == nil && data != nil {
		err = to.UnmarshalJSON(data)
	}
	w.check(path, err)
}

// CopyMsgpack makes to, which is zero, a copy of from.
func CopyMsgpack(w *Walk, path string, to Unmarshaler, from Marshaler) {
	data, err := from.MarshalMsgpack()
	if err == nil && !IsNil(data) {
		err = to.UnmarshalMsgpack(data)
	}
	w.check(path, err)
}
