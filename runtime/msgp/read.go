package msgp

import (
	"encoding/binary"
	"math"
	"time"
)

// IsNil reports whether the next value is nil, which takes one byte.
func IsNil(b []byte) bool { return len(b) > 0 && b[0] == codeNil }

// ReadBool reads a bool.
func ReadBool(b []byte) (v bool, rest []byte, err error) {
	switch {
	case len(b) == 0:
		return false, nil, ErrShort
	case b[0] != codeFalse && b[0] != codeTrue:
		return false, nil, ErrType
	}
	return b[0] == codeTrue, b[1:], nil
}

// ReadInt reads an integer of any form that fits in bits bits; [ErrType] if it does not.
func ReadInt(b []byte, bits int) (v int64, rest []byte, err error) {
	u, negative, rest, err := readInteger(b)
	if err != nil {
		return 0, nil, err
	}
	v = int64(u)
	if !negative && u > math.MaxInt64 || v<<(64-bits)>>(64-bits) != v {
		return 0, nil, ErrType
	}
	return v, rest, nil
}

// ReadUint reads a non-negative integer of any form that fits in bits bits; [ErrType] if it does not.
func ReadUint(b []byte, bits int) (v uint64, rest []byte, err error) {
	v, negative, rest, err := readInteger(b)
	if err != nil {
		return 0, nil, err
	}
	if negative || v<<(64-bits)>>(64-bits) != v {
		return 0, nil, ErrType
	}
	return v, rest, nil
}

// readInteger returns an integer of any form as 64 bits; negative tells how to take them.
func readInteger(b []byte) (v uint64, negative bool, rest []byte, err error) {
	if len(b) == 0 {
		return 0, false, nil, ErrShort
	}
	switch c := b[0]; {
	case c < codeFixMap:
		return uint64(c), false, b[1:], nil
	case c >= codeNegFix:
		return uint64(int8(c)), true, b[1:], nil
	case c < codeUint8 || c >= codeInt8+4:
		return 0, false, nil, ErrType
	case c < codeInt8:
		v, rest, err = readBits(b, 1<<(c-codeUint8))
		return v, false, rest, err
	default:
		size := 1 << (c - codeInt8)
		v, rest, err = readBits(b, size)
		v = signExtend(v, size)
		return v, int64(v) < 0, rest, err
	}
}

func signExtend(v uint64, size int) uint64 {
	shift := 64 - 8*size
	return uint64(int64(v<<shift) >> shift)
}

// readBits reads size bytes that follow a code.
func readBits(b []byte, size int) (v uint64, rest []byte, err error) {
	if len(b) < 1+size {
		return 0, nil, ErrShort
	}
	return bigEndian(b[1 : 1+size]), b[1+size:], nil
}

// ReadFloat32 reads a 32-bit float; no other form is taken for one.
func ReadFloat32(b []byte) (v float32, rest []byte, err error) {
	u, rest, err := readCoded(b, codeFloat32, 4)
	return math.Float32frombits(uint32(u)), rest, err
}

// ReadFloat64 reads a 64-bit float; no other form is taken for one.
func ReadFloat64(b []byte) (v float64, rest []byte, err error) {
	u, rest, err := readCoded(b, codeFloat64, 8)
	return math.Float64frombits(u), rest, err
}

func readCoded(b []byte, code byte, size int) (v uint64, rest []byte, err error) {
	switch {
	case len(b) == 0:
		return 0, nil, ErrShort
	case b[0] != code:
		return 0, nil, ErrType
	}
	return readBits(b, size)
}

// ReadString reads a string, whose bytes are not checked to be UTF-8. The result aliases b: the
// caller converts it, which copies.
func ReadString(b []byte) (v, rest []byte, err error) {
	if len(b) > 0 && b[0]&0xE0 == codeFixStr {
		return take(b[1:], uint64(b[0]&0x1F))
	}
	return readLengthed(b, codeStr8)
}

