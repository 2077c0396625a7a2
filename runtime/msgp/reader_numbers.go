package msgp

import (
	"encoding/binary"
	"math"
	"strconv"
)

// Bool reads a bool.
func (r *Reader) Bool() bool {
	if b := r.left(); len(b) > 0 && b[0]|1 == codeTrue {
		r.pos++
		return b[0] == codeTrue
	}
	v, rest, err := ReadBool(r.left())
	r.advance(rest, err)
	return v
}

// Int reads an integer of any form; one that an int cannot hold is an error, as with all of these.
func (r *Reader) Int() int {
	if b := r.left(); len(b) > 0 && b[0] < codeFixMap {
		r.pos++
		return int(b[0])
	}
	return int(r.int(strconv.IntSize))
}

// Int8 reads an integer of any form that fits.
func (r *Reader) Int8() int8 { return int8(r.int(8)) }

// Int16 reads an integer of any form that fits.
func (r *Reader) Int16() int16 { return int16(r.int(16)) }

// Int32 reads an integer of any form that fits.
func (r *Reader) Int32() int32 {
	if b := r.left(); len(b) >= 5 && b[0] == codeInt8+2 {
		r.pos += 5
		return int32(binary.BigEndian.Uint32(b[1:]))
	}
	return int32(r.int(32))
}

// Int64 reads an integer of any form that fits.
func (r *Reader) Int64() int64 {
	if b := r.left(); len(b) >= 9 && b[0] == codeInt8+3 {
		r.pos += 9
		return int64(binary.BigEndian.Uint64(b[1:]))
	}
	return r.int(64)
}

func (r *Reader) int(bits int) int64 {
	v, rest, err := ReadInt(r.left(), bits)
	r.advance(rest, err)
	return v
}

// Uint reads an integer of any form that fits.
func (r *Reader) Uint() uint { return uint(r.uint(strconv.IntSize)) }

// Uint8 reads an integer of any form that fits.
func (r *Reader) Uint8() uint8 { return uint8(r.uint(8)) }

// Uint16 reads an integer of any form that fits.
func (r *Reader) Uint16() uint16 { return uint16(r.uint(16)) }

// Uint32 reads an integer of any form that fits.
func (r *Reader) Uint32() uint32 { return uint32(r.uint(32)) }

// Uint64 reads an integer of any form that fits.
func (r *Reader) Uint64() uint64 { return r.uint(64) }

func (r *Reader) uint(bits int) uint64 {
	v, rest, err := ReadUint(r.left(), bits)
	r.advance(rest, err)
	return v
}

// Float32 reads a 32-bit float, bit by bit.
func (r *Reader) Float32() float32 {
	if b := r.left(); len(b) >= 5 && b[0] == codeFloat32 {
		r.pos += 5
		return math.Float32frombits(binary.BigEndian.Uint32(b[1:]))
	}
	v, rest, err := ReadFloat32(r.left())
	r.advance(rest, err)
	return v
}

// Float64 reads a float of either size; a 64-bit one bit by bit.
func (r *Reader) Float64() float64 {
	b := r.left()
	switch {
	case len(b) >= 9 && b[0] == codeFloat64:
		r.pos += 9
		return math.Float64frombits(binary.BigEndian.Uint64(b[1:]))
	case len(b) > 0 && b[0] == codeFloat32:
		return float64(r.Float32())
	}
	v, rest, err := ReadFloat64(b)
	r.advance(rest, err)
	return v
}
