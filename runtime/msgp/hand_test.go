package msgp_test

import (
	"encoding/binary"
	"math"
	"time"
	"unsafe"
)

// Codecs as one would write them by hand for speed alone, to compare emitted ones with: they know
// the order of the fields, take no encoding but the usual one of each, put what belongs together into one piece of
// memory, and panic at the first byte that is not as expected.

type handReader struct {
	b []byte
}

func (r *handReader) expect(literal string) {
	if string(r.b[:len(literal)]) != literal {
		panic("another literal")
	}
	r.b = r.b[len(literal):]
}

func (r *handReader) string() string {
	n, start := int(r.b[0]&0x1F), 1
	switch r.b[0] {
	case 0xD9:
		n, start = int(r.b[1]), 2
	case 0xDA:
		n, start = int(binary.BigEndian.Uint16(r.b[1:])), 3
	}
	v := r.b[start : start+n]
	r.b = r.b[start+n:]
	return unsafe.String(unsafe.SliceData(v), len(v))
}

func (r *handReader) int64() int64 {
	r.expect("\xd3")
	v := binary.BigEndian.Uint64(r.b)
	r.b = r.b[8:]
	return int64(v)
}

func (r *handReader) int32() int32 {
	r.expect("\xd2")
	v := binary.BigEndian.Uint32(r.b)
	r.b = r.b[4:]
	return int32(v)
}

func (r *handReader) float64() float64 {
	r.expect("\xcb")
	v := binary.BigEndian.Uint64(r.b)
	r.b = r.b[8:]
	return math.Float64frombits(v)
}

func (r *handReader) float32() float32 {
	r.expect("\xca")
	v := binary.BigEndian.Uint32(r.b)
	r.b = r.b[4:]
	return math.Float32frombits(v)
}

func (r *handReader) bool() bool {
	v := r.b[0] == 0xC3
	r.b = r.b[1:]
	return v
}

func (r *handReader) time() time.Time {
	r.expect("\xd7\xff")
	v := binary.BigEndian.Uint64(r.b)
	r.b = r.b[8:]
	return time.Unix(int64(v&(1<<34-1)), int64(v>>34))
}

func (r *handReader) header(fix byte) int {
	n, size := int(r.b[0]&^fix), 1
	if r.b[0] == 0xDC {
		n, size = int(binary.BigEndian.Uint16(r.b[1:])), 3
	}
	r.b = r.b[size:]
	return n
}

// handUserParts is what a user consists of, in one piece of memory.
type handUserParts struct {
	user    user
	address address
	roles   [4]string
}

func handReadUser(b []byte) *user {
	r, p := handReader{b}, new(handUserParts)
	u := &p.user
	r.expect("\x87\xa2ID")
	u.ID = r.int64()
	r.expect("\xa4Name")
	u.Name = r.string()
	r.expect("\xa5Email")
	u.Email = r.string()
	r.expect("\xa7Created")
	u.Created = r.time()
	r.expect("\xa5Roles")
	u.Roles = p.roles[:r.header(0x90)]
	for i := range u.Roles {
		u.Roles[i] = r.string()
	}
	r.expect("\xa5Prefs")
	n := r.header(0x80)
	u.Prefs = make(map[string]string, n)
	for range n {
		k := r.string()
		u.Prefs[k] = r.string()
	}
	r.expect("\xa7Address")
	u.Address = &p.address
	r.expect("\x84\xa6Street")
	p.address.Street = r.string()
	r.expect("\xa4City")
	p.address.City = r.string()
	r.expect("\xa3Zip")
	p.address.Zip = r.string()
	r.expect("\xa7Country")
	p.address.Country = r.string()
	return u
}

func handReadProduct(b []byte) *product {
	r, p := handReader{b}, new(product)
	r.expect("\x8d\xa2ID")
	p.ID = r.int64()
	r.expect("\xa3SKU")
	p.SKU = r.string()
	r.expect("\xa4Name")
	p.Name = r.string()
	r.expect("\xa5Brand")
	p.Brand = r.string()
	r.expect("\xa5Cents")
	p.Cents = r.int64()
	r.expect("\xa8Currency")
	p.Currency = r.string()
	r.expect("\xa6Weight")
	p.Weight = r.float64()
	r.expect("\xa5Stock")
	p.Stock = r.int32()
	r.expect("\xa6Rating")
	p.Rating = r.float32()
	r.expect("\xa6Active")
	p.Active = r.bool()
	r.expect("\xa7Created")
	p.Created = r.time()
	r.expect("\xa7Updated")
	p.Updated = r.time()
	r.expect("\xa8Variants")
	p.Variants = make([]variant, r.header(0x90))
	for i := range p.Variants {
		r.variant(&p.Variants[i])
	}
	return p
}

func (r *handReader) variant(v *variant) {
	r.expect("\x86\xa3SKU")
	v.SKU = r.string()
	r.expect("\xa5Color")
	v.Color = r.string()
	r.expect("\xa4Size")
	v.Size = r.string()
	r.expect("\xa5Cents")
	v.Cents = r.int64()
	r.expect("\xa5Stock")
	v.Stock = r.int32()
	r.expect("\xa6Active")
	v.Active = r.bool()
}

func handReadFeed(b []byte) feed {
	r := handReader{b}
	f := make(feed, r.header(0x90))
	for i := range f {
		p := &f[i]
		r.expect("\x85\xa2ID")
		p.ID = r.int64()
		r.expect("\xa5Title")
		p.Title = r.string()
		r.expect("\xa4Body")
		p.Body = r.string()
		r.expect("\xa5Views")
		p.Views = r.int64()
		r.expect("\xa7Created")
		p.Created = r.time()
	}
	return f
}
