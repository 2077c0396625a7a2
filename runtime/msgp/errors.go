package msgp

import (
	"errors"
	"strconv"
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
)
