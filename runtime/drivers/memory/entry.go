package memory

import (
	"math"
	"reflect"
	"strings"
	"unsafe"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Entry is a value as it is stored and found: bytes, or a live Go value. Its readers share it, and
// nobody changes it.
type Entry struct {
	// Live is a Go value, or nil.
	Live any
	// Bytes is the encoded value if Live is nil.
	Bytes []byte
	// Size is the weight of a live value in bytes; len(Bytes) counts for the other kind.
	Size int
}

// Encoded is what [Driver.Lookup] returns of a value that is stored as bytes.
type Encoded []byte

// cell is what the table holds of an entry.
type cell struct {
	live     any    // the value, or Encoded
	deadline int64  // on the driver's clock; 0: never
	size     uint32 // in bytes, with the key
}

// keyed is a cell with its key beside it, in one cache line of most processors: a look-up reads both,
// and most of its time is waiting for memory.
type keyed struct {
	cell
	key [32]byte
}

// newCell returns the cell of e and the key under which it is to be stored: a copy, since the caller's may
// be a part of something large, and beside the cell if it fits.
func newCell(key string, e Entry, deadline int64) (string, *cell) {
	c := cell{live: e.Live, deadline: deadline, size: weight(key, e)}
	if c.live == nil {
		c.live = Encoded(e.Bytes)
	}
	k := &keyed{}
	if len(key) > len(k.key) {
		return strings.Clone(key), &c
	}
	k.cell = c
	n := copy(k.key[:], key)
	return unsafe.String(&k.key[0], n), &k.cell
}

// entry is the inverse of newCell.
func (c *cell) entry() Entry {
	if b, ok := c.live.(Encoded); ok {
		return Entry{Bytes: b}
	}
	return Entry{Live: c.live}
}

// Weighted reports whether the store is bounded by bytes, so that a live entry needs a Size.
func (d *Driver) Weighted() bool { return d.weighted }

func weight(key string, e Entry) uint32 {
	const overhead = 140 // the cell, its node, and their share of the table, as TestWeightIsMemory measures it
	return uint32(min(uint64(len(key)+overhead+max(e.Size, len(e.Bytes))), math.MaxUint32))
}

// number returns the number that c holds, as Increment sees it.
func (c *cell) number() (int64, error) {
	if b, ok := c.live.(Encoded); ok {
		return drivers.ParseNumber(b)
	}
	v := reflect.ValueOf(c.live)
	switch {
	case v.CanInt():
		return v.Int(), nil
	case v.CanUint() && v.Uint() > math.MaxInt64:
		return 0, drivers.ErrOverflow
	case v.CanUint():
		return int64(v.Uint()), nil
	}
	return 0, drivers.ErrNotNumber
}
