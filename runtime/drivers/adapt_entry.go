package drivers

import (
	"encoding/binary"
	"math"
	"slices"
	"time"
)

// entry is a value in a plain store, which cannot tell how long an entry has left. There it is a
// header, the time of its end in nanoseconds since 1970 or 0 for never, and the value.
type entry struct {
	value []byte
	end   int64
	found bool
}

const entryHeader = 8

// newEntry returns an entry with a copy of value. An end beyond the clock's range is never.
func newEntry(value []byte, ttl time.Duration, now time.Time) entry {
	e := entry{value: slices.Clone(value)}
	if start := now.UnixNano(); ttl > 0 && start <= math.MaxInt64-int64(ttl) {
		e.end = start + int64(ttl)
	}
	return e
}

// left returns the time to live that e has left, with 0 for ever, and false if it has ended.
func (e entry) left(now time.Time) (time.Duration, bool) {
	if e.end == 0 {
		return 0, true
	}
	left := time.Duration(e.end - now.UnixNano())
	return left, left > 0
}

// read returns a copy of the entry of key. One that has ended, or that no adapter wrote, is not
// found.
func (a *adapter) read(key string) (entry, error) {
	stored, found, err := a.store.Get(key)
	if err != nil || !found || len(stored) < entryHeader {
		return entry{}, adaptError("get", err)
	}
	e := entry{end: int64(binary.BigEndian.Uint64(stored))}
	if _, alive := e.left(a.now()); !alive {
		return entry{}, nil
	}
	e.value, e.found = slices.Clone(stored[entryHeader:]), true
	return e, nil
}

// write stores e, or removes the key if e has ended meanwhile.
func (a *adapter) write(key string, e entry) error {
	ttl, alive := e.left(a.now())
	if !alive {
		return adaptError("forget", a.store.Forget(key))
	}
	stored := binary.BigEndian.AppendUint64(make([]byte, 0, entryHeader+len(e.value)), uint64(e.end))
	return adaptError("put", a.store.Put(key, append(stored, e.value...), ttl))
}
