package syntax

import (
	"fmt"
	"go/token"
	"strings"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func TestRates(t *testing.T) {
	for args, want := range map[string]drivers.Rate{
		"rate=60/1m":                               {Limit: 60, Period: time.Minute},
		"rate=5/s":                                 {Limit: 5, Period: time.Second},
		"rate=5/m":                                 {Limit: 5, Period: time.Minute},
		"rate=5/h algorithm=gcra":                  {Limit: 5, Period: time.Hour},
		`rate="007/1h30m" burst=10`:                {Limit: 7, Period: 90 * time.Minute, Burst: 10},
		"burst=100 rate=1/10us":                    {Limit: 1, Period: 10 * time.Microsecond, Burst: 100},
		"rate=100000/1s algorithm=window":          {Limit: 100_000, Period: time.Second, Window: true},
		"rate=1/87600h":                            {Limit: 1, Period: longestPeriod},
		"rate=1/1h burst=87600":                    {Limit: 1, Period: time.Hour, Burst: 87_600},
		"rate=31536000000000/87600h":               {Limit: 31_536_000_000_000, Period: longestPeriod},
		"rate=3/1m burst=3 store=api name=Limiter": {Limit: 3, Period: time.Minute, Burst: 3},
	} {
		_, o := options(t, "//cachegen:limit key=a "+args)
		if got := o.Limit(); got != want || got.Validate() != nil {
			t.Errorf("%s: got %+v, %v", args, got, got.Validate())
		}
	}
}

func TestRateMistakes(t *testing.T) {
	for args, want := range map[string][]string{
		"":              {"3:12: //cachegen:limit needs a rate: write rate=60/1m"},
		"rate":          {"3:24: rate needs a value: write rate=60/1m"},
		"rat=60/1m":     {"3:24: //cachegen:limit has no argument rat; did you mean rate?"},
		`rate=""`:       {"3:30: rate= is no rate: write how many in which time, such as 60/1m"},
		"rate=60":       {"3:29: rate=60 has no period: write 60/1m for 60 a minute, or 60/1s for as many a second"},
		"rate=fast":     {"3:29: rate=fast is no rate: write how many in which time, such as 60/1m"},
		"rate=/":        {"3:29: rate=/ is no rate: write how many in which time, such as 60/1m"},
		"rate=/1m":      {"3:29: rate=/1m has no limit: write how many before the slash, such as 60/1m"},
		"rate=60/":      {"3:29: rate=60/ has no period: write one behind the slash, such as 60/1m"},
		"rate=1m/60":    {"3:29: rate=1m/60 has its period first: write 60/1m"},
		"rate=0/1m":     {"3:29: rate=0/1m: 0 would allow nothing: write at least 1"},
		"rate=-5/1m":    {"3:29: rate=-5/1m: -5 would allow nothing: write at least 1"},
		"rate=+5/1m":    {`3:29: rate=+5/1m: "+5" is not a whole number: write digits alone, such as 60`},
		"rate=1.5/1s":   {`3:29: rate=1.5/1s: "1.5" is not a whole number: write digits alone, such as 60`},
		"rate=1_000/1s": {`3:29: rate=1_000/1s: "1_000" is not a whole number: write digits alone, such as 60`},
		`rate="60 / m"`: {"3:30: rate=60 / m holds spaces: write 60/m"},
		"rate=x/y":      {`3:29: rate=x/y: "x" is not a whole number: write digits alone, such as 60`, "3:31: rate=x/y: y is not a duration: write one such as 500ms, 15m or 1h30m, of at most 292 years"},
		"rate=60/0s":    {"3:32: rate=60/0s: 0s is not a positive duration: write one such as 1m"},
		"rate=60/-1m":   {"3:32: rate=60/-1m: -1m is not a positive duration: write one such as 1m"},
		"rate=60/1":     {"3:32: rate=60/1: 1 is not a duration: it lacks a unit; write 1s for seconds or 1m for minutes"},
		"rate=60/1d":    {"3:32: rate=60/1d: 1d is not a duration: the longest unit is the hour; write 24h"},
		"rate=60/d":     {"3:32: rate=60/d: d is not a duration: write 24h"},
		"rate=60/min":   {"3:32: rate=60/min: min is not a duration: write 1m"},
		"rate=60/5secs": {"3:32: rate=60/5secs: 5secs is not a duration: write 5s"},
		"rate=60/ms":    {"3:32: rate=60/ms: ms is not a duration: write 1ms"},
		"rate=60/1m,":   {"3:32: rate=60/1m,: 1m, is not a duration: write 1m"},
		"rate=60/M":     {"3:32: rate=60/M: M is not a duration: write 1m"},
		"rate=60/1M":    {"3:32: rate=60/1M: 1M is not a duration: write 1m"},
		"rate=60/m/m":   {"3:32: rate=60/m/m: m/m is not a duration: write one such as 500ms, 15m or 1h30m, of at most 292 years"},

		"rate=100001/s":                {"3:29: the rate is over one in 10 µs: write at most 100000/1s"},
		"rate=99999999999999999999/1m": {"3:29: the rate is over one in 10 µs: write at most 6000000/1m"},
		"rate=1/9us":                   {"3:29: the period 9µs is too short: write at least 10us"},
		"rate=1/87601h":                {"3:29: the period 87601h is too long: write at most ten years, 87600h"},

		"rate=60/1m burst":                              {"3:35: burst needs a value: write burst=10"},
		"rate=60/1m bursts=5":                           {"3:35: //cachegen:limit has no argument bursts; did you mean burst?"},
		"rate=60/1m burst=0":                            {"3:41: burst=0: 0 would allow nothing: write at least 1, or leave burst out: then all that the rate allows can be taken at once"},
		"rate=60/1m burst=-1":                           {"3:41: burst=-1: -1 would allow nothing: write at least 1, or leave burst out: then all that the rate allows can be taken at once"},
		"rate=60/1m burst=ten":                          {`3:41: burst=ten: "ten" is not a whole number: write digits alone, such as 60, or leave burst out: then all that the rate allows can be taken at once`},
		"rate=1/h burst=87601":                          {"3:39: at 1/1h this burst would take over ten years to come back: write at most 87600"},
		"rate=60/m burst=99999999999999999999":          {"3:40: at 60/1m this burst would take over ten years to come back: write at most 315360000"},
		"rate=60/m algorithm=window burst=5":            {"3:51: burst= goes with algorithm=gcra: of a fixed window, all can be taken at once; leave one of the two out"},
		"rate=60/m algorithm=windows":                   {"3:44: algorithm has no value \"windows\": did you mean window?"},
		"rate=60/m algorithm=leaky":                     {`3:44: algorithm has no value "leaky": write gcra or window`},
		"rate=60 burst=0 algorithm=leaky":               {"3:29: rate=60 has no period: write 60/1m for 60 a minute, or 60/1s for as many a second", "3:38: burst=0: 0 would allow nothing: write at least 1, or leave burst out: then all that the rate allows can be taken at once", `3:50: algorithm has no value "leaky": write gcra or window`},
		"ttl=1m":                                        {"3:24: //cachegen:limit has no argument ttl: its rate says when what was taken comes back, and a limit that nobody uses is forgotten by itself", "3:12: //cachegen:limit needs a rate: write rate=60/1m"},
		"rate=60/m timeout=1s by=value version=2":       {"3:34: //cachegen:limit has no argument timeout: a limit loads nothing, and all processes that use its store share it", "3:45: //cachegen:limit has no argument by: a limit has no value", "3:54: //cachegen:limit has no argument version: a limit stores no value that could change its type; to begin afresh, change the key"},
		"rate=60/m copy=share sync=fleet period=1m x=1": {"3:34: //cachegen:limit has no argument copy: a limit has no value", "3:45: //cachegen:limit has no argument sync: a limit loads nothing, and all processes that use its store share it", "3:56: //cachegen:limit has no argument period; it has key, rate, algorithm, burst, store, name, ignore", "3:66: //cachegen:limit has no argument x; it has key, rate, algorithm, burst, store, name, ignore"},
	} {
		mistakes{{strings.TrimSpace("//cachegen:limit key=a " + args), want}}.test(t)
	}
}

func TestMissingKeyOfALimit(t *testing.T) {
	mistakes{
		{"//cachegen:limit rate=60/1m", []string{`3:12: //cachegen:limit needs a key: write key="user:{userID}"`}},
		{"//cachegen:limit rate=60/1m key", []string{`3:29: key needs a value: write key="user:{userID}"`}},
	}.test(t)
}

func TestArgumentsOfALimitElsewhere(t *testing.T) {
	mistakes{
		{"//cachegen:cache key=a rate=60/1m", []string{"3:24: //cachegen:cache has no argument rate: it belongs to //cachegen:limit, on a func type without results"}},
		{"//cachegen:counter key=a rate=60/1m burst=5", []string{
			"3:26: //cachegen:counter has no argument rate: it belongs to //cachegen:limit",
			"3:37: //cachegen:counter has no argument burst: it belongs to //cachegen:limit",
		}},
		{"//cachegen:counter key=a ttl=1m sync=process timeout=1s copy=share", []string{
			"3:33: //cachegen:counter has no argument sync: a counter loads nothing",
			"3:46: //cachegen:counter has no argument timeout: a counter loads nothing",
			"3:57: //cachegen:counter has no argument copy: a counter's value is an int64",
		}},
		{"//cachegen:defaults algorithm=window", []string{"3:21: //cachegen:defaults has no argument algorithm: it is each limit's own: write it there"}},
	}.test(t)
}

func TestSyncMistakes(t *testing.T) {
	mistakes{
		{"//cachegen:cache key=a ttl=1m sync=fleat", []string{`3:36: sync has no value "fleat": did you mean fleet?`}},
		{"//cachegen:cache key=a ttl=1m sync=global", []string{`3:36: sync has no value "global": write process or fleet`}},
		{"//cachegen:cache key=a ttl=1m sync", []string{"3:31: sync needs a value: write sync=fleet"}},
		{"//cachegen:defaults sync=processes", []string{`3:26: sync has no value "processes": did you mean process?`}},
	}.test(t)
}

func TestDirectivesInOtherWords(t *testing.T) {
	for name, want := range map[string]string{
		"limits": "limit", "limt": "limit", "Limit": "limit", "ratelimit": "limit", "rate-limiter": "limit", "counters": "counter", "cached": "cache",
	} {
		got := strings.Join(diagnose(t, "//cachegen:"+name+" key=a"), "")
		if !strings.HasSuffix(got, "did you mean //cachegen:"+want+"?") && !strings.HasSuffix(got, "write //cachegen:"+want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// FuzzRate holds that a rate is good here exactly if the runtime takes it, and that what is wrong is
// shown inside the arguments.
func FuzzRate(f *testing.F) {
	for _, seed := range []struct {
		limit, burst int64
		period       string
	}{
		{60, 0, "1m"}, {5, 0, "s"}, {1, 1, "10us"}, {2, 1, "10us"}, {1, 0, "9999ns"}, {100_000, 0, "1s"}, {100_001, 0, "1s"}, {1, 0, "87600h"},
		{1, 0, "87600h1ns"}, {1, 87_600, "1h"}, {1, 87_601, "1h"}, {7, 1 << 62, "1h1ns"}, {0, 0, "1m"}, {-1, -1, "-1m"}, {3, 0, "0s"}, {1 << 62, 3, "2562047h"},
		{3, 0, "min"}, {3, 0, "1d"}, {3, 0, "/"}, {3, 0, ""}, {1<<63 - 1, 1<<63 - 1, "h"}, {9, 0, "1w2"}, {9, 0, "99999999999999999999weeks"},
	} {
		f.Add(seed.limit, seed.period, seed.burst, false)
		f.Add(seed.limit, seed.period, seed.burst, true)
	}
	f.Fuzz(func(t *testing.T, limit int64, period string, burst int64, window bool) {
		if strings.ContainsAny(period, " \t\n\r\"`=\x00\ufeff\\") || strings.ToValidUTF8(period, "") != period || strings.ContainsFunc(period, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Skip("no bare value")
		}
		comment := fmt.Sprintf("//cachegen:limit key=a rate=%d/%s", limit, period)
		want := drivers.Rate{Limit: limit, Burst: burst, Window: window}
		if burst != 0 {
			comment += fmt.Sprintf(" burst=%d", burst)
		}
		if window {
			comment += " algorithm=window"
		}
		s := parseComment(t, comment)
		all, errs := s.check()
		for _, e := range errs {
			if c := s.file.Comments[0]; e.Pos < c.Pos()+token.Pos(len("//cachegen:limit key=a ")) || e.Pos > c.End() {
				t.Errorf("%s: %s stands outside of the arguments", comment, e.Msg)
			}
		}
		d, err := time.ParseDuration(period)
		if bare := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[period]; bare > 0 {
			d, err = bare, nil
		}
		want.Period = d
		if good := err == nil && want.Validate() == nil; good != (len(errs) == 0) {
			t.Errorf("%s: the runtime says %v, %v; we %v", comment, err, want.Validate(), s.print(errs))
		} else if good && all[0].Limit() != want {
			t.Errorf("%s: got %+v", comment, all[0].Limit())
		}
	})
}
