package file

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"math"
	"time"
)

// An entry is a file of a header, the token of a lease, the key and the value. Numbers are
// little-endian.
//
//	 0  4  magic
//	 4  1  version of this format
//	 5  1  flags
//	 6  2  length of the token, 0 without a lease
//	 8  4  length of the key
//	12  8  deadline of the value: nanoseconds since 1970 by the wall clock, 0 for never
//	20  4  checksum (CRC-32C) of the namespace and the kind, bytes 0 to 19, and what follows
//	24  8  deadline of the lease   } only if there is one
//	32  8  epoch of the lease      }
const (
	magic      = "\xC1cgf"
	version    = 1
	headerSize = 24
	leaseSize  = 16
	sumOffset  = 20
)

// Flags of an entry.
const (
	counterFlag = 1 << iota // Increment wrote it: it is not removed to make room
	leaseFlag               // it has a lease
	emptyFlag               // it has a lease only, and no value
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// kind is one of the sorts of entry of a store, which share nothing but the format.
type kind struct {
	letter byte
	seed   uint32 // the checksum of the namespace and the letter
}

// The letters are the first of the names of their files.
const (
	valueKind = 'v'
	lockKind  = 'l'
	usageKind = 'u'
)

func newKind(letter byte, namespace string) kind {
	return kind{letter, crc32.Checksum(append([]byte(namespace), letter), castagnoli)}
}

// place is where the entry of a key stands.
type place struct {
	kind  kind
	key   string
	shard int
	name  string
}

const (
	hashSize = 20 // bytes of SHA-256: as far from a collision as any key will get
	nameSize = 1 + 2*hashSize
)

func (k kind) place(key string) place {
	sum := sha256.Sum256([]byte(key))
	var name [nameSize]byte
	name[0] = k.letter
	hex.Encode(name[1:], sum[:hashSize])
	return place{kind: k, key: key, shard: int(sum[hashSize] % shardCount), name: string(name[:])}
}

// places returns the places of keys, in their order.
func (k kind) places(keys []string) []place {
	all := make([]place, len(keys))
	for i, key := range keys {
		all[i] = k.place(key)
	}
	return all
}

// isEntry reports whether a file of that name may be an entry of a kind.
func isEntry(name string, letter byte) bool { return len(name) == nameSize && name[0] == letter }

// entry is the content of a file.
type entry struct {
	value    []byte
	deadline int64 // of the value
	flags    byte
	lease    lease // with leaseFlag
}

// appendTo appends the file that holds e at p.
func (e entry) appendTo(dst []byte, p place) []byte {
	start := len(dst)
	dst = append(dst, magic...)
	dst = append(dst, version, e.flags)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(e.lease.token)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(p.key)))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.deadline))
	dst = append(dst, 0, 0, 0, 0)
	if e.flags&leaseFlag != 0 {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(e.lease.deadline))
		dst = binary.LittleEndian.AppendUint64(dst, uint64(e.lease.epoch))
		dst = append(dst, e.lease.token...)
	}
	dst = append(dst, p.key...)
	dst = append(dst, e.value...)
	file := dst[start:]
	binary.LittleEndian.PutUint32(file[sumOffset:], p.kind.checksum(file))
	return dst
}

func (k kind) checksum(file []byte) uint32 {
	sum := crc32.Update(k.seed, castagnoli, file[:sumOffset])
	return crc32.Update(sum, castagnoli, file[headerSize:])
}

// parse reads a file that is to hold the entry at p. The value is part of file. It reports false for
// any other file.
func (p place) parse(file []byte) (entry, bool) {
	e, at, ok := parseHeader(file)
	if !ok || at.value-at.key != len(p.key) || len(file) < at.value {
		return entry{}, false
	}
	sum := binary.LittleEndian.Uint32(file[sumOffset:])
	if sum != p.kind.checksum(file) || string(file[at.key:at.value]) != p.key {
		return entry{}, false
	}
	e.lease.token = string(file[at.token:at.key])
	e.value = file[at.value:]
	return e, e.flags&emptyFlag == 0 || len(e.value) == 0
}

// parts says where in a file its parts begin.
type parts struct{ token, key, value int }

// parseHeader reads what stands before the token.
func parseHeader(file []byte) (e entry, at parts, ok bool) {
	if len(file) < headerSize || string(file[:len(magic)]) != magic || file[4] != version {
		return e, at, false
	}
	e.flags = file[5]
	e.deadline = int64(binary.LittleEndian.Uint64(file[12:]))
	tokenSize := int(binary.LittleEndian.Uint16(file[6:]))
	keySize := binary.LittleEndian.Uint32(file[8:])
	at.token = headerSize
	switch leased := e.flags&leaseFlag != 0; {
	case keySize > maxKey, !leased && (tokenSize > 0 || e.flags&emptyFlag != 0):
		return e, at, false
	case leased && len(file) < headerSize+leaseSize:
		return e, at, false
	case leased:
		at.token += leaseSize
		e.lease.deadline = int64(binary.LittleEndian.Uint64(file[headerSize:]))
		e.lease.epoch = int64(binary.LittleEndian.Uint64(file[headerSize+8:]))
	}
	at.key = at.token + tokenSize
	at.value = at.key + int(keySize)
	return e, at, true
}

// alive reports whether e has a value that has not expired. It asks for the time only if it matters.
func (e entry) alive(now func() time.Time) bool {
	return e.flags&emptyFlag == 0 && (e.deadline == 0 || now().UnixNano() < e.deadline)
}

// dead reports whether e is of no use any more: neither its value nor its lease.
func (e entry) dead(now func() time.Time) bool { return !e.alive(now) && e.lease.left(now) <= 0 }

// deadline returns when ttl will have passed. One that is too far for the format is as far as it
// goes, in the year 2262.
func (d *Driver) deadline(ttl time.Duration) int64 {
	if ttl == 0 {
		return 0
	}
	now := d.now().UnixNano()
	if ttl > time.Duration(math.MaxInt64-max(now, 0)) {
		return math.MaxInt64
	}
	if end := now + int64(ttl); end != 0 {
		return end
	}
	return 1 // 0 is for ever
}
