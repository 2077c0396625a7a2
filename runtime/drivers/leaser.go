package drivers

import (
	"context"
	"time"
)

// Leaser is the ability to fence loads against invalidations in the whole fleet. A load takes the
// lease of its key before it begins, and its value is stored only if it still holds it; meanwhile no
// other load does. The leases are those of Nishtala et al., Scaling Memcache at Facebook (NSDI 2013).
//
// Put, PutMany, Add, Increment and Forget end the leases of the keys whose values they change, in the
// same atomic step as the change, and Flush those of the whole store: before they return, no Fill by
// a lease from before is stored any more. An Add that stores nothing need not.
//
// A token names one load. The methods take many keys so that a load of many costs few round trips;
// they are atomic for each key, not over all. Keys do not repeat within a call.
type Leaser interface {
	// Acquire returns the values of keys, and takes the lease, for at most ttl, of each key that has
	// no value and whose lease nobody holds. With replace, it takes leases whether there is a value
	// or not, and returns none. The leases are in the order of keys. A ttl that is not positive is
	// [ErrTTL].
	Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, replace bool) ([]Lease, error)

	// Fill stores each item, with one ttl as in Put, whose lease token still holds, and ends that
	// lease. It reports which were stored, in the order of items.
	Fill(ctx context.Context, items []Item, token string, ttl time.Duration) (stored []bool, err error)

	// Renew makes the leases of keys that token still holds end ttl from now, and reports which. With a
	// ttl of 0 it only reports.
	Renew(ctx context.Context, keys []string, token string, ttl time.Duration) (held []bool, err error)

	// Release ends the leases of keys that token still holds.
	Release(ctx context.Context, keys []string, token string) error
}

// Lease is what [Leaser].Acquire found for one key.
type Lease struct {
	// Value is the key's value, nil if it has none. An empty value is not nil. It belongs to the
	// caller.
	Value []byte
	// Won reports that the lease is the caller's now.
	Won bool
	// Holder is the token that holds the lease if it was not won and there is no Value.
	Holder string
	// Left is how long somebody else holds the lease if it is neither given back nor renewed; 0 where
	// that is not known.
	Left time.Duration
}
