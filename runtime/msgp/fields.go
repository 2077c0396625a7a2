package msgp

import (
	"math/bits"
	"strings"
)

// MaxFields is how many fields a struct may have to be described by [Fields].
const MaxFields = 256

// Fields describes the fields of a struct: their names, in the order in which they are written, and
// which of them have to be there. It is immutable.
type Fields struct {
	names    []string
	required fieldSet
}

// NewFields describes fields by their msgpack struct tags: a name, then ",omitempty" if the field may
// be missing. The number of a field is its place among them. NewFields panics if there are more than
// [MaxFields].
func NewFields(tags ...string) *Fields {
	f := &Fields{}
	for i, tag := range tags {
		name, options, _ := strings.Cut(tag, ",")
		f.names = append(f.names, name)
		if options != "omitempty" {
			f.required.add(uint(i))
		}
	}
	return f
}

// fieldSet is a set of numbers of fields.
type fieldSet [MaxFields / 64]uint64

func (s *fieldSet) add(i uint) { s[i/64] |= 1 << (i % 64) }

// len returns how many numbers are in s.
func (s *fieldSet) len() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
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
