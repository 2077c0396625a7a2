package keys

import (
	"cmp"
	"strings"
)

// state is where the reading of a key stands: in which segment, and what of it matters for the
// bytes to come. A pattern is deterministic, because no part can go on with the first byte of the
// literal after it; so one state is enough.
type state struct {
	segment int
	n       int  // bytes read of the segment; of a number, digits; of a string, of an open escape
	mark    byte // a byte read before that decides what may follow
	order   int  // of a number's digits against those of its limit
}

// step reads one byte. It reports false if no key of the pattern goes on with it.
func (p *Pattern) step(s state, b byte) (state, bool) {
	for ; s.segment < len(p.segments); s = (state{segment: s.segment + 1}) {
		seg := &p.segments[s.segment]
		if next, ok := seg.step(s, b, p.escapes); ok {
			return next, true
		}
		if !seg.complete(s) {
			break
		}
	}
	return s, false
}

// accepts reports whether what has been read is a whole key.
func (p *Pattern) accepts(s state) bool {
	for ; s.segment < len(p.segments); s = (state{segment: s.segment + 1}) {
		if !p.segments[s.segment].complete(s) {
			return false
		}
	}
	return true
}

// step reads one byte of the segment itself.
func (seg *segment) step(s state, b byte, e *Escapes) (state, bool) {
	switch seg.kind {
	case literalKind:
		return s.following(b, s.n < len(seg.literal) && seg.literal[s.n] == b)
	case hexKind:
		return s.following(b, s.n < seg.size && (isDigit(b) || 'a' <= b && b <= 'f'))
	case timeKind:
		return s.following(b, strings.IndexByte(timeBytes(s.n, s.mark), b) >= 0)
	case boolKind:
		return stepBool(s, b)
	case intKind, uintKind:
		return stepNumber(s, b, seg.kind == intKind)
	default:
		return stepString(s, b, e)
	}
}

// complete reports whether the segment may end here.
func (seg *segment) complete(s state) bool {
	switch seg.kind {
	case literalKind:
		return s.n == len(seg.literal)
	case hexKind:
		return s.n == seg.size
	case timeKind:
		return s.mark == 'Z'
	case boolKind:
		return s.n > 0 && s.n == len(boolWord(s.mark))
	case intKind, uintKind:
		return s.n > 0
	default:
		return s.n == 0
	}
}

// following returns the state after b, and ok as it is.
func (s state) following(b byte, ok bool) (state, bool) {
	return state{segment: s.segment, n: s.n + 1, mark: b}, ok
}

func boolWord(first byte) string {
	if first == 't' {
		return "true"
	}
	return "false"
}

func stepBool(s state, b byte) (state, bool) {
	if s.n == 0 {
		s.mark = b
	}
	word := boolWord(s.mark)
	ok := s.n < len(word) && word[s.n] == b
	s.n++
	return s, ok
}

// stepNumber reads a sign or a digit. The mark is the first byte, with 1 for every other digit.
func stepNumber(s state, b byte, signed bool) (state, bool) {
	if s.mark == 0 {
		s.mark = min(b, '1') // - and 0 stay
		if b == '-' {
			return s, signed
		}
	}
	limit := numberLimit(signed, s.mark == '-')
	if !isDigit(b) || s.n == len(limit) || s.mark == '0' && s.n > 0 || s.mark == '-' && s.n == 0 && b == '0' {
		return s, false
	}
	if s.order == 0 {
		s.order = cmp.Compare(b, limit[s.n])
	}
	s.n++
	return s, s.n < len(limit) || s.order <= 0
}

// numberLimit returns the digits of the number that is farthest from zero.
func numberLimit(signed, negative bool) string {
	switch {
	case negative:
		return "9223372036854775808"
	case signed:
		return "9223372036854775807"
	default:
		return "18446744073709551615"
	}
}

// stepString reads a byte of a string. n counts the bytes of an open escape; the mark is its first
// digit.
func stepString(s state, b byte, e *Escapes) (state, bool) {
	switch {
	case s.n == 0 && b == '%':
		return s.following(b, true)
	case s.n == 0:
		return s, !e.table()[b]
	case s.n == 1:
		_, ok := unhex(b)
		return s.following(b, ok)
	default:
		_, ok := e.unescape(string([]byte{'%', s.mark, b}))
		return state{segment: s.segment}, ok
	}
}

const digits = "0123456789"

// timeShape holds, for each byte of a time before its fraction, the bytes that may stand there.
var timeShape = [...]string{
	digits, digits, digits, digits, "-", "01", "012", "-", "0123", digits,
	"T", "012", digits, ":", "012345", digits, ":", "012345", digits, ".Z",
}

// timeBytes returns the bytes that may stand at byte n of a time, after the byte before. A day may
// be as late as the 31st in any month.
func timeBytes(n int, before byte) string {
	const fraction = len(timeShape)
	switch {
	case before == 'Z':
		return ""
	case (n == 6 || n == 9) && before == '0': // no month or day is 00
		return "123456789"
	case n == 9 && before == '3':
		return "01"
	case n == 12 && before == '2':
		return "0123"
	case n < fraction:
		return timeShape[n]
	case n == fraction || before == '0' && n < fraction+9: // no fraction is empty or ends in 0
		return digits
	case before == '0':
		return ""
	case n < fraction+9:
		return digits + "Z"
	default:
		return "Z"
	}
}