// ReadBytes reads a byte slice, which is not nil; see [IsNil]. The result aliases b.
func ReadBytes(b []byte) (v, rest []byte, err error) { return readLengthed(b, codeBin8) }

// readLengthed reads bytes that stand behind a code and one of three lengths.
func readLengthed(b []byte, code byte) (v, rest []byte, err error) {
	switch {
	case len(b) == 0:
		return nil, nil, ErrShort
	case b[0] < code || b[0] > code+2:
		return nil, nil, ErrType
	}
	n, rest, err := readBits(b, 1<<(b[0]-code))
	if err != nil {
		return nil, nil, err
	}
	return take(rest, n)
}

func take(b []byte, n uint64) (v, rest []byte, err error) {
	if n > uint64(len(b)) {
		return nil, nil, ErrShort
	}
	return b[:n:n], b[n:], nil
}

// ReadArrayHeader reads the beginning of an array. n is never more than the bytes left, so that it
// is safe to allocate for.
func ReadArrayHeader(b []byte) (n int, rest []byte, err error) {
	return readItems(b, codeFixArray, codeArray16, 1)
}

// ReadMapHeader reads the beginning of a map. 2n is never more than the bytes left, so that n is
// safe to allocate for.
func ReadMapHeader(b []byte) (n int, rest []byte, err error) {
	return readItems(b, codeFixMap, codeMap16, 2)
}

func readItems(b []byte, fix, code byte, perItem uint64) (n int, rest []byte, err error) {
	if len(b) == 0 {
		return 0, nil, ErrShort
	}
	var u uint64
	switch {
	case b[0]&0xF0 == fix:
		u, rest = uint64(b[0]&0x0F), b[1:]
	case b[0] == code || b[0] == code+1:
		u, rest, err = readBits(b, 2<<(b[0]-code))
	default:
		err = ErrType
	}
	if err == nil && u > uint64(len(rest))/perItem {
		err = ErrShort
	}
	if err != nil {
		return 0, nil, err
	}
	return int(u), rest, nil
}

// ReadExt reads an ext of any type. data aliases b.
func ReadExt(b []byte) (ext int8, data, rest []byte, err error) {
	if len(b) == 0 {
		return 0, nil, nil, ErrShort
	}
	n, rest := uint64(0), b[1:]
	switch c := b[0]; {
	case c >= codeFixExt1 && c <= codeFixExt16:
		n = 1 << (c - codeFixExt1)
	case c >= codeExt8 && c <= codeExt8+2:
		n, rest, err = readBits(b, 1<<(c-codeExt8))
	default:
		err = ErrType
	}
	if err != nil {
		return 0, nil, nil, err
	}
	if len(rest) == 0 {
		return 0, nil, nil, ErrShort
	}
	data, tail, err := take(rest[1:], n)
	return int8(rest[0]), data, tail, err
}

// ReadTime reads a msgpack timestamp. The instant is exact; the zone is time.Local, but UTC for the
// zero time.
func ReadTime(b []byte) (t time.Time, rest []byte, err error) {
	ext, data, rest, err := ReadExt(b)
	if err != nil {
		return time.Time{}, nil, err
	}
	if ext != extTimestamp {
		return time.Time{}, nil, ErrType
	}
	t, err = timestamp(data)
	return t, rest, err
}

// maxNanosecond is the largest fraction of a second.
const maxNanosecond = 999_999_999

// timestamp decodes the three forms of a msgpack timestamp.
func timestamp(data []byte) (time.Time, error) {
	var sec, nsec uint64
	switch len(data) {
	case 4:
		sec = bigEndian(data)
	case 8:
		sec, nsec = bigEndian(data)&(1<<34-1), bigEndian(data)>>34
	case 12:
		sec, nsec = binary.BigEndian.Uint64(data[4:]), bigEndian(data[:4])
	default:
		return time.Time{}, ErrType
	}
	if nsec > maxNanosecond {
		return time.Time{}, ErrType
	}
	if t := time.Unix(int64(sec), int64(nsec)); !t.IsZero() {
		return t, nil
	}
	return time.Time{}, nil
}
