package syntax

import (
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scanArgs splits the text after a directive's name, which begins at pos, into arguments.
func scanArgs(text string, pos token.Pos) ([]Arg, []Error) {
	l := lexer{text: text, pos: pos}
	for l.skipSpace(); l.at < len(text); l.skipSpace() {
		l.scanArg()
	}
	return l.args, l.errs
}

type lexer struct {
	text string
	pos  token.Pos // of text[0]
	at   int       // index of the next byte
	args []Arg
	errs []Error
}

// scanArg scans one argument; l.at is at its first byte.
func (l *lexer) scanArg() {
	start := l.at
	name := l.scanName()
	arg := Arg{Name: name, NamePos: l.posAt(start)}
	switch {
	case name == "" && l.peek() == '=':
		l.strayEquals()
	case l.peek() == '=':
		l.at++
		l.scanValue(&arg)
	case name == "" || !l.atSpace():
		l.noArgument(start)
		arg.HasValue, arg.Broken = true, true
	}
	if name == "" {
		return
	}
	if slices.ContainsFunc(l.args, func(a Arg) bool { return a.Name == name }) {
		l.errorf(start, "%s is repeated: write it once", name)
		return
	}
	l.args = append(l.args, arg)
}

// noArgument reports and skips what begins at start and is no argument.
func (l *lexer) noArgument(start int) {
	l.at = start
	if strings.HasPrefix(l.text[start:], "//") {
		l.errorf(start, "a directive takes no comment: put it on a line of its own")
		l.at = len(l.text)
		return
	}
	l.errorf(start, "%s is no argument: write name=value", l.skipToken())
}

// scanName scans the word that an argument begins with.
func (l *lexer) scanName() string {
	start := l.at
	for isNameByte(l.peek()) {
		l.at++
	}
	return l.text[start:l.at]
}

// strayEquals handles an equals sign with a space before it; what follows it is taken for the
// value of the word before.
func (l *lexer) strayEquals() {
	l.errorf(l.at, "stray =: write name=value, without spaces")
	l.at++
	owner := &Arg{Name: "="}
	if n := len(l.args); n > 0 && !l.args[n-1].HasValue {
		owner = &l.args[n-1]
	}
	l.detachedValue(owner)
}

// scanValue scans what follows name=.
func (l *lexer) scanValue(arg *Arg) {
	if !l.atSpace() {
		l.attachedValue(arg)
		return
	}
	l.errorf(l.at-1, "stray =: %s has no value right after it; write %s=value, without spaces", arg.Name, arg.Name)
	l.detachedValue(arg)
}

// detachedValue scans a value after spaces, unless another argument comes first.
func (l *lexer) detachedValue(arg *Arg) {
	l.skipSpace()
	if l.at == len(l.text) || l.startsArg() {
		arg.HasValue, arg.Broken = true, true
		return
	}
	l.attachedValue(arg)
}

// attachedValue scans a value; l.at is at its first byte.
func (l *lexer) attachedValue(arg *Arg) {
	arg.HasValue = true
	switch l.peek() {
	case '"':
		l.quoted(arg)
	case '`':
		l.raw(arg)
	case '\'':
		l.single(arg)
	default:
		l.bare(arg)
		return
	}
	if l.atSpace() {
		return
	}
	l.errorf(l.at, "text is glued to the closing quote of %s: put a space between", arg.Name)
	if !l.startsArg() {
		l.skipToken()
	}
}

// bare scans a value without quotes.
func (l *lexer) bare(arg *Arg) {
	start := l.at
	arg.ValuePos, arg.Value = l.posAt(start), l.skipToken()
	if i := strings.IndexAny(arg.Value, "=\"`"); i >= 0 {
		arg.Broken = true
		l.errorf(start+i, "stray %c in the value of %s: put the whole value into quotes", arg.Value[i], arg.Name)
	}
}

// raw scans a backquoted value.
func (l *lexer) raw(arg *Arg) {
	start := l.at + 1
	n := strings.IndexByte(l.text[start:], '`')
	if n < 0 {
		l.unclosed(arg)
		return
	}
	arg.Value, arg.ValuePos = l.text[start:start+n], l.posAt(start)
	l.at = start + n + 1
}

// single reports and skips a value in single quotes, which would be part of it.
func (l *lexer) single(arg *Arg) {
	l.errorf(l.at, "the value of %s stands in single quotes: write double quotes", arg.Name)
	arg.Broken = true
	if n := strings.IndexByte(l.text[l.at+1:], '\''); n >= 0 {
		l.at += n + 2
		return
	}
	l.at = len(l.text)
}

// quoted scans a double-quoted value.
func (l *lexer) quoted(arg *Arg) {
	start := l.at + 1
	var value []byte
	var offsets []int
	for at := start; at < len(l.text); {
		if l.text[at] == '"' {
			arg.Value, arg.ValuePos, arg.offsets = string(value), l.posAt(start), append(offsets, at-start)
			l.at = at + 1
			return
		}
		c, width, err := unquote(l.text[at:])
		if err != nil {
			arg.Broken = true
			l.errorf(at, "bad escape in the value of %s: write a backslash as \\\\", arg.Name)
		}
		for range len(c) {
			offsets = append(offsets, at-start)
		}
		value = append(value, c...)
		at += width
	}
	l.unclosed(arg)
}

// unquote decodes the first character of a double-quoted string's text, and returns how many bytes
// of s spell it. A bad escape decodes to nothing.
func unquote(s string) (c []byte, width int, err error) {
	r, multibyte, tail, err := strconv.UnquoteChar(s, '"')
	switch {
	case err != nil:
		_, size := utf8.DecodeRuneInString(s[1:])
		return nil, 1 + size, err
	case multibyte:
		return utf8.AppendRune(nil, r), len(s) - len(tail), nil
	default:
		return []byte{byte(r)}, len(s) - len(tail), nil
	}
}

// unclosed reports the quote at l.at, which takes the rest of the line with it.
func (l *lexer) unclosed(arg *Arg) {
	arg.Broken = true
	l.errorf(l.at, "the quote that opens the value of %s is not closed", arg.Name)
	l.at = len(l.text)
}

// startsArg reports whether l.at is at a name=.
func (l *lexer) startsArg() bool {
	ahead := *l
	return ahead.scanName() != "" && ahead.peek() == '='
}

// skipToken skips and returns the bytes up to the next space that is not inside quotes.
func (l *lexer) skipToken() string {
	start := l.at
	for !l.atSpace() {
		quote := l.text[l.at]
		l.at++
		if quote != '"' && quote != '`' {
			continue
		}
		if n := strings.IndexByte(l.text[l.at:], quote); n >= 0 {
			l.at += n + 1
		}
	}
	return l.text[start:l.at]
}

// atSpace reports whether l.at is at a space or at the end.
func (l *lexer) atSpace() bool {
	return l.at == len(l.text) || skipSpace(l.text, l.at) > l.at
}

func (l *lexer) skipSpace() { l.at = skipSpace(l.text, l.at) }

// peek returns the next byte, or 0 at the end.
func (l *lexer) peek() byte {
	if l.at == len(l.text) {
		return 0
	}
	return l.text[l.at]
}

func (l *lexer) posAt(i int) token.Pos { return l.pos + token.Pos(i) }

func (l *lexer) errorf(at int, format string, args ...any) {
	l.errs = append(l.errs, Error{l.posAt(at), fmt.Sprintf(format, args...)})
}

func isNameByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_' || b == '-'
}
