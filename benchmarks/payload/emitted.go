package payload

import "github.com/cachegen/cachegen/runtime/msgp"

// The functions below call the emitted codecs by themselves, to compare them with codecs written by hand.
// Programs have no need to: the caches call them. The calls are direct, as in a codec written by hand, so
// that the Reader stays on the stack; the runtime's are not, which is one allocation more.

// AppendUser appends the encoding of v.
func AppendUser(b []byte, v *User) []byte { return appendUserPtr(b, v) }

// ReadUser decodes what AppendUser appended. The value keeps b.
func ReadUser(b []byte) (*User, error) {
	r := msgp.NewReader(b, true)
	v := readUserPtr(&r)
	return v, r.Done()
}

// AppendProduct appends the encoding of v.
func AppendProduct(b []byte, v *Product) []byte { return appendProductPtr(b, v) }

// ReadProduct decodes what AppendProduct appended. The value keeps b.
func ReadProduct(b []byte) (*Product, error) {
	r := msgp.NewReader(b, true)
	v := readProductPtr(&r)
	return v, r.Done()
}

// AppendFeed appends the encoding of v.
func AppendFeed(b []byte, v Feed) []byte { return appendFeed(b, v) }

// ReadFeed decodes what AppendFeed appended. The value keeps b.
func ReadFeed(b []byte) (Feed, error) {
	r := msgp.NewReader(b, true)
	v := readFeed(&r)
	return v, r.Done()
}
