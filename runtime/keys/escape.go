package keys

const upperHex = "0123456789ABCDEF"

// Escapes is the set of bytes that are percent-escaped in the strings and texts of one pattern.
// It is immutable and safe for concurrent use. A nil *Escapes is the set without delimiters. The
// zero value escapes nothing, so that keys would not be injective: use [NewEscapes].
type Escapes struct {
	set [256]bool
}

var always = NewEscapes("")

// NewEscapes returns the set of the bytes of delimiters (see [Pattern.Delimiters]) and of those that
// are always escaped: %, braces, bytes below 0x20 and 0x7F.
func NewEscapes(delimiters string) *Escapes {
	e := &Escapes{}
	for b := range byte(0x20) {
		e.set[b] = true
	}
	for _, b := range []byte("%{}\x7f" + delimiters) {
		e.set[b] = true
	}
	return e
}

// table returns the set to look bytes up in.
func (e *Escapes) table() *[256]bool {
	if e == nil {
		e = always
	}
	return &e.set
}

// appendEscaped appends text with each byte of e as %XX, in upper case.
func appendEscaped[T string | []byte](dst []byte, text T, e *Escapes) []byte {
	set, plain := e.table(), 0 // text[plain:i] needs no escape and is not yet appended
	for i := range len(text) {
		if b := text[i]; set[b] {
			dst = append(dst, text[plain:i]...)
			dst = append(dst, '%', upperHex[b>>4], upperHex[b&15])
			plain = i + 1
		}
	}
	return append(dst, text[plain:]...)
}

// unescape returns the byte that %XX spells at the start of s. It reports false unless the spelling
// is the one that appendEscaped uses.
func (e *Escapes) unescape(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	high, ok1 := unhex(s[1])
	low, ok2 := unhex(s[2])
	b := high<<4 | low
	return b, ok1 && ok2 && e.table()[b]
}

// unhex returns the value of an upper-case hex digit.
func unhex(digit byte) (byte, bool) {
	switch {
	case '0' <= digit && digit <= '9':
		return digit - '0', true
	case 'A' <= digit && digit <= 'F':
		return digit - 'A' + 10, true
	}
	return 0, false
}
