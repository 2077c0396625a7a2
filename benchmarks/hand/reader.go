package hand

import (
	"encoding/binary"
	"errors"
	"math"
	"time"
	"unsafe"
)

var errWire = errors.New("cachegen/benchmarks/hand: these bytes are no encoding of the value")

// reader takes an encoding apart. After the first failure everything it reads is empty.
//
// It moves an index over b rather than shortening b: a store of a pointer has to tell the garbage
// collector while that runs, which took more time than all else together.
type reader struct {
	b   []byte
	at  int // how much has been read
	bad bool
}

func (r *reader) fail() { r.at, r.bad = len(r.b), true }

// done returns the error of the whole: bytes may not be left over either.
func (r *reader) done() error {
	if r.bad || r.at < len(r.b) {
		return errWire
	}
	return nil
}

// take returns the next n bytes.
func (r *reader) take(n int) []byte {
	if uint(n) > uint(len(r.b)-r.at) {
		r.fail()
		return nil
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

// uint returns the next n bytes as a number.
func (r *reader) uint(n int) (v uint64) {
	switch b := r.take(n); len(b) {
	case 1:
		v = uint64(b[0])
	case 2:
		v = uint64(binary.BigEndian.Uint16(b))
	case 4:
		v = uint64(binary.BigEndian.Uint32(b))
	case 8:
		v = binary.BigEndian.Uint64(b)
	}
	return v
}

// code returns the next byte; 0 stands for the end, where fail has been called.
func (r *reader) code() byte {
	if r.at >= len(r.b) {
		r.fail()
		return 0
	}
	c := r.b[r.at]
	r.at++
	return c
}

// null reports whether the next value is nil, and takes it if so.
func (r *reader) null() bool {
	if r.at >= len(r.b) || r.b[r.at] != null {
		return false
	}
	r.at++
	return true
}

func (r *reader) int() int64 {
	switch c := r.code(); c {
	case int64s:
		return int64(r.uint(8))
	case int32s:
		return int64(int32(r.uint(4)))
	case int16s:
		return int64(int16(r.uint(2)))
	case int8s:
		return int64(int8(r.uint(1)))
	case uint64s:
		return int64(r.uint(8))
	case uint32s:
		return int64(r.uint(4))
	case uint16s:
		return int64(r.uint(2))
	case uint8s:
		return int64(r.uint(1))
	default:
		if int8(c) < -32 {
			r.fail()
		}
		return int64(int8(c))
	}
}

func (r *reader) float64() float64 {
	if r.code() != float64s {
		r.fail()
	}
	return math.Float64frombits(r.uint(8))
}

func (r *reader) float32() float32 {
	if r.code() != float32s {
		r.fail()
	}
	return math.Float32frombits(uint32(r.uint(4)))
}

func (r *reader) bool() bool {
	c := r.code()
	if c != yes && c != no {
		r.fail()
	}
	return c == yes
}

// bytes returns a string or a byte slice, as a part of what is read.
func (r *reader) bytes() []byte {
	c := r.code()
	if c&0xe0 == fixstr {
		return r.take(int(c & 0x1f))
	}
	switch c {
	case str8, bin8:
		return r.take(int(r.uint(1)))
	case str16, bin16:
		return r.take(int(r.uint(2)))
	case str32, bin32:
		return r.take(int(r.uint(4)))
	}
	r.fail()
	return nil
}

func (r *reader) string() string {
	b := r.bytes()
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// arrayLen returns the length of an array: at most the number of bytes left.
func (r *reader) arrayLen() int { return r.length(fixarray, array16, array32) }

// mapLen returns the length of a map: at most the number of bytes left.
func (r *reader) mapLen() int { return r.length(fixmap, map16, map32) }

func (r *reader) length(fix, wide16, wide32 byte) (n int) {
	switch c := r.code(); {
	case c&0xf0 == fix:
		n = int(c & 0x0f)
	case c == wide16:
		n = int(r.uint(2))
	case c == wide32:
		n = int(r.uint(4))
	default:
		r.fail()
	}
	if uint(n) > uint(len(r.b)-r.at) {
		r.fail()
		return 0
	}
	return n
}

// strings reads a list of strings, into room if they fit.
func (r *reader) strings(room []string) []string {
	if r.null() {
		return nil
	}
	n := r.arrayLen()
	if n > len(room) {
		room = make([]string, n)
	}
	room = room[:n:n]
	for i := range room {
		room[i] = r.string()
	}
	return room
}

func (r *reader) stringMap() map[string]string {
	if r.null() {
		return nil
	}
	n := r.mapLen()
	m := make(map[string]string, n)
	for range n {
		k := r.string()
		m[k] = r.string()
	}
	return m
}

func (r *reader) time() time.Time {
	switch r.code() {
	case fixext4:
		r.timestamp()
		return time.Unix(int64(r.uint(4)), 0)
	case fixext8:
		r.timestamp()
		v := r.uint(8)
		return time.Unix(int64(v&(1<<34-1)), int64(v>>34))
	case ext8:
		if r.uint(1) != 12 {
			r.fail()
		}
		r.timestamp()
		nanos := int64(r.uint(4))
		if t := time.Unix(int64(r.uint(8)), nanos); !t.IsZero() {
			return t
		}
		return time.Time{}
	}
	r.fail()
	return time.Time{}
}

func (r *reader) timestamp() {
	if r.code() != timestamp {
		r.fail()
	}
}
