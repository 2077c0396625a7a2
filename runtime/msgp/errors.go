package msgp

import (
	"errors"
	"strconv"
	"strings"
)

// Reason says what is wrong with an envelope.
type Reason byte

const (
	ReasonMagic    Reason = iota + 1 // not an envelope at all
	ReasonVersion                    // written by another version of the format
	ReasonFlags                      // flags or an encoding that this version does not know
	ReasonLength                     // too short, or longer than it says
	ReasonChecksum                   // some bytes changed since it was written
	ReasonKey                        // it was written for another key
)

var reasons = [...]string{
	ReasonMagic:    "not an envelope",
	ReasonVersion:  "unknown format version",
	ReasonFlags:    "unknown flags or encoding",
	ReasonLength:   "wrong length",
	ReasonChecksum: "wrong checksum",
	ReasonKey:      "written for another key",
}

// String returns a short description in lower case.
func (r Reason) String() string {
	if int(r) >= len(reasons) || r == 0 {
		return "reason " + strconv.Itoa(int(r))
	}
	return reasons[r]
}

// EnvelopeError is returned for stored bytes that are no valid envelope. They are worth no more
// than a miss, which overwrites them.
type EnvelopeError struct{ Reason Reason }

// Error names the reason, and neither key nor value.
func (e *EnvelopeError) Error() string {
	return "cachegen/msgp: envelope: " + e.Reason.String() + "; treat the entry as a miss"
}

// ScanError is returned for bytes that are not exactly one well-formed msgpack value.
type ScanError struct {
	Offset int    // where in the scanned bytes the fault is
	Reason string // what is wrong there
}

// Error names offset and reason, and nothing of the value.
func (e *ScanError) Error() string {
	return "cachegen/msgp: offset " + strconv.Itoa(e.Offset) + ": " + e.Reason + "; treat the value as damaged"
}

// DecodeError says where a [Reader] found bytes that are no value of the type it reads. They are
// worth no more than a miss.
type DecodeError struct {
	Offset int    // of the value that could not be read, in the bytes that the Reader reads
	Path   string // the field it stands in, such as Address.Zip, its end if it is long; empty outside structs
	Err    error  // what is wrong: ErrShort, ErrType, ErrDepth, or what an unmarshaler returned
}

// Error names offset, path and cause. Of the value it says only what the type's own unmarshaler puts
// into its errors.
func (e *DecodeError) Error() string {
	where := "offset " + strconv.Itoa(e.Offset)
	if e.Path != "" {
		where += ", " + e.Path
	}
	return "cachegen/msgp: " + where + ": " + strings.TrimPrefix(e.Err.Error(), "cachegen/msgp: ")
}

// Unwrap returns the cause.
func (e *DecodeError) Unwrap() error { return e.Err }

// maxPath bounds the paths of errors, since damaged bytes can be nested as deep as they like.
const maxPath = 256

// within puts the name of a field in front of the path, or … once it is long.
func (e *DecodeError) within(field string) {
	switch {
	case e.Path == "":
		e.Path = field
	case len(e.Path) < maxPath:
		e.Path = field + "." + e.Path
	case !strings.HasPrefix(e.Path, "…"):
		e.Path = "…" + e.Path
	}
}

// AppendError says that a value could not be appended or copied, and which part of it is to blame.
type AppendError struct {
	Path string // type and field, such as Order.Total
	Err  error  // ErrDepth, or what a marshaler returned
}

// Error names path and cause.
func (e *AppendError) Error() string {
	return "cachegen/msgp: " + e.Path + ": " + strings.TrimPrefix(e.Err.Error(), "cachegen/msgp: ")
}

// Unwrap returns the cause.
func (e *AppendError) Unwrap() error { return e.Err }

// UnsupportedError is returned by [AppendAny] for a value whose type it cannot carry.
type UnsupportedError struct {
	Path string // where the value is, such as ["x"][3]; empty for the value itself
	Type string // its dynamic type
}

// Error names path and type.
func (e *UnsupportedError) Error() string {
	where := e.Path
	if where == "" {
		where = "value"
	}
	return "cachegen/msgp: " + where + ": " + e.Type + " cannot be stored inside an any; use a basic type, or cache a concrete type"
}

// Errors of the read and append functions, for which errors.Is is to be used.
var (
	// ErrShort is returned if b ends before the value does.
	ErrShort = errors.New("cachegen/msgp: the bytes end inside a value; treat the value as damaged")
	// ErrType is returned if another kind of value stands where one was expected, or a number
	// that does not fit.
	ErrType = errors.New("cachegen/msgp: unexpected type on the wire; treat the value as damaged")
	// ErrDepth is returned for values nested deeper than MaxDepth.
	ErrDepth = errors.New("cachegen/msgp: nested deeper than 10000 levels; a value that refers to itself cannot be stored")

	errTrailing  = errors.New("cachegen/msgp: bytes after the value; treat the value as damaged")
	errMissing   = errors.New("cachegen/msgp: the field is missing; load the value anew")
	errDuplicate = errors.New("cachegen/msgp: a key stands twice; treat the value as damaged")
	errLength    = errors.New("cachegen/msgp: an array of another length; load the value anew")
	errMarshaled = errors.New("cachegen/msgp: the marshaler wrote something else than one msgpack value; correct it")
)
