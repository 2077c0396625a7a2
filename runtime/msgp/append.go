package msgp

import (
	"encoding/binary"
	"math"
	"time"
)

// AppendNil appends the msgpack nil.
func AppendNil(dst []byte) []byte { return append(dst, codeNil) }

// AppendBool appends a bool.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, codeTrue)
	}
	return append(dst, codeFalse)
}

// AppendInt appends v in the shortest form that holds it.
func AppendInt(dst []byte, v int64) []byte {
	switch {
	case v >= 0:
		return AppendUint(dst, uint64(v))
	case v >= -32:
		return append(dst, byte(v))
	case v >= math.MinInt8:
		return append(dst, codeInt8, byte(v))
	case v >= math.MinInt16:
		return binary.BigEndian.AppendUint16(append(dst, codeInt8+1), uint16(v))
	case v >= math.MinInt32:
		return append32(dst, codeInt8+2, uint32(v))
	}
	return append64(dst, codeInt8+3, uint64(v))
}

// AppendUint appends v in the shortest form that holds it.
func AppendUint(dst []byte, v uint64) []byte {
	switch {
	case v <= math.MaxInt8:
		return append(dst, byte(v))
	case v <= math.MaxUint8:
		return append(dst, codeUint8, byte(v))
	case v <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, codeUint8+1), uint16(v))
	case v <= math.MaxUint32:
		return append32(dst, codeUint8+2, uint32(v))
	}
	return append64(dst, codeUint8+3, v)
}

// AppendInt8 appends v in the form of its width, as all of these do that name one.
func AppendInt8(dst []byte, v int8) []byte { return append(dst, codeInt8, byte(v)) }

// AppendInt16 appends v in the form of its width.
func AppendInt16(dst []byte, v int16) []byte {
	return append(dst, codeInt8+1, byte(v>>8), byte(v))
}

// AppendInt32 appends v in the form of its width.
func AppendInt32(dst []byte, v int32) []byte { return append32(dst, codeInt8+2, uint32(v)) }

// AppendInt64 appends v in the form of its width.
func AppendInt64(dst []byte, v int64) []byte { return append64(dst, codeInt8+3, uint64(v)) }

// AppendUint8 appends v in the form of its width.
func AppendUint8(dst []byte, v uint8) []byte { return append(dst, codeUint8, v) }

// AppendUint16 appends v in the form of its width.
func AppendUint16(dst []byte, v uint16) []byte {
	return append(dst, codeUint8+1, byte(v>>8), byte(v))
}

// AppendUint32 appends v in the form of its width.
func AppendUint32(dst []byte, v uint32) []byte { return append32(dst, codeUint8+2, v) }

// AppendUint64 appends v in the form of its width.
func AppendUint64(dst []byte, v uint64) []byte { return append64(dst, codeUint8+3, v) }

// AppendFloat32 appends v bit by bit: a NaN keeps its payload, and zero its sign.
func AppendFloat32(dst []byte, v float32) []byte {
	return append32(dst, codeFloat32, math.Float32bits(v))
}

// AppendFloat64 appends v bit by bit: a NaN keeps its payload, and zero its sign.
func AppendFloat64(dst []byte, v float64) []byte {
	return append64(dst, codeFloat64, math.Float64bits(v))
}

// append32 and append64 append a code and four or eight bytes, with one look at the room that dst has.
func append32(dst []byte, code byte, v uint32) []byte {
	return append(dst, code, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

func append64(dst []byte, code byte, v uint64) []byte {
	return append(dst, code, byte(v>>56), byte(v>>48), byte(v>>40), byte(v>>32), byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

// AppendString appends a string; it need not be valid UTF-8.
func AppendString(dst []byte, v string) []byte {
	if len(v) < 32 {
		return append(append(dst, codeFixStr|byte(len(v))), v...)
	}
	return appendLong(dst, v)
}

// appendLong is AppendString for a string of 32 bytes or more. It is kept out of AppendString, which
// generated code has in many places.
//
//go:noinline
func appendLong(dst []byte, v string) []byte {
	return append(appendLength(dst, codeStr8, len(v)), v...)
}

// AppendBytes appends a byte slice, and nil as the msgpack nil.
func AppendBytes(dst []byte, v []byte) []byte {
	if v == nil {
		return AppendNil(dst)
	}
	return append(appendLength(dst, codeBin8, len(v)), v...)
}

// AppendArrayHeader begins an array, whose n values the caller appends next.
func AppendArrayHeader(dst []byte, n int) []byte {
	if n < 16 {
		return append(dst, codeFixArray|byte(n))
	}
	return appendItems(dst, codeArray16, n)
}

// AppendMapHeader begins a map, whose n keys and values the caller appends next, in turn.
func AppendMapHeader(dst []byte, n int) []byte {
	if n < 16 {
		return append(dst, codeFixMap|byte(n))
	}
	return appendItems(dst, codeMap16, n)
}

// AppendExtHeader begins an ext of the given type, whose n bytes the caller appends next.
func AppendExtHeader(dst []byte, ext int8, n int) []byte {
	switch n {
	case 1:
		dst = append(dst, codeFixExt1)
	case 2:
		dst = append(dst, codeFixExt2)
	case 4:
		dst = append(dst, codeFixExt4)
	case 8:
		dst = append(dst, codeFixExt8)
	case 16:
		dst = append(dst, codeFixExt16)
	default:
		dst = appendLength(dst, codeExt8, n)
	}
	return append(dst, byte(ext))
}

// AppendTime appends an instant as a msgpack timestamp, in the shortest of its three forms. The
// time zone and the monotonic reading are not kept.
func AppendTime(dst []byte, t time.Time) []byte {
	sec, nsec := uint64(t.Unix()), uint64(t.Nanosecond())
	switch {
	case sec>>34 != 0:
		dst = binary.BigEndian.AppendUint32(AppendExtHeader(dst, extTimestamp, 12), uint32(nsec))
		return binary.BigEndian.AppendUint64(dst, sec)
	case sec>>32 != 0 || nsec != 0:
		return binary.BigEndian.AppendUint64(AppendExtHeader(dst, extTimestamp, 8), nsec<<34|sec)
	}
	return binary.BigEndian.AppendUint32(AppendExtHeader(dst, extTimestamp, 4), uint32(sec))
}

// appendLength appends a code with the shortest of three lengths; code is the one of 8 bits.
func appendLength(dst []byte, code byte, n int) []byte {
	switch {
	case n <= math.MaxUint8:
		return append(dst, code, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, code+1), uint16(n))
	}
	return append32(dst, code+2, uint32(n))
}

// appendItems appends a code with the shorter of two counts; code is the one of 16 bits. It is kept
// out as appendLong is.
//
//go:noinline
func appendItems(dst []byte, code byte, n int) []byte {
	if n <= math.MaxUint16 {
		return binary.BigEndian.AppendUint16(append(dst, code), uint16(n))
	}
	return append32(dst, code+1, uint32(n))
}
