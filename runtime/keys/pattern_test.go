package keys

import (
	"strings"
	"testing"
)

func TestParsePattern(t *testing.T) {
	for s, delimiters := range map[string]string{
		"user:{ID int}":                   ":",
		"posts:popular":                   ":",
		"user":                            "",
		"{ID string}":                     "",
		"a{x string}b{y int}c/{z bool}":   "/bc",
		"user:{Address.Zip text}/{é int}": "/:",
		"{id hex16}:{at time}":            ":",
		"{a string}é":                     "\xa9\xc3",
		"{a int}-{b int}":                 "-",
		"v2/{a hex4096}":                  "/",
	} {
		p, err := ParsePattern(s)
		if err != nil {
			t.Error(err)
		}
		if p.String() != s || p.Delimiters() != delimiters {
			t.Errorf("%s: spelled %s, delimiters %q, want %q", s, p, p.Delimiters(), delimiters)
		}
	}
}

func TestParsePatternErrors(t *testing.T) {
	for s, want := range map[string]string{
		"":                  "it is empty",
		"user:{ID int":      `"{ID int" is not closed`,
		"{":                 `"{" is not closed`,
		"user}":             "must not hold '}'",
		"a b":               "must not hold ' '",
		"100%":              "must not hold '%'",
		"a\x00":             `must not hold '\x00'`,
		"a\x7f":             `must not hold '\x7f'`,
		"{}":                "{} has no name",
		"{ int}":            "{ int} has no name",
		"{a.b. int}":        "has no name",
		"{1a int}":          "has no name",
		"{a{ int}":          "has no name",
		"{a}":               "has no known kind",
		"{a  int}":          "has no known kind",
		"{a int }":          "has no known kind",
		"{a float}":         "has no known kind",
		"{a hex}":           "has no known kind",
		"{a hex0}":          "has no known kind",
		"{a hex+8}":         "has no known kind",
		"{a hex08}":         "has no known kind",
		"{a hex4097}":       "has no known kind",
		"u:{a int}{b int}":  "the part at byte 9 follows another",
		"u:{a int}5{b int}": "the text at byte 9 begins with a digit and follows a number",
		"{a uint}0":         "begins with a digit",
	} {
		_, err := ParsePattern(s)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "cachegen/keys: pattern ") {
			t.Errorf("%q: error %v, want %q", s, err, want)
		}
	}
}

func TestZeroPatternIsTheEmptyKey(t *testing.T) {
	if witness, overlap := Overlap(Pattern{}, Pattern{}); !overlap || witness != "" {
		t.Errorf("%q, %v", witness, overlap)
	}
	if _, overlap := Overlap(Pattern{}, mustPattern("a")); overlap {
		t.Error("the empty key is a key of a")
	}
}

func FuzzParsePattern(f *testing.F) {
	f.Add(everyKind.String())
	f.Add("{a int}5")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePattern(s)
		if err != nil {
			return
		}
		if p.String() != s {
			t.Errorf("%q is spelled %q", s, p)
		}
		if _, overlap := Overlap(p, p); !overlap {
			t.Errorf("%q does not overlap with itself", s)
		}
	})
}
