package file

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"math"
	"time"
)

// An entry is a file of a header, the key and the value. Numbers are little-endian.
//
//	 0  4  magic
//	 4  1  version of this format
//	 5  1  flags
//	 6  2  zero
//	 8  4  length of the key
//	12  8  deadline: nanoseconds since 1970 by the wall clock, 0 for never
//	20  4  checksum (CRC-32C) of the namespace and the kind, bytes 0 to 19, the key, the value
const (
	magic      = "\xC1cgf"
	version    = 1
	headerSize = 24
	sumOffset  = 20
)

// counterFlag marks what Increment wrote: it is not removed to make room.
const counterFlag = 1

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// kind is one of the two sorts of entry of a store, which share nothing but the format.
type kind struct {
	letter byte
	seed   uint32 // the checksum of the namespace and the letter
}

const (
	valueKind = 'v'
	lockKind  = 'l'
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

// entry is the content of a file.
type entry struct {
	value    []byte
	deadline int64
	flags    byte
}

// appendTo appends the file that holds e at p.
func (e entry) appendTo(dst []byte, p place) []byte {
	start := len(dst)
	dst = append(dst, magic...)
	dst = append(dst, version, e.flags, 0, 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(p.key)))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.deadline))
	dst = append(dst, 0, 0, 0, 0)
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
	e, keySize, ok := parseHeader(file)
	if !ok || keySize != len(p.key) || len(file) < headerSize+keySize {
		return entry{}, false
	}
	sum := binary.LittleEndian.Uint32(file[sumOffset:])
	if sum != p.kind.checksum(file) || string(file[headerSize:headerSize+keySize]) != p.key {
		return entry{}, false
	}
	e.value = file[headerSize+keySize:]
	return e, true
}

// parseHeader reads what stands before the key.
func parseHeader(file []byte) (e entry, keySize int, ok bool) {
	if len(file) < headerSize || string(file[:len(magic)]) != magic || file[4] != version {
		return entry{}, 0, false
	}
	e.flags = file[5]
	e.deadline = int64(binary.LittleEndian.Uint64(file[12:]))
	size := binary.LittleEndian.Uint32(file[8:])
	return e, int(size), size < math.MaxInt32
}

// expired asks for the time only if it matters.
func (e entry) expired(now func() time.Time) bool {
	return e.deadline != 0 && now().UnixNano() >= e.deadline
}

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
