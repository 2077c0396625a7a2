package keys

import (
	"errors"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/racetest"
)

func TestAppendSpellings(t *testing.T) {
	colon := NewEscapes(":")
	at := time.Date(2024, 2, 29, 23, 30, 0, 120_000_000, time.FixedZone("", 3600))
	for want, got := range map[string][]byte{
		"-5":                      AppendInt(nil, -5),
		"-9223372036854775808":    AppendInt(nil, math.MinInt64),
		"18446744073709551615":    AppendUint(nil, math.MaxUint64),
		"true":                    AppendBool(nil, true),
		"false":                   AppendBool(nil, false),
		"00ff10":                  AppendHex(nil, []byte{0, 255, 16}),
		"plain text/é":            AppendString(nil, "plain text/é", colon),
		"a%3Ab%25%7B%7D":          AppendString(nil, "a:b%{}", colon),
		"a:b%25%7B%7D":            AppendString(nil, "a:b%{}", nil),
		"%00%0D%0A%1F%7F":         AppendString(nil, "\x00\r\n\x1f\x7f", nil),
		"\xff\xc3(":               AppendString(nil, "\xff\xc3(", nil),
		"x%3A":                    AppendString([]byte("x"), ":", colon),
		"":                        AppendString(nil, "", colon),
		"2024-02-29T22:30:00.12Z": must(AppendTime(nil, at)),
		"0000-01-01T00:00:00Z":    must(AppendTime(nil, time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC))),
		"10.0.0.1":                must(AppendText(nil, netip.MustParseAddr("10.0.0.1"), colon)),
		"%3A%3A1":                 must(AppendText(nil, netip.MustParseAddr("::1"), colon)),
		"fe80::1%25eth0":          must(AppendMarshalText(nil, netip.MustParseAddr("fe80::1%eth0"), nil)),
	} {
		if string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAppendErrorsLeaveDst(t *testing.T) {
	for name, appendBad := range map[string]func(dst []byte) ([]byte, error){
		"in year -1:":    func(dst []byte) ([]byte, error) { return AppendTime(dst, yearEnd(-1, time.UTC)) },
		"in year 10000:": func(dst []byte) ([]byte, error) { return AppendTime(dst, yearEnd(10000, time.UTC)) },
		"part: no text":  func(dst []byte) ([]byte, error) { return AppendText(dst, noText{}, nil) },
		" part: no text": func(dst []byte) ([]byte, error) { return AppendMarshalText(dst, noText{}, nil) },
	} {
		got, err := appendBad([]byte("user:"))
		if err == nil || !strings.HasPrefix(err.Error(), "cachegen/keys: the ") || !strings.Contains(err.Error(), name) {
			t.Errorf("%q: error %v", name, err)
		}
		if string(got) != "user:" {
			t.Errorf("%q: dst became %q", name, got)
		}
	}
	if _, err := AppendText(nil, noText{}, nil); !errors.Is(err, errNoText) {
		t.Errorf("%v does not wrap the error of AppendText", err)
	}
	if _, err := AppendMarshalText(nil, noText{}, nil); !errors.Is(err, errNoText) {
		t.Errorf("%v does not wrap the error of MarshalText", err)
	}
}

// The year that counts is the one in UTC, which is the one that is written.
func TestAppendTimeYearIsInUTC(t *testing.T) {
	east, west := time.FixedZone("", 3600), time.FixedZone("", -3600)
	if got := must(AppendTime(nil, yearEnd(9999, east))); string(got) != "9999-12-31T22:30:00Z" {
		t.Errorf("got %q", got)
	}
	if got, err := AppendTime(nil, yearEnd(9999, west)); err == nil {
		t.Errorf("got %q for an instant of the year 10000", got)
	}
}

func TestAppendTextLongerThanItsBuffer(t *testing.T) {
	long := strings.Repeat("%", 600)
	if got := must(AppendText(nil, textOf(long), nil)); string(got) != strings.Repeat("%25", 600) {
		t.Errorf("got %q", got)
	}
}

func TestAppendsAllocateNothing(t *testing.T) {
	if racetest.Enabled {
		t.Skip("sync.Pool drops buffers at random under the race detector")
	}
	colon := NewEscapes(":")
	addr, now, id := netip.MustParseAddr("2001:db8::1"), time.Now(), [16]byte{1, 2, 3}
	for name, build := range map[string]func(dst []byte) []byte{
		"int":    func(dst []byte) []byte { return AppendInt(dst, math.MinInt64) },
		"uint":   func(dst []byte) []byte { return AppendUint(dst, math.MaxUint64) },
		"bool":   func(dst []byte) []byte { return AppendBool(dst, true) },
		"hex":    func(dst []byte) []byte { return AppendHex(dst, id[:]) },
		"string": func(dst []byte) []byte { return AppendString(dst, "a:b c", colon) },
		"time":   func(dst []byte) []byte { return must(AppendTime(dst, now)) },
		"text":   func(dst []byte) []byte { return must(AppendText(dst, addr, colon)) },
	} {
		var b [64]byte
		if n := testing.AllocsPerRun(100, func() { build(b[:0]) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// A buffer on the caller's stack stays there: no append lets it escape.
func TestAppendsKeepTheCallersBufferOnItsStack(t *testing.T) {
	if racetest.Enabled {
		t.Skip("sync.Pool drops buffers at random under the race detector")
	}
	addr, colon, now := netip.MustParseAddr("2001:db8::1"), NewEscapes(":"), time.Now()
	n := testing.AllocsPerRun(100, func() {
		var b [128]byte
		key, err := AppendText(AppendString(AppendInt(b[:0], -5), "a:b", colon), addr, colon)
		if err == nil {
			_, err = AppendTime(key, now)
		}
		if err != nil {
			t.Error(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAppendText(b *testing.B) {
	addr, colon := netip.MustParseAddr("10.20.30.40"), NewEscapes(":")
	b.ReportAllocs()
	for b.Loop() {
		var key [64]byte
		if _, err := AppendText(key[:0], addr, colon); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendString(b *testing.B) {
	colon := NewEscapes(":")
	b.ReportAllocs()
	for b.Loop() {
		var key [64]byte
		AppendString(key[:0], "a-string-of-usual-length", colon)
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func yearEnd(year int, zone *time.Location) time.Time {
	return time.Date(year, 12, 31, 23, 30, 0, 0, zone)
}

var errNoText = errors.New("no text")

// noText fails after it has written.
type noText struct{}

func (noText) AppendText(b []byte) ([]byte, error) { return append(b, "half"...), errNoText }
func (noText) MarshalText() ([]byte, error)        { return []byte("half"), errNoText }

type textOf string

func (v textOf) AppendText(b []byte) ([]byte, error) { return append(b, v...), nil }
