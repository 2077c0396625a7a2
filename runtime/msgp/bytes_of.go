package msgp

import "unsafe"

// AppendBytesOf is [AppendBytes] for slices whose elements are of a named byte type.
func AppendBytesOf[E ~uint8](dst []byte, v []E) []byte { return AppendBytes(dst, plainBytes(v)) }

// BytesOf is [Reader.Bytes] for slices whose elements are of a named byte type.
func BytesOf[E ~uint8](r *Reader) []E {
	v := r.Bytes()
	return *(*[]E)(unsafe.Pointer(&v))
}

// plainBytes returns v as the byte slice that it is.
func plainBytes[E ~uint8](v []E) []byte { return *(*[]byte)(unsafe.Pointer(&v)) }
