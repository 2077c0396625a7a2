package msgp

import (
	"encoding/binary"
	"time"
)

// IsEnvelope reports whether b begins like an envelope. Anything else in a store is a plain number
// or somebody else's.
func IsEnvelope(b []byte) bool { return len(b) > 0 && b[0] == Magic }

// Open reads an envelope that came from a store. It verifies format, lengths, checksum and that the
// envelope was written for key, so that bit rot, truncation and another key's reply are an
// *[EnvelopeError], never a wrong value. Payload and Header.Type alias b. It does not allocate
// unless it fails.
func Open(b []byte, key string) (h Header, payload []byte, err error) {
	var kept []byte
	reason := split(b, &h, &kept, &payload)
	switch {
	case reason != 0:
	case binary.BigEndian.Uint32(b[offChecksum:]) != checksum(b):
		reason = ReasonChecksum
	case binary.BigEndian.Uint64(b[offDigest:]) != Digest(key), h.KeepKey && string(kept) != key:
		reason = ReasonKey
	default:
		return h, payload, nil
	}
	return Header{}, nil, &EnvelopeError{Reason: reason}
}

// OpenTrusted is [Open] for bytes that never left the process: it verifies neither checksum nor
// key, and ok is false only if b is no envelope at all.
func OpenTrusted(b []byte) (h Header, payload []byte, ok bool) {
	var kept []byte
	ok = split(b, &h, &kept, &payload) == 0
	return h, payload, ok
}

// split takes an envelope apart; it returns 0 if all its lengths and marks are as they should be.
func split(b []byte, h *Header, key, payload *[]byte) (reason Reason) {
	if reason := inspect(b); reason != 0 {
		return reason
	}
	h.Encoding, h.KeepKey, h.TypeDigest = Encoding(b[offEncoding]), b[offFlags]&flagKey != 0, b[offFlags]&flagDigest != 0
	h.Fingerprint = binary.BigEndian.Uint64(b[offFingerprint:])
	h.FreshUntil = int64(binary.BigEndian.Uint64(b[offFreshUntil:]))
	h.LoadCost = time.Duration(binary.BigEndian.Uint32(b[offLoadCost:])) * time.Microsecond
	h.Type, *payload, reason = cut(b[headerSize:], uint64(binary.BigEndian.Uint16(b[offTypeLength:])))
	if h.KeepKey && reason == 0 {
		*key, *payload, reason = cutKey(*payload)
	}
	if reason == 0 && uint64(len(*payload)) != uint64(binary.BigEndian.Uint32(b[offLength:])) {
		reason = ReasonLength
	}
	return reason
}

// inspect checks the marks at fixed places.
func inspect(b []byte) Reason {
	switch {
	case !IsEnvelope(b):
		return ReasonMagic
	case len(b) < headerSize:
		return ReasonLength
	case b[offVersion] != Version:
		return ReasonVersion
	case b[offFlags]&^flagsKnown != 0, b[offEncoding] >= byte(encodings):
		return ReasonFlags
	case (b[offFlags]&flagNumber != 0) != (Encoding(b[offEncoding]) == EncodingNumber):
		return ReasonFlags
	case b[offFlags]&flagDigest != 0 && binary.BigEndian.Uint16(b[offTypeLength:]) != typeDigestSize:
		return ReasonLength
	}
	return 0
}

func cutKey(b []byte) (key, rest []byte, reason Reason) {
	if len(b) < keyLengthSize {
		return nil, nil, ReasonLength
	}
	return cut(b[keyLengthSize:], uint64(binary.BigEndian.Uint32(b)))
}

func cut(b []byte, n uint64) (head, tail []byte, reason Reason) {
	if n > uint64(len(b)) {
		return nil, nil, ReasonLength
	}
	return b[:n:n], b[n:], 0
}
