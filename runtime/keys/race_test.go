//go:build race

package keys

// raceEnabled: under the race detector sync.Pool drops buffers at random.
const raceEnabled = true
