//go:build race

package cache_test

import "time"

// detector is what the race detector may add to a bound in time: beside other tests on two processors it
// has taken 180 ms. Without what such a test is about, a call takes three seconds and more.
const detector = time.Second
