package syntax

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Limit returns the rate that the arguments of a limit make up: it is what the runtime is given.
func (o Options) Limit() drivers.Rate {
	rate := o.Rate.Value
	rate.Burst, rate.Window = o.Burst.Value, o.Algorithm.Value == Window
	return rate
}

// parseRate parses a limit and a period, such as 60/1m; the period may be a unit alone, as in 5/s. The
// bounds of a rate are for checkRate.
func parseRate(a Arg) (drivers.Rate, []Error) {
	limit, period, found := strings.Cut(a.Value, "/")
	if reason := noRate(limit, period, found); reason != "" {
		return drivers.Rate{}, a.errorf(0, "rate=%s %s", a.Value, reason)
	}
	n, bad := parseCount(limit)
	d, worse := parsePeriod(period)
	var errs []Error
	if bad != "" {
		errs = append(errs, a.errorf(0, "rate=%s: %s", a.Value, bad)...)
	}
	if worse != "" {
		errs = append(errs, a.errorf(len(limit)+len("/"), "rate=%s: %s", a.Value, worse)...)
	}
	return drivers.Rate{Limit: n, Period: d}, errs
}

// noRate says what the value lacks that makes a rate, or "".
func noRate(limit, period string, found bool) string {
	if together := strings.Join(strings.Fields(limit+"/"+period), ""); found && together != limit+"/"+period {
		return "holds spaces: write " + together
	}
	_, notNumber := strconv.ParseUint(limit, 10, 63)
	switch _, notPeriod := time.ParseDuration(limit); {
	case !found && notNumber == nil:
		return "has no period: write " + limit + "/1m for " + limit + " a minute, or " + limit + "/1s for as many a second"
	case !found, limit == "" && period == "":
		return "is no rate: write how many in which time, such as 60/1m"
	case limit == "":
		return "has no limit: write how many before the slash, such as 60/" + period
	case period == "":
		return "has no period: write one behind the slash, such as " + limit + "/1m"
	case notNumber != nil && notPeriod == nil && strings.Trim(period, "0123456789") == "":
		return "has its period first: write " + period + "/" + limit
	}
	return ""
}

// parseCount parses how many, or says what is wrong with it. One that is too large for an int64 is the
// largest, of which checkRate has the bounds.
func parseCount(s string) (n int64, reason string) {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange), strings.HasPrefix(s, "+"):
		return 0, fmt.Sprintf("%q is not a whole number: write digits alone, such as 60", s)
	case n < 1:
		return 0, s + " would allow nothing: write at least 1"
	}
	return n, ""
}

// parsePeriod parses a duration, or the unit s, m or h alone, or says what is wrong with it.
func parsePeriod(s string) (d time.Duration, reason string) {
	if s == "s" || s == "m" || s == "h" {
		s = "1" + s
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, s + " is not a duration: " + durationHint(s)
	case d <= 0:
		return 0, s + " is not a positive duration: write one such as 1m"
	}
	return d, ""
}

func parseBurst(a Arg) (int64, []Error) {
	n, reason := parseCount(a.Value)
	if reason != "" {
		return 0, a.errorf(0, "burst=%s: %s, or leave burst out: then all that the rate allows can be taken at once", a.Value, reason)
	}
	return n, nil
}

// The bounds of rates: those of drivers.Rate, which has the last word.
const (
	shortestInterval = 10 * time.Microsecond
	longestPeriod    = 10 * 365 * 24 * time.Hour
)

// checkRate reports a rate that the runtime would refuse, though each argument by itself is good.
func (o Options) checkRate() []Error {
	rate, period := o.Limit(), SpellDuration(o.Rate.Value.Period)
	at, message := o.Rate.Pos, ""
	switch {
	case rate.Limit == 0:
		return nil // missing or refused
	case o.Burst.Set && rate.Window:
		at, message = o.Burst.NamePos, "burst= goes with algorithm=gcra: of a fixed window, all can be taken at once; leave one of the two out"
	case rate.Validate() == nil:
		return nil
	case rate.Period < shortestInterval:
		message = "the period " + period + " is too short: write at least 10us"
	case rate.Period > longestPeriod:
		message = "the period " + period + " is too long: write at most ten years, " + SpellDuration(longestPeriod)
	case rate.Limit > int64(rate.Period/shortestInterval):
		message = fmt.Sprintf("the rate is over one in 10 µs: write at most %d/%s", rate.Period/shortestInterval, period)
	case o.Burst.Value > 0:
		most := int64(longestPeriod) / (int64(rate.Period) / rate.Limit)
		at, message = o.Burst.Pos, fmt.Sprintf("at %d/%s this burst would take over ten years to come back: write at most %d", rate.Limit, period, most)
	default:
		message = rate.Validate().Error()
	}
	return []Error{{at, message}}
}
