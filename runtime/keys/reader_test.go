package keys

import (
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestKeysParseBack(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	patterns := []Pattern{everyKind}
	for range 300 {
		patterns = append(patterns, randomPattern(rnd))
	}
	for _, p := range patterns {
		for range 50 {
			vs := parts(rnd, p)
			key := build(p, vs)
			if got, ok := parse(p, key); !ok || !reflect.DeepEqual(got, vs) {
				t.Fatalf("%s: %q of %#v parses as %#v, %v", p, key, vs, got, ok)
			}
		}
	}
}

func TestReaderRefusesWhatNoKeySpells(t *testing.T) {
	for pattern, keys := range map[string][]string{
		"a{x int}": {"", "a", "a-", "a007", "a+1", "a-0", "a--1", "a1 ", "a 1", "a1_0", "a0x1",
			"a9223372036854775808", "a-9223372036854775809", "b1", "a1.0", "a٣"},
		"{x uint}": {"-1", "+1", "00", "18446744073709551616", ""},
		"{x bool}": {"", "t", "True", "TRUE", "1", "truetrue", "falsee", "fals"},
		"{x hex2}": {"", "000", "00000", "00FF", "00Ff", "00fg", "0:ff"},
		"s:{x string}:e": {"s::", "s:a:b:e", "s:a%3a:e", "s:a%41:e", "s:%:e", "s:%3:e", "s:%3", "s:%zz:e",
			"s:\x00:e", "s:{:e", "s:a\n:e", "s:\x7f:e", "s:a:e:e"},
		"{x time}": {"", "Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00.0Z",
			"2024-01-01T00:00:00.10Z", "2024-01-01T00:00:00,1Z", "2024-01-01 00:00:00Z", "2024-02-30T00:00:00Z",
			"2024-01-01T00:00:00.1234567891Z", "2024-1-1T00:00:00Z", "2024-01-01T24:00:00Z", "12024-01-01T00:00:00Z"},
	} {
		for _, key := range keys {
			if got, ok := parse(mustPattern(pattern), key); ok {
				t.Errorf("%s: %q parses as %#v", pattern, key, got)
			}
		}
	}
}

func TestReaderChecksTheSizeOfNumbers(t *testing.T) {
	for key, ok := range map[string]bool{"127": true, "-128": true, "128": false, "-129": false} {
		r := NewReader(key, nil)
		if r.Int(8); r.Done() != ok {
			t.Errorf("int8 %s: %v", key, !ok)
		}
	}
	for key, ok := range map[string]bool{"255": true, "256": false} {
		r := NewReader(key, nil)
		if r.Uint(8); r.Done() != ok {
			t.Errorf("uint8 %s: %v", key, !ok)
		}
	}
	r := NewReader("-9223372036854775808", nil)
	if v := r.Int(64); v != -1<<63 || !r.Done() {
		t.Errorf("got %d", v)
	}
}

func TestReaderTextMustSpellItselfSo(t *testing.T) {
	for key, want := range map[string]string{
		"10.0.0.1":       "10.0.0.1",
		"%3A%3A1":        "::1",
		"0%3A%3A1":       "", // netip reads it, and spells it ::1
		"010.0.0.1":      "",
		"%3A%3A1%3a":     "",
		"not an address": "",
	} {
		var addr netip.Addr
		r := NewReader(key, NewEscapes(":"))
		r.Text(&addr)
		if ok := want != ""; r.Done() != ok || ok && addr.String() != want {
			t.Errorf("%s: %v, %v", key, addr, r.Done())
		}
	}
	r := NewReader("x", nil)
	if r.Text(readOnly{}); r.Done() {
		t.Error("a text that cannot be given back was accepted")
	}
}

func TestReaderIsSilentAfterAMismatch(t *testing.T) {
	r := NewReader("user:5", nil)
	r.Literal("team:")
	r.Text(unasked{t})
	if r.Int(64) != 0 || r.Uint(64) != 0 || r.Bool() || r.String() != "" || r.Time() != (time.Time{}) {
		t.Error("a value after a mismatch")
	}
	r.Literal("")
	r.Hex(nil)
	if r.Done() {
		t.Error("done after a mismatch")
	}
}

func TestReaderNeedsTheWholeKey(t *testing.T) {
	r := NewReader("user:5", nil)
	if r.Literal("user:"); r.Done() {
		t.Error("done before the end")
	}
	if v := r.Int(64); v != 5 || !r.Done() {
		t.Errorf("got %d, done %v", v, r.Done())
	}
}

func TestReaderAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		var id [2]byte
		r := NewReader("user:-42:name:true:00ff:2024-01-01T00:00:00.5Z", colon)
		r.Literal("user:")
		r.Int(64)
		r.Literal(":")
		_ = r.String()
		r.Literal(":")
		r.Bool()
		r.Literal(":")
		r.Hex(id[:])
		r.Literal(":")
		r.Time()
		if !r.Done() {
			t.Error("refused")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

var colon = NewEscapes(":")

// FuzzReader holds that a key that parses is the key of what it parsed to.
func FuzzReader(f *testing.F) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		f.Add(build(everyKind, parts(rnd, everyKind)))
	}
	f.Add("k:%41-1:1Ab1truet00ffZ2024-01-01T00:00:00Z0")
	f.Fuzz(func(t *testing.T, key string) {
		if vs, ok := parse(everyKind, key); ok && build(everyKind, vs) != key {
			t.Errorf("%q parses as %#v, whose key is %q", key, vs, build(everyKind, vs))
		}
	})
}

// FuzzStrings holds that two strings side by side come back as they were, whatever they hold.
func FuzzStrings(f *testing.F) {
	for _, pair := range [][2]string{
		{"1:2", "3"}, {"1", "2:3"}, {"", ""}, {"%", "3A"}, {"%3A", ":"}, {"\x00\r\n", "\xff"}, {"{}", strings.Repeat(":", 40)},
	} {
		f.Add(pair[0], pair[1])
	}
	p := mustPattern("{a string}:{b string}")
	f.Fuzz(func(t *testing.T, a, b string) {
		key := build(p, []any{a, b})
		if got, ok := parse(p, key); !ok || got[0] != a || got[1] != b {
			t.Errorf("%q, %q come back from %q as %q", a, b, key, got)
		}
	})
}

// readOnly reads any text and cannot give it back.
type readOnly struct{}

func (readOnly) UnmarshalText([]byte) error { return nil }

// unasked fails the test if it is asked to read.
type unasked struct{ t *testing.T }

func (u unasked) UnmarshalText([]byte) error {
	u.t.Error("a text was read after a mismatch")
	return nil
}
