// Package drivers holds the contract between the cache and its stores: the [Driver] interface, the
// abilities a driver may have beside it, the configuration it is opened with, its errors, and the
// one registry that maps driver names to factories.
//
// A driver moves bytes. It knows neither Go types nor caches; typing, coalescing, staleness and
// invalidation are the runtime's work. A driver of one's own needs [Driver] only; package
// drivertest checks it.
package drivers

import (
	"context"
	"time"
)

// Driver is one key-value store. All methods are safe for concurrent use.
//
// Keys. A key is any non-empty string of bytes, at most 512 of them. Two different keys are two
// different entries, whatever bytes they hold; a driver for a backend with reserved characters
// escapes them injectively. A driver for a shared backend puts its keys under
// [StoreConfig.Namespace] and never touches anything outside it.
//
// Bytes. A returned value belongs to the caller, who may change it. A value that is passed in
// belongs to the caller too: the driver neither changes it nor keeps it after it returned.
//
// Time to live. ttl is measured from the write: 0 means that the entry never expires, a negative
// ttl is [ErrTTL], and any other entry is never gone early and never returned once its ttl, rounded
// up to a whole millisecond, has passed.
//
// Contexts. Every call returns soon after its ctx is done, with an error for which errors.Is
// reports the ctx's error, and it is bounded by the driver's operation timeout where ctx has no
// deadline. A call that returned a ctx error or a timeout may still take effect.
//
// After Close every call returns [ErrClosed].
type Driver interface {
	// Get returns the value of key. found is false, and err nil, if there is none: a stored empty
	// value is found, with a length of zero.
	Get(ctx context.Context, key string) (value []byte, found bool, err error)

	// Put stores value under key, whatever was there before.
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error

	// Add stores value only if key has none, and reports whether it did. Of several calls at
	// once exactly one wins.
	Add(ctx context.Context, key string, value []byte, ttl time.Duration) (added bool, err error)

	// Forget removes keys. A key without a value is no error, and neither are no keys at all.
	Forget(ctx context.Context, keys ...string) error

	// Flush removes every value of this store, and nothing else: neither another store's nor a
	// lock.
	Flush(ctx context.Context) error

	// Increment adds delta to the number stored under key and returns the sum, in one atomic
	// step. A missing or expired key counts as 0, and is created with ttl; an existing one keeps
	// the time it has left. What a number is, says [ParseNumber]; the sum is stored in the form
	// of [AppendNumber]. Anything else is [ErrNotNumber], and a sum outside int64 [ErrOverflow];
	// both leave the value as it was.
	Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (int64, error)

	// Close releases what the driver holds. Calling it again is no error.
	Close() error
}

// Batcher is the ability to read and write many keys in few round trips. The runtime uses Get and
// Put one by one where a driver lacks it.
type Batcher interface {
	// GetMany returns the values of keys, in their order; nil means that a key has none, and an
	// empty value is not nil. Keys may repeat. With an error the values read so far are returned.
	GetMany(ctx context.Context, keys []string) ([][]byte, error)

	// PutMany stores all items with one ttl. It is not atomic: an error means that some may not
	// have been stored.
	PutMany(ctx context.Context, items []Item, ttl time.Duration) error
}

// Item is one key and its value, for [Batcher].
type Item struct {
	Key   string
	Value []byte
}

// Pinger is the ability to tell whether the store can be reached.
type Pinger interface {
	// Ping returns nil if the store answers.
	Ping(ctx context.Context) error
}

// Sizer is the ability to tell how much a store holds, where that costs nothing.
type Sizer interface {
	// Size returns the number of entries, and about how many bytes they take or 0 if the driver
	// does not count them.
	Size() (entries, bytes int64)
}
