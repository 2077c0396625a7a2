package drivers

import (
	"context"
	"iter"
)

// Scanner is the ability to list the keys of a store, for people and tools that look into it. No call
// of a cache needs it.
type Scanner interface {
	// Scan yields the keys that have a value and begin with prefix, in no order, as they were given to
	// Put. A key that has a value all along is yielded at least once, any other may be; keys may
	// repeat. An error ends it, with an empty key. The backend stays usable for others meanwhile.
	Scan(ctx context.Context, prefix string) iter.Seq2[string, error]
}
