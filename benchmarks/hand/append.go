package hand

import (
	"encoding/binary"
	"math"
	"time"
)

// Codes of msgpack.
const (
	fixmap   = 0x80
	fixarray = 0x90
	fixstr   = 0xa0
	null     = 0xc0
	no       = 0xc2
	yes      = 0xc3
	bin8     = 0xc4
	bin16    = 0xc5
	bin32    = 0xc6
	ext8     = 0xc7
	float32s = 0xca
	float64s = 0xcb
	uint8s   = 0xcc
	uint16s  = 0xcd
	uint32s  = 0xce
	uint64s  = 0xcf
	int8s    = 0xd0
	int16s   = 0xd1
	int32s   = 0xd2
	int64s   = 0xd3
	fixext4  = 0xd6
	fixext8  = 0xd7
	str8     = 0xd9
	str16    = 0xda
	str32    = 0xdb
	array16  = 0xdc
	array32  = 0xdd
	map16    = 0xde
	map32    = 0xdf

	timestamp = 0xff // the type of an ext that is an instant
)

func appendInt64(dst []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, int64s), uint64(v))
}

func appendInt32(dst []byte, v int32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, int32s), uint32(v))
}

func appendFloat64(dst []byte, v float64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, float64s), math.Float64bits(v))
}

func appendFloat32(dst []byte, v float32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, float32s), math.Float32bits(v))
}

func appendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, yes)
	}
	return append(dst, no)
}

func appendString(dst []byte, s string) []byte {
	switch n := len(s); {
	case n < 32:
		dst = append(dst, fixstr|byte(n))
	case n <= math.MaxUint8:
		dst = append(dst, str8, byte(n))
	case n <= math.MaxUint16:
		dst = binary.BigEndian.AppendUint16(append(dst, str16), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint32(append(dst, str32), uint32(n))
	}
	return append(dst, s...)
}

func appendBytesLen(dst []byte, n int) []byte {
	switch {
	case n <= math.MaxUint8:
		return append(dst, bin8, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, bin16), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, bin32), uint32(n))
}

func appendArrayLen(dst []byte, n int) []byte {
	switch {
	case n < 16:
		return append(dst, fixarray|byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, array16), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, array32), uint32(n))
}

func appendMapLen(dst []byte, n int) []byte {
	switch {
	case n < 16:
		return append(dst, fixmap|byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, map16), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, map32), uint32(n))
}

func appendStrings(dst []byte, v []string) []byte {
	if v == nil {
		return append(dst, null)
	}
	dst = appendArrayLen(dst, len(v))
	for _, s := range v {
		dst = appendString(dst, s)
	}
	return dst
}

func appendStringMap(dst []byte, m map[string]string) []byte {
	if m == nil {
		return append(dst, null)
	}
	dst = appendMapLen(dst, len(m))
	for k, v := range m {
		dst = appendString(appendString(dst, k), v)
	}
	return dst
}

// appendTime appends a timestamp in the shortest of its three forms.
func appendTime(dst []byte, t time.Time) []byte {
	seconds, nanos := uint64(t.Unix()), uint64(t.Nanosecond())
	switch {
	case seconds>>34 != 0:
		dst = binary.BigEndian.AppendUint32(append(dst, ext8, 12, timestamp), uint32(nanos))
		return binary.BigEndian.AppendUint64(dst, seconds)
	case nanos == 0 && seconds <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, fixext4, timestamp), uint32(seconds))
	}
	return binary.BigEndian.AppendUint64(append(dst, fixext8, timestamp), nanos<<34|seconds)
}
