package emit

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		15 * time.Minute:        "15m",
		time.Hour:               "1h",
		90 * time.Minute:        "1h30m",
		time.Hour + time.Second: "1h0m1s",
		10 * time.Second:        "10s",
		100 * time.Millisecond:  "100ms",
		20*time.Minute + 10e9:   "20m10s",
	} {
		require.Equal(t, want, short(d))
	}
}

func TestPlural(t *testing.T) {
	for name, want := range map[string]string{
		"id": "ids", "day": "days", "city": "cities", "bus": "buses", "box": "boxes", "y": "ys", "branch": "branches",
	} {
		require.Equal(t, want, plural(name))
	}
}

func TestWrap(t *testing.T) {
	require.Equal(t, []string{"aa bb", "cc", "dddddddd"}, wrap("aa  bb\ncc dddddddd", 6))
	for _, line := range wrap(strings.Repeat("word ", 200), 97) {
		require.LessOrEqual(t, len(line), 97)
	}
}

func TestFree(t *testing.T) {
	taken := map[string]bool{"a": true, "a2": true}
	require.Equal(t, "a3", free("a", func(s string) bool { return taken[s] }))
	require.Equal(t, "b", free("b", func(s string) bool { return taken[s] }))
}
