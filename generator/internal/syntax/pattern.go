package syntax

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLiteral is the most bytes that one literal of a pattern may have: half of a key that is
// stored as it is.
const maxLiteral = 256

// Pattern is a key pattern as the user wrote it, such as "zip:{Address.Zip}/{name}". Literals and
// parts alternate: two parts always have text between them. The zero value is no pattern.
type Pattern struct {
	Source   string // the decoded text
	Segments []Segment
}

// Segment is a run of literal text, or a part in braces.
type Segment struct {
	Literal string      // "" for a part
	Path    []string    // of a part: {Address.Zip} is ["Address" "Zip"]; nil for a literal
	Pos     token.Pos   // of the first byte; of a part, its opening brace
	End     token.Pos   // after the last byte; of a part, after its closing brace
	Elems   []token.Pos // of each element of Path
}

// IsPart reports whether the segment is a part and not a literal.
func (s Segment) IsPart() bool { return s.Path != nil }

// ParsePattern parses the value of a key argument. With any error the Pattern is the zero value.
func ParsePattern(a Arg) (Pattern, []Error) {
	p := patternParser{arg: a}
	if a.Value == "" {
		p.errorf(0, "the key is empty: write text such as posts:popular, with parts in braces such as user:{ID}")
	}
	for at := 0; at < len(a.Value); {
		if a.Value[at] == '{' {
			at = p.part(at)
		} else {
			at = p.literal(at)
		}
	}
	if len(p.errs) > 0 {
		return Pattern{}, p.errs
	}
	return Pattern{Source: a.Value, Segments: p.segments}, nil
}

type patternParser struct {
	arg      Arg
	segments []Segment
	errs     []Error
}

// literal parses the text from byte start on and returns the index after it.
func (p *patternParser) literal(start int) int {
	text := p.arg.Value[start:]
	if n := strings.IndexByte(text, '{'); n >= 0 {
		text = text[:n]
	}
	for i, r := range text {
		if complaint := literalComplaint(r); complaint != "" {
			p.errorf(start+i, "%s", complaint)
		}
	}
	if len(text) > maxLiteral {
		p.errorf(start+maxLiteral, "this text of the key is %d bytes long: write at most %d", len(text), maxLiteral)
	}
	end := start + len(text)
	p.segments = append(p.segments, Segment{Literal: text, Pos: p.arg.PosAt(start), End: p.arg.PosAt(end)})
	return end
}

// literalComplaint says why r may not stand in a literal, or "".
func literalComplaint(r rune) string {
	switch {
	case r == '}':
		return "stray }: a part begins with {, such as {ID}"
	case r == '%':
		return "a key's text must not hold %, which begins an escape: leave it out"
	case unicode.IsSpace(r):
		return "a key's text must not hold spaces: write a dash or an underscore"
	case r == utf8.RuneError || !unicode.IsPrint(r):
		return fmt.Sprintf("a key's text must not hold %q: write letters, digits and punctuation", r)
	}
	return ""
}

// part parses the part whose brace opens at byte start and returns the index after it.
func (p *patternParser) part(start int) int {
	n := strings.IndexAny(p.arg.Value[start+1:], "{}")
	if n < 0 || p.arg.Value[start+1+n] == '{' {
		p.errorf(start, "this { is not closed: write a part as {ID}")
		if n < 0 {
			return len(p.arg.Value)
		}
		return start + 1 + n
	}
	end := start + 1 + n + 1
	seg := Segment{Pos: p.arg.PosAt(start), End: p.arg.PosAt(end)}
	p.path(&seg, start+1, p.arg.Value[start+1:end-1])
	p.add(seg, start)
	return end
}

// path parses what stands between two braces, which begins at byte at.
func (p *patternParser) path(seg *Segment, at int, inside string) {
	if strings.TrimSpace(inside) == "" {
		p.errorf(at-1, "{%s} names nothing: write a field or a parameter, such as {ID}", inside)
	} else if i := strings.IndexFunc(inside, unicode.IsSpace); i >= 0 {
		p.errorf(at+i, "{%s} holds a space: write the name alone, such as {ID}", inside)
	} else {
		for elem := range strings.SplitSeq(inside, ".") {
			if !isIdentifier(elem) {
				p.errorf(at, "%q in {%s} is not a Go identifier: write a field or a parameter, such as {ID}", elem, inside)
			}
			seg.Path, seg.Elems = append(seg.Path, elem), append(seg.Elems, p.arg.PosAt(at))
			at += len(elem) + len(".")
		}
	}
}

// add appends a part that begins at byte start.
func (p *patternParser) add(seg Segment, start int) {
	if n := len(p.segments); n > 0 && p.segments[n-1].Literal == "" {
		p.errorf(start, "two parts stand side by side: write text between them, such as a colon")
	}
	same := func(s Segment) bool { return s.IsPart() && slices.Equal(s.Path, seg.Path) }
	if slices.ContainsFunc(p.segments, same) {
		p.errorf(start, "{%s} is repeated: write each part once", strings.Join(seg.Path, "."))
	}
	p.segments = append(p.segments, seg)
}

func (p *patternParser) errorf(at int, format string, args ...any) {
	p.errs = append(p.errs, p.arg.errorf(at, format, args...)...)
}
