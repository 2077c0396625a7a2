package msgp

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// MaxFields is how many fields a struct may have to be described by [Fields].
const MaxFields = 256

// Fields describes the fields of a struct: their names, in the order in which they are written, and
// which of them have to be there. It is immutable.
type Fields struct {
	names    []string
	keys     []key // the names as they are written
	aliases  []alias
	required fieldSet
}

// key is a name as it is written, header and all. Most are short: of those, one comparison of numbers
// tells whether they are next, where the comparison of strings is a call.
type key struct {
	text       string
	word, mask uint64 // the first eight bytes of text, as far as there are so many
}

func keyOf(name string) key {
	k := key{text: string(AppendString(nil, name))}
	for i := range min(len(k.text), 8) {
		k.word |= uint64(k.text[i]) << (8 * i)
		k.mask |= 0xFF << (8 * i)
	}
	return k
}

// begins reports whether b begins with k.
func (k *key) begins(b []byte) bool {
	if len(b) < 8 || len(k.text) > 8 {
		return len(b) >= len(k.text) && string(b[:len(k.text)]) == k.text
	}
	return binary.LittleEndian.Uint64(b)&k.mask == k.word
}

// alias is a further name under which a field is read.
type alias struct {
	name  string
	field int
}

// NewFields describes fields by their msgpack struct tags: a name, then ",omitempty" if the field may
// be missing, and ",alias:NAME" if it is read by another name too. The number of a field is its place
// among them. NewFields panics if there are more than [MaxFields].
func NewFields(tags ...string) *Fields {
	f := &Fields{names: make([]string, len(tags)), keys: make([]key, len(tags))}
	for i, tag := range tags {
		options := strings.Split(tag, ",")
		f.names[i], f.keys[i] = options[0], keyOf(options[0])
		optional := false
		for _, o := range options[1:] {
			if other, ok := strings.CutPrefix(o, "alias:"); ok {
				f.aliases = append(f.aliases, alias{other, i})
			}
			optional = optional || o == "omitempty"
		}
		if !optional {
			f.required.add(uint(i))
		}
	}
	return f
}

// find returns the number of a field by its name, or -1. It looks from field number from on, then from
// the first.
func (f *Fields) find(name []byte, from int) int {
	for i := from; i < len(f.names); i++ {
		if f.names[i] == string(name) {
			return i
		}
	}
	for i, n := range f.names[:min(from, len(f.names))] {
		if n == string(name) {
			return i
		}
	}
	for _, a := range f.aliases {
		if a.name == string(name) {
			return a.field
		}
	}
	return -1
}

// fieldSet is a set of numbers of fields.
type fieldSet [MaxFields / 64]uint64

// add adds i, and reports whether it is new.
func (s *fieldSet) add(i uint) bool {
	word, bit := &s[i/64], uint64(1)<<(i%64)
	isNew := *word&bit == 0
	*word |= bit
	return isNew
}

// missing returns the first number of s that is not in other, or -1.
func (s *fieldSet) missing(other *fieldSet) int {
	for i, word := range s {
		if left := word &^ other[i]; left != 0 {
			return 64*i + bits.TrailingZeros64(left)
		}
	}
	return -1
}
