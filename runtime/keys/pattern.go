package keys

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Pattern is the shape of a cache's keys: literal text, and parts with a name and a kind, such as
// "user:{ID int}/{name string}". The kinds are int, uint, bool, string, text, time and hexN, the
// hex digits of N bytes. The zero value has the empty key alone. A Pattern is immutable and safe
// for concurrent use.
type Pattern struct {
	source   string
	segments []segment
	escapes  *Escapes
}

// segment is a literal, or a part of some kind.
type segment struct {
	kind    kind
	literal string
	size    int // of a hex part, in digits
}

type kind string

const (
	literalKind kind = ""
	intKind     kind = "int"
	uintKind    kind = "uint"
	boolKind    kind = "bool"
	stringKind  kind = "string"
	textKind    kind = "text"
	timeKind    kind = "time"
	hexKind     kind = "hex"
)

// maxHexBytes bounds the N of hexN: longer arrays make no sensible keys.
const maxHexBytes = 4096

// ParsePattern parses the spelling that [Pattern.String] returns and generated code records. It
// refuses patterns whose keys would not be injective: two parts without text between them, and an
// integer before a literal that begins with a digit.
func ParsePattern(s string) (Pattern, error) {
	p := Pattern{source: s}
	if s == "" {
		return Pattern{}, p.errorf("it is empty: write at least one byte of text")
	}
	for rest := s; rest != ""; {
		seg, after, err := p.next(rest)
		if err != nil {
			return Pattern{}, err
		}
		if err := p.add(seg, len(s)-len(rest)); err != nil {
			return Pattern{}, err
		}
		rest = after
	}
	p.escapes = NewEscapes(p.Delimiters())
	return p, nil
}

// String returns the pattern as it was parsed, which is its one spelling.
func (p Pattern) String() string { return p.source }

// Delimiters returns, sorted, the bytes that [NewEscapes] needs for the pattern's strings and
// texts: those of its literals that are not ASCII letters or digits, and the first byte of every
// literal that follows a part.
func (p Pattern) Delimiters() string {
	var set [256]bool
	for i, seg := range p.segments {
		for j, b := range []byte(seg.literal) {
			if !isAlphanumeric(b) || i > 0 && j == 0 {
				set[b] = true
			}
		}
	}
	var delimiters []byte
	for b, in := range set {
		if in {
			delimiters = append(delimiters, byte(b))
		}
	}
	return string(delimiters)
}

// next cuts the first segment off rest, which is not empty.
func (p *Pattern) next(rest string) (seg segment, after string, err error) {
	if rest[0] != '{' {
		literal := rest
		if i := strings.IndexByte(rest, '{'); i >= 0 {
			literal = rest[:i]
		}
		return segment{literal: literal}, rest[len(literal):], p.checkLiteral(literal)
	}
	inside, after, closed := strings.Cut(rest[1:], "}")
	if !closed {
		return seg, "", p.errorf("%q is not closed: add a closing brace", rest)
	}
	seg, err = p.parsePart(inside)
	return seg, after, err
}

// add appends a segment, which begins at the given byte, unless it makes keys ambiguous.
func (p *Pattern) add(seg segment, at int) error {
	if n := len(p.segments); n > 0 {
		switch before := p.segments[n-1].kind; {
		case seg.kind != literalKind && before != literalKind:
			return p.errorf("the part at byte %d follows another without text between them: write some, such as a colon", at)
		case (before == intKind || before == uintKind) && isDigit(seg.literal[0]):
			return p.errorf("the text at byte %d begins with a digit and follows a number: begin it with another character, such as a colon", at)
		}
	}
	p.segments = append(p.segments, seg)
	return nil
}

func (p *Pattern) checkLiteral(literal string) error {
	for _, b := range []byte(literal) {
		if b == '%' || b == '}' || b <= ' ' || b == 0x7f {
			return p.errorf("its text must not hold %q: leave it out", b)
		}
	}
	return nil
}

// parsePart parses what stands between two braces.
func (p *Pattern) parsePart(inside string) (segment, error) {
	name, spelling, _ := strings.Cut(inside, " ")
	for elem := range strings.SplitSeq(name, ".") {
		if !isIdentifier(elem) {
			return segment{}, p.errorf("{%s} has no name: write {name kind}", inside)
		}
	}
	switch k := kind(spelling); k {
	case intKind, uintKind, boolKind, stringKind, textKind, timeKind:
		return segment{kind: k}, nil
	}
	digits, isHex := strings.CutPrefix(spelling, string(hexKind))
	n, err := strconv.Atoi(digits)
	if !isHex || err != nil || n < 1 || n > maxHexBytes || strconv.Itoa(n) != digits {
		return segment{}, p.errorf("{%s} has no known kind: write int, uint, bool, string, text, time, or hex and a number of bytes from 1 to %d", inside, maxHexBytes)
	}
	return segment{kind: hexKind, size: 2 * n}, nil
}

func (p *Pattern) errorf(format string, args ...any) error {
	return fmt.Errorf("cachegen/keys: pattern %q: %s", p.source, fmt.Sprintf(format, args...))
}

func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

func isAlphanumeric(b byte) bool {
	return isDigit(b) || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}
