package syntax

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nearMiss reports a comment that is not a directive but reads like one.
func nearMiss(c *ast.Comment) (Error, bool) {
	text := strings.TrimSuffix(c.Text, "*/")
	start := skipSpace(text, len("//"))
	colon := strings.IndexByte(text[start:min(start+len(tool)+2, len(text))], ':')
	if colon < 0 || !oneEdit(text[start:start+colon], tool) {
		return Error{}, false
	}
	colon += start
	name := skipSpace(text, colon+1)
	end := skipWord(text, name)
	exact := text[:colon] == "//"+tool
	if !exact && !isMeant(text[colon+1:], text[name:end], text[end:]) {
		return Error{}, false
	}
	return Error{c.Slash, fmt.Sprintf("%q is no directive and would be ignored: write %s", text[:end], spelling(text[name:end]))}, true
}

// isMeant tells a directive from prose by what stands after the colon: a word without a space
// before it, or the name of a directive with arguments or nothing after it.
func isMeant(after, name, args string) bool {
	first, _ := utf8.DecodeRuneInString(after)
	if unicode.IsLetter(first) {
		return true
	}
	known := slices.Contains(directiveNames, strings.ToLower(name))
	return known && (strings.Contains(args, "=") || strings.TrimSpace(args) == "")
}

// spelling returns the directive that a wrongly spelt name stands for, else all there are.
func spelling(name string) string {
	if known := nearestDirective(name); known != "" {
		return "//" + tool + ":" + known
	}
	return "//" + tool + ":" + strings.Join(directiveNames, ", //"+tool+":")
}

// oneEdit reports whether one byte added, dropped or changed, or two neighbours swapped, at most,
// make a into b, which is lower-case letters. The case of a does not matter.
func oneEdit(a, b string) bool {
	for a != "" && b != "" && lower(a[0]) == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && lower(a[len(a)-1]) == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	swapped := len(a) == 2 && len(b) == 2 && lower(a[0]) == b[1] && lower(a[1]) == b[0]
	return len(a) <= 1 && len(b) <= 1 || swapped
}

// lower returns an ASCII letter in lower case, and any other byte as it is.
func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}

// skipSpace returns the index of the first byte of s that is not space, from i on.
func skipSpace(s string, i int) int {
	return len(s) - len(strings.TrimLeftFunc(s[i:], unicode.IsSpace))
}

// skipWord returns the index of the first space of s from i on, or its length.
func skipWord(s string, i int) int {
	if n := strings.IndexFunc(s[i:], unicode.IsSpace); n >= 0 {
		return i + n
	}
	return len(s)
}
