package syntax

import (
	"strconv"
	"strings"
	"time"

	"github.com/cachegen/cachegen/runtime/registry"
)

// forever is the ttl of what never expires.
const forever = "forever"

// shortest is the least duration: backends count milliseconds.
const shortest = time.Millisecond

func parseTTL(a Arg) (time.Duration, []Error) {
	if a.Value == forever {
		return 0, nil
	}
	return parseDuration(a, "write a positive one, or ttl=forever for what never expires")
}

func parseTimeout(a Arg) (time.Duration, []Error) {
	if a.Value == forever {
		return 0, a.errorf(0, "timeout=forever: a load must end; write a duration, such as 30s")
	}
	return parseDuration(a, "write a positive one, or leave timeout out")
}

// parseDuration parses a duration of at least a millisecond; remedy is what to do about zero.
func parseDuration(a Arg, remedy string) (time.Duration, []Error) {
	d, err := time.ParseDuration(a.Value)
	switch {
	case err != nil:
		return 0, a.errorf(0, "%s=%s is not a duration: %s", a.Name, a.Value, durationHint(a))
	case d <= 0:
		return 0, a.errorf(0, "%s=%s is not a positive duration: %s", a.Name, a.Value, remedy)
	case d < shortest:
		return 0, a.errorf(0, "%s=%s is too short: write at least 1ms", a.Name, a.Value)
	}
	return d, nil
}

// durationHint guesses what the value of a was meant to be.
func durationHint(a Arg) string {
	if a.Value != "" && strings.Trim(a.Value, "0123456789") == "" {
		return "it lacks a unit; write " + a.Value + "s for seconds or " + a.Value + "m for minutes"
	}
	if lower := strings.ToLower(a.Value); lower != a.Value {
		if _, err := time.ParseDuration(lower); err == nil {
			return "write " + lower
		}
	}
	if d, ok := withDays(a.Value); ok && d >= shortest {
		return "the longest unit is the hour; write " + inHours(d)
	}
	if a.Name == "ttl" && registry.Nearest(a.Value, []string{forever}) != "" {
		return "did you mean forever?"
	}
	return "write one such as 500ms, 15m or 1h30m, of at most 292 years"
}

// withDays parses a duration that may begin with weeks and days.
func withDays(s string) (time.Duration, bool) {
	if d, err := time.ParseDuration(s); err == nil || s == "" {
		return d, true
	}
	i := strings.IndexAny(s, "wd")
	if i < 0 {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:i], 10, 12) // years, but no overflow
	rest, ok := withDays(s[i+1:])
	day := 24 * time.Hour
	if s[i] == 'w' {
		day *= 7
	}
	return time.Duration(n)*day + rest, ok && err == nil
}

// inHours spells d without the units that are zero.
func inHours(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
