package syntax

import (
	"cmp"
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
		return 0, a.errorf(0, "%s=%s is not a duration: %s", a.Name, a.Value, lifetimeHint(a))
	case d <= 0:
		return 0, a.errorf(0, "%s=%s is not a positive duration: %s", a.Name, a.Value, remedy)
	case d < shortest:
		return 0, a.errorf(0, "%s=%s is too short: write at least 1ms", a.Name, a.Value)
	}
	return d, nil
}

// lifetimeHint guesses what the value of a was meant to be.
func lifetimeHint(a Arg) string {
	if a.Name == "ttl" && registry.Nearest(a.Value, []string{forever}) != "" {
		return "did you mean forever?"
	}
	return durationHint(a.Value)
}

// durationHint guesses what was meant by s, which is no duration.
func durationHint(s string) string {
	lower := strings.TrimRight(strings.ToLower(s), ",;")
	if lower != "" && strings.Trim(lower, "0123456789") == "" {
		return "it lacks a unit; write " + lower + "s for seconds or " + lower + "m for minutes"
	}
	if _, err := time.ParseDuration(lower); err == nil {
		return "write " + lower
	}
	if d, ok := withDays(lower); ok && d >= shortest {
		return "the longest unit is the hour; write " + SpellDuration(d)
	}
	if d, ok := inWords(lower); ok && d >= shortest {
		return "write " + SpellDuration(d)
	}
	return "write one such as 500ms, 15m or 1h30m, of at most 292 years"
}

// units holds the letters of units by their names and common abbreviations.
var units = map[string]string{
	"ms": "ms", "s": "s", "m": "m", "h": "h", "d": "d", "w": "w",
	"sec": "s", "second": "s", "min": "m", "minute": "m", "hr": "h", "hour": "h", "day": "d", "week": "w",
}

// inWords parses a unit in words, perhaps with a number before it: minute, 5min, 2days.
func inWords(s string) (time.Duration, bool) {
	word := strings.TrimLeft(s, "0123456789")
	number := cmp.Or(strings.TrimSuffix(s, word), "1")
	unit := units[word]
	if singular := strings.TrimSuffix(word, "s"); unit == "" && len(singular) > 1 {
		unit = units[singular]
	}
	if unit == "" {
		return 0, false
	}
	return withDays(number + unit)
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

// SpellDuration spells d without the units that are zero: 15m, and not 15m0s.
func SpellDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
