package drivertest

import (
	"strings"
	"testing"
)

// awkward are keys that file systems, globs, protocols, patterns and escapes have mistaken for
// something else.
var awkward = []string{
	"a", "A", " ", "a ", " a", "a b", "\x00", "a\x00", "a\x00b", "\n", "a\r\nb", "\t",
	"..", ".", "../a", "../../etc/passwd", "/", "a/b", "a//b", "a/./b", `a\b`, `..\a`, "C:", "nul",
	":", "a:b", "a:", ":a", "!", "a!b", "a!s!b:c", "k:{a}", "l:{a}",
	"{", "}", "{}", "{a}", "{a", "a}", "%", "%7B", "%7b", "%7D", "%257B", "%25", "%2525", "%00", "%%", "a%7Bb",
	"*", "?", "[", "]", "[a-z]", "a*", "a?", `\*`, "^", "$", "'", `"`, "`", ";", "--", "' OR 1=1 --",
	"\xff", "\xc3\x28", "\u00e9", "e\u0301", "日本", "\u202e", "0", "-1", "007", "1e3", "nil", "null", "true",
}

// keys: any bytes are a key, and two different keys are two entries.
func (s *suite) keys(t *testing.T) {
	d := s.driver(t)
	keys := append([]string{}, awkward...)
	for b := range 256 {
		keys = append(keys, "byte "+string([]byte{byte(b)}), string([]byte{byte(b)})+" byte")
	}
	long := strings.Repeat("k", 511)
	keys = append(keys, long, long+"a", long+"b", strings.Repeat("%", 512), strings.Repeat("{", 512), strings.Repeat("\x00", 512))
	for _, key := range keys {
		d.put(key, "value of "+key, 0)
	}
	for _, key := range keys {
		d.wantValue(key, "value of "+key)
	}
	for i, key := range keys {
		if i%2 == 0 {
			d.forget(key)
		}
	}
	for i, key := range keys {
		if i%2 == 0 {
			d.wantMiss(key)
		} else {
			d.wantValue(key, "value of "+key)
		}
	}
}
