//go:build !race

package cache_test

// detector is what the race detector may add to a bound in time.
const detector = 0
