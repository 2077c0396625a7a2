package memory

import (
	"math"
	"reflect"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Entry is a stored value. It holds either bytes or a live Go value, and nobody changes it once it
// is stored: readers share it.
type Entry struct {
	// Live is a Go value that all readers share, or nil.
	Live any
	// Bytes is the encoded value if Live is nil. It belongs to the store.
	Bytes []byte
	// Size is the weight of a live value in bytes; len(Bytes) counts for the other kind.
	Size int

	deadline int64 // on the driver's clock; 0: never
}

// Weighted reports whether the store is bounded by bytes, so that a live entry needs a Size.
func (d *Driver) Weighted() bool { return d.weighted }

func weigh(key string, e *Entry) uint32 {
	const overhead = 64 // the entry, and its node in the table and the eviction queue
	w := len(key) + overhead + max(e.Size, len(e.Bytes))
	return uint32(min(uint64(w), math.MaxUint32))
}

// number returns the number that e holds, as Increment sees it.
func (e *Entry) number() (int64, error) {
	if e.Live == nil {
		return drivers.ParseNumber(e.Bytes)
	}
	v := reflect.ValueOf(e.Live)
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
