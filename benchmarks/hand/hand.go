// Package hand has codecs of the payloads, written by hand: the floor that other codecs are measured
// against.
//
// They append to a buffer that the caller keeps, and write what vmihailenco/msgpack writes. They decode
// without copying: strings and byte slices of the result are parts of the input, which the caller must
// leave alone from then on. Unknown fields are errors.
package hand

import "github.com/cachegen/cachegen/benchmarks/payload"

// AppendUser appends the encoding of u.
func AppendUser(dst []byte, u *payload.User) []byte {
	dst = append(dst, fixmap|7)
	dst = appendInt64(append(dst, "\xa2ID"...), u.ID)
	dst = appendString(append(dst, "\xa4Name"...), u.Name)
	dst = appendString(append(dst, "\xa5Email"...), u.Email)
	dst = appendTime(append(dst, "\xa7Created"...), u.Created)
	dst = appendStrings(append(dst, "\xa5Roles"...), u.Roles)
	dst = appendStringMap(append(dst, "\xa5Prefs"...), u.Prefs)
	return appendAddress(append(dst, "\xa7Address"...), u.Address)
}

func appendAddress(dst []byte, a *payload.Address) []byte {
	if a == nil {
		return append(dst, null)
	}
	dst = append(dst, fixmap|4)
	dst = appendString(append(dst, "\xa6Street"...), a.Street)
	dst = appendString(append(dst, "\xa4City"...), a.City)
	dst = appendString(append(dst, "\xa3Zip"...), a.Zip)
	return appendString(append(dst, "\xa7Country"...), a.Country)
}

// userParts is what a user consists of, in one piece of memory.
type userParts struct {
	user    payload.User
	address payload.Address
	roles   [4]string
}

// DecodeUser decodes what AppendUser appended.
func DecodeUser(b []byte) (*payload.User, error) {
	r := reader{b: b}
	p := new(userParts)
	u := &p.user
	for range r.mapLen() {
		switch string(r.bytes()) {
		case "ID":
			u.ID = r.int()
		case "Name":
			u.Name = r.string()
		case "Email":
			u.Email = r.string()
		case "Created":
			u.Created = r.time()
		case "Roles":
			u.Roles = r.strings(p.roles[:])
		case "Prefs":
			u.Prefs = r.stringMap()
		case "Address":
			u.Address = r.address(&p.address)
		default:
			r.fail()
		}
	}
	return u, r.done()
}

// address decodes into a, and returns it, or nil if there is none.
func (r *reader) address(a *payload.Address) *payload.Address {
	if r.null() {
		return nil
	}
	for range r.mapLen() {
		switch string(r.bytes()) {
		case "Street":
			a.Street = r.string()
		case "City":
			a.City = r.string()
		case "Zip":
			a.Zip = r.string()
		case "Country":
			a.Country = r.string()
		default:
			r.fail()
		}
	}
	return a
}

// AppendFeed appends the encoding of f.
func AppendFeed(dst []byte, f payload.Feed) []byte {
	dst = appendArrayLen(dst, len(f))
	for i := range f {
		p := &f[i]
		dst = append(dst, fixmap|5)
		dst = appendInt64(append(dst, "\xa2ID"...), p.ID)
		dst = appendString(append(dst, "\xa5Title"...), p.Title)
		dst = appendString(append(dst, "\xa4Body"...), p.Body)
		dst = appendInt64(append(dst, "\xa5Views"...), p.Views)
		dst = appendTime(append(dst, "\xa7Created"...), p.Created)
	}
	return dst
}

// DecodeFeed decodes what AppendFeed appended.
func DecodeFeed(b []byte) (payload.Feed, error) {
	r := reader{b: b}
	f := make(payload.Feed, r.arrayLen())
	for i := range f {
		r.post(&f[i])
	}
	return f, r.done()
}

func (r *reader) post(p *payload.Post) {
	for range r.mapLen() {
		switch string(r.bytes()) {
		case "ID":
			p.ID = r.int()
		case "Title":
			p.Title = r.string()
		case "Body":
			p.Body = r.string()
		case "Views":
			p.Views = r.int()
		case "Created":
			p.Created = r.time()
		default:
			r.fail()
		}
	}
}

// AppendBlob appends the encoding of v.
func AppendBlob(dst, v []byte) []byte { return append(appendBytesLen(dst, len(v)), v...) }

// DecodeBlob decodes what AppendBlob appended.
func DecodeBlob(b []byte) ([]byte, error) {
	r := reader{b: b}
	v := r.bytes()
	return v, r.done()
}
