//go:build race

package racetest

import "time"

// Enabled says whether the race detector is on. Under it sync.Pool drops objects at random, so that
// counts of allocations mean nothing.
const Enabled = true

// Slack is what the race detector may add to a bound in time: beside other tests on two processors it
// has taken 180 ms.
const Slack = time.Second
