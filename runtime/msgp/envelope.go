package msgp

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"time"
)

// Magic is the first byte of every envelope. It is the one byte that msgpack never uses.
const Magic = 0xC1

// Version is the format that [AppendHeader] writes, and the only one that is read.
const Version = 1

// Encoding says how the payload of an envelope is written.
type Encoding byte

const (
	EncodingMsgpack Encoding = iota // one msgpack value
	EncodingBytes                   // the bytes themselves
	EncodingString                  // the bytes of the string themselves
	EncodingNumber                  // '=' and the decimal digits of an integer
	encodings                       // the number of encodings
)

// Flags of an envelope; every other bit is reserved and has to be zero.
const (
	flagNumber = 1 << iota // the payload is a number, which drivers look for
	flagKey                // the key itself stands before the payload
	flagDigest             // a digest stands for the name of the type
	flagsKnown = flagNumber | flagKey | flagDigest
)

// Where the fields of the fixed header are.
const (
	offFlags       = 1
	offVersion     = 2
	offEncoding    = 3
	offLength      = 4
	offChecksum    = 8
	offDigest      = 12
	offFingerprint = 20
	offFreshUntil  = 28
	offLoadCost    = 36
	offTypeLength  = 40
	headerSize     = 42
	keyLengthSize  = 4
)

// typeDigestSize is the length of what stands for the name of a type.
const typeDigestSize = 8

// MaxTypeName is the length of the longest type name that fits in an envelope.
const MaxTypeName = math.MaxUint16

// Header is what an envelope says about its payload. The zero value describes an msgpack payload
// of an unnamed type that is fresh forever.
type Header struct {
	Encoding    Encoding
	KeepKey     bool          // the store knows only a hash of the key: the key itself is kept, and compared
	Type        []byte        // name of the payload's type, at most MaxTypeName long; aliases an opened envelope
	TypeDigest  bool          // Type is the [Digest] of the name, big-endian
	Fingerprint uint64        // of the type's shape
	FreshUntil  int64         // Unix nanoseconds; 0 is forever
	LoadCost    time.Duration // how long the load took; kept in whole microseconds, at most about 71 minutes
}

// AppendHeader appends the header of an envelope for key, whose payload the caller appends next.
// Length and checksum are placeholders until [Finish]. key is the key as the user knows it, not
// the form or the hash under which a store may keep it.
func AppendHeader(dst []byte, key string, h Header) []byte {
	dst = append(dst, Magic, h.flags(), Version, byte(h.Encoding), 0, 0, 0, 0, 0, 0, 0, 0)
	dst = binary.BigEndian.AppendUint64(dst, Digest(key))
	dst = binary.BigEndian.AppendUint64(dst, h.Fingerprint)
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.FreshUntil))
	dst = binary.BigEndian.AppendUint32(dst, microseconds(h.LoadCost))
	name := h.Type[:min(len(h.Type), MaxTypeName)]
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(name)))
	dst = append(dst, name...)
	if h.KeepKey {
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(key)))
		dst = append(dst, key...)
	}
	return dst
}

// Finish completes an envelope: it writes length and checksum into the header that [AppendHeader]
// began. envelope starts at the magic byte and ends with the payload, which has to be shorter than
// 4 GiB.
func Finish(envelope []byte) {
	payload := len(envelope) - payloadOffset(envelope)
	binary.BigEndian.PutUint32(envelope[offLength:], uint32(payload))
	binary.BigEndian.PutUint32(envelope[offChecksum:], checksum(envelope))
}

// Digest returns the 64-bit FNV-1a hash that envelopes carry, of a key or a type's name.
func Digest(s string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return h
}

func (h Header) flags() byte {
	var f byte
	if h.Encoding == EncodingNumber {
		f |= flagNumber
	}
	if h.KeepKey {
		f |= flagKey
	}
	if h.TypeDigest {
		f |= flagDigest
	}
	return f
}

func microseconds(d time.Duration) uint32 {
	return uint32(min(max(d.Microseconds(), 0), math.MaxUint32))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum covers everything but the checksum itself.
func checksum(envelope []byte) uint32 {
	sum := crc32.Update(0, castagnoli, envelope[:offChecksum])
	return crc32.Update(sum, castagnoli, envelope[offChecksum+4:])
}

// payloadOffset is where the payload of a well-formed envelope begins.
func payloadOffset(b []byte) int {
	off := headerSize + int(binary.BigEndian.Uint16(b[offTypeLength:]))
	if b[offFlags]&flagKey != 0 {
		off += keyLengthSize + int(binary.BigEndian.Uint32(b[off:]))
	}
	return off
}
