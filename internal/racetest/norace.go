//go:build !race

package racetest

// Enabled says whether the race detector is on.
const Enabled = false

// Slack is what the race detector may add to a bound in time.
const Slack = 0
