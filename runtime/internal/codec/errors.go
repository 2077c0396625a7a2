package codec

import (
	"errors"
	"fmt"
)

// UnsupportedError says that values of a type cannot be stored, and which part of it is to blame.
type UnsupportedError struct {
	Path   string // from the root to the part, as in Order.Lines[].Hook; empty for the root itself
	Type   string // the type of the part
	Reason string // what is wrong with it and what to do
}

// Error names path, type and reason.
func (e *UnsupportedError) Error() string {
	if e.Path == "" {
		return "cachegen/codec: " + e.Type + ": " + e.Reason
	}
	return "cachegen/codec: " + e.Path + ": " + e.Type + ": " + e.Reason
}

// MismatchError says that a value of one type stands where another was asked for.
type MismatchError struct {
	Want string // name of the type that was asked for
	Got  string // name of the type that is there
}

// Error names both types.
func (e *MismatchError) Error() string {
	return "cachegen/codec: the value is of type " + e.Got + ", not " + e.Want + "; use one type for each key"
}

// DecodeError says that a payload is damaged, or was not written for the type. It is worth no more
// than a miss.
type DecodeError struct {
	Type string // name of the type
	Err  error
}

// Error names the type and the cause. Of the value it says only what the type's own unmarshaler
// puts into its errors.
func (e *DecodeError) Error() string {
	return "cachegen/codec: decode " + e.Type + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *DecodeError) Unwrap() error { return e.Err }

// EncodeError says that a value could not be encoded: a marshaler failed, or it refers to itself.
type EncodeError struct {
	Type string // name of the type
	Err  error
}

// Error names the type and the cause.
func (e *EncodeError) Error() string {
	return "cachegen/codec: encode " + e.Type + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *EncodeError) Unwrap() error { return e.Err }

var (
	// ErrFingerprint is returned for a value whose type has changed since it was stored. It is
	// worth no more than a miss.
	ErrFingerprint = errors.New("cachegen/codec: the type has changed since the value was stored; load it anew")
	// ErrTooLarge is returned for a value that takes 4 GiB or more.
	ErrTooLarge = errors.New("cachegen/codec: the value takes 4 GiB or more; store it elsewhere")

	errTrailing = errors.New("bytes after the value")
	errShape    = errors.New("the payload has another shape")
	errEncoding = errors.New("the payload has another encoding")
	errNumber   = errors.New("the payload is no number of this type")
)

// panicked makes an error of what a marshaler or the msgpack library panicked with.
func panicked(p any) error {
	if err, ok := p.(error); ok {
		return fmt.Errorf("panic: %w", err)
	}
	return fmt.Errorf("panic: %v", p)
}
