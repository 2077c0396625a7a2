package msgp_test

import (
	"maps"
	"slices"
	"time"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// The types of the benchmarks, and for each the code that a generator emits: append, read and clone.

type user struct {
	ID      int64
	Name    string
	Email   string
	Created time.Time
	Roles   []string
	Prefs   map[string]string
	Address *address
}

type address struct {
	Street  string
	City    string
	Zip     string
	Country string
}

type product struct {
	ID       int64
	SKU      string
	Name     string
	Brand    string
	Cents    int64
	Currency string
	Weight   float64
	Stock    int32
	Rating   float32
	Active   bool
	Created  time.Time
	Updated  time.Time
	Variants []variant
}

type variant struct {
	SKU    string
	Color  string
	Size   string
	Cents  int64
	Stock  int32
	Active bool
}

type feed []post

type post struct {
	ID      int64
	Title   string
	Body    string
	Views   int64
	Created time.Time
}

var userFields = msgp.NewFields("ID", "Name", "Email", "Created", "Roles", "Prefs", "Address")

func appendUser(b []byte, v *user) []byte {
	b = msgp.AppendInt64(append(b, "\x87\xa2ID"...), v.ID)
	b = msgp.AppendString(append(b, "\xa4Name"...), v.Name)
	b = msgp.AppendString(append(b, "\xa5Email"...), v.Email)
	b = msgp.AppendTime(append(b, "\xa7Created"...), v.Created)
	b = appendStringSlice(append(b, "\xa5Roles"...), v.Roles)
	b = appendStringStringMap(append(b, "\xa5Prefs"...), v.Prefs)
	return appendAddressPtr(append(b, "\xa7Address"...), v.Address)
}

func readUser(r *msgp.Reader, v *user) {
	s := r.Struct(userFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.ID = r.Int64()
		case 1:
			v.Name = r.String()
		case 2:
			v.Email = r.String()
		case 3:
			v.Created = r.Time()
		case 4:
			v.Roles = readStringSlice(r)
		case 5:
			v.Prefs = readStringStringMap(r)
		case 6:
			v.Address = readAddressPtr(r)
		}
	}
}

func appendUserPtr(b []byte, v *user) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	return appendUser(b, v)
}

func readUserPtr(r *msgp.Reader) *user {
	if r.Nil() {
		return nil
	}
	v := new(user)
	readUser(r, v)
	return v
}

// detachUser makes v, a plain copy of a user, share nothing with it that can be changed.
func detachUser(v *user) {
	v.Roles = slices.Clone(v.Roles)
	v.Prefs = maps.Clone(v.Prefs)
	v.Address = cloneAddressPtr(v.Address)
}

func cloneUserPtr(v *user) *user {
	if v == nil {
		return nil
	}
	c := *v
	detachUser(&c)
	return &c
}

var addressFields = msgp.NewFields("Street", "City", "Zip", "Country")

func appendAddress(b []byte, v *address) []byte {
	b = msgp.AppendString(append(b, "\x84\xa6Street"...), v.Street)
	b = msgp.AppendString(append(b, "\xa4City"...), v.City)
	b = msgp.AppendString(append(b, "\xa3Zip"...), v.Zip)
	return msgp.AppendString(append(b, "\xa7Country"...), v.Country)
}

func readAddress(r *msgp.Reader, v *address) {
	s := r.Struct(addressFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.Street = r.String()
		case 1:
			v.City = r.String()
		case 2:
			v.Zip = r.String()
		case 3:
			v.Country = r.String()
		}
	}
}

func appendAddressPtr(b []byte, v *address) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	return appendAddress(b, v)
}

func readAddressPtr(r *msgp.Reader) *address {
	if r.Nil() {
		return nil
	}
	v := new(address)
	readAddress(r, v)
	return v
}

func cloneAddressPtr(v *address) *address {
	if v == nil {
		return nil
	}
	c := *v
	return &c
}

func appendStringSlice(b []byte, v []string) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendArrayHeader(b, len(v))
	for _, e := range v {
		b = msgp.AppendString(b, e)
	}
	return b
}

func readStringSlice(r *msgp.Reader) []string {
	if r.Nil() {
		return nil
	}
	v := make([]string, r.ArrayHeader(1))
	for i := range v {
		v[i] = r.String()
	}
	return v
}

func appendStringStringMap(b []byte, v map[string]string) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendMapHeader(b, len(v))
	for k, e := range v {
		b = msgp.AppendString(b, k)
		b = msgp.AppendString(b, e)
	}
	return b
}

func readStringStringMap(r *msgp.Reader) map[string]string {
	if r.Nil() {
		return nil
	}
	n := r.MapHeader(2)
	v := make(map[string]string, n)
	for range n {
		k := r.String()
		v[k] = r.String()
	}
	r.Distinct(len(v), n)
	return v
}

var productFields = msgp.NewFields("ID", "SKU", "Name", "Brand", "Cents", "Currency", "Weight", "Stock", "Rating", "Active",
	"Created", "Updated", "Variants")

func appendProduct(b []byte, v *product) []byte {
	b = msgp.AppendInt64(append(b, "\x8d\xa2ID"...), v.ID)
	b = msgp.AppendString(append(b, "\xa3SKU"...), v.SKU)
	b = msgp.AppendString(append(b, "\xa4Name"...), v.Name)
	b = msgp.AppendString(append(b, "\xa5Brand"...), v.Brand)
	b = msgp.AppendInt64(append(b, "\xa5Cents"...), v.Cents)
	b = msgp.AppendString(append(b, "\xa8Currency"...), v.Currency)
	b = msgp.AppendFloat64(append(b, "\xa6Weight"...), v.Weight)
	b = msgp.AppendInt32(append(b, "\xa5Stock"...), v.Stock)
	b = msgp.AppendFloat32(append(b, "\xa6Rating"...), v.Rating)
	b = msgp.AppendBool(append(b, "\xa6Active"...), v.Active)
	b = msgp.AppendTime(append(b, "\xa7Created"...), v.Created)
	b = msgp.AppendTime(append(b, "\xa7Updated"...), v.Updated)
	return appendVariantSlice(append(b, "\xa8Variants"...), v.Variants)
}

func readProduct(r *msgp.Reader, v *product) {
	s := r.Struct(productFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.ID = r.Int64()
		case 1:
			v.SKU = r.String()
		case 2:
			v.Name = r.String()
		case 3:
			v.Brand = r.String()
		case 4:
			v.Cents = r.Int64()
		case 5:
			v.Currency = r.String()
		case 6:
			v.Weight = r.Float64()
		case 7:
			v.Stock = r.Int32()
		case 8:
			v.Rating = r.Float32()
		case 9:
			v.Active = r.Bool()
		case 10:
			v.Created = r.Time()
		case 11:
			v.Updated = r.Time()
		case 12:
			v.Variants = readVariantSlice(r)
		}
	}
}

func readProductPtr(r *msgp.Reader) *product {
	if r.Nil() {
		return nil
	}
	v := new(product)
	readProduct(r, v)
	return v
}

func detachProduct(v *product) {
	v.Variants = slices.Clone(v.Variants)
}

func cloneProductPtr(v *product) *product {
	if v == nil {
		return nil
	}
	c := *v
	detachProduct(&c)
	return &c
}

func appendVariantSlice(b []byte, v []variant) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendArrayHeader(b, len(v))
	for i := range v {
		b = appendVariant(b, &v[i])
	}
	return b
}

// minVariant is the size of the shortest encoding of a variant.
const minVariant = 41

func readVariantSlice(r *msgp.Reader) []variant {
	if r.Nil() {
		return nil
	}
	v := make([]variant, r.ArrayHeader(minVariant))
	for i := range v {
		readVariant(r, &v[i])
	}
	return v
}

var variantFields = msgp.NewFields("SKU", "Color", "Size", "Cents", "Stock", "Active")

func appendVariant(b []byte, v *variant) []byte {
	b = msgp.AppendString(append(b, "\x86\xa3SKU"...), v.SKU)
	b = msgp.AppendString(append(b, "\xa5Color"...), v.Color)
	b = msgp.AppendString(append(b, "\xa4Size"...), v.Size)
	b = msgp.AppendInt64(append(b, "\xa5Cents"...), v.Cents)
	b = msgp.AppendInt32(append(b, "\xa5Stock"...), v.Stock)
	return msgp.AppendBool(append(b, "\xa6Active"...), v.Active)
}

func readVariant(r *msgp.Reader, v *variant) {
	s := r.Struct(variantFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.SKU = r.String()
		case 1:
			v.Color = r.String()
		case 2:
			v.Size = r.String()
		case 3:
			v.Cents = r.Int64()
		case 4:
			v.Stock = r.Int32()
		case 5:
			v.Active = r.Bool()
		}
	}
}

func appendFeed(b []byte, v feed) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendArrayHeader(b, len(v))
	for i := range v {
		b = appendPost(b, &v[i])
	}
	return b
}

// minPost is the size of the shortest encoding of a post.
const minPost = 39

func readFeed(r *msgp.Reader) feed {
	if r.Nil() {
		return nil
	}
	v := make(feed, r.ArrayHeader(minPost))
	for i := range v {
		readPost(r, &v[i])
	}
	return v
}

var postFields = msgp.NewFields("ID", "Title", "Body", "Views", "Created")

func appendPost(b []byte, v *post) []byte {
	b = msgp.AppendInt64(append(b, "\x85\xa2ID"...), v.ID)
	b = msgp.AppendString(append(b, "\xa5Title"...), v.Title)
	b = msgp.AppendString(append(b, "\xa4Body"...), v.Body)
	b = msgp.AppendInt64(append(b, "\xa5Views"...), v.Views)
	return msgp.AppendTime(append(b, "\xa7Created"...), v.Created)
}

func readPost(r *msgp.Reader, v *post) {
	s := r.Struct(postFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.ID = r.Int64()
		case 1:
			v.Title = r.String()
		case 2:
			v.Body = r.String()
		case 3:
			v.Views = r.Int64()
		case 4:
			v.Created = r.Time()
		}
	}
}

// The roots, as code calls them that knows the type when it is compiled.

func decodeUser(b []byte, owned bool) (*user, error) {
	r := msgp.NewReader(b, owned)
	v := readUserPtr(&r)
	return v, r.Done()
}

func decodeProduct(b []byte, owned bool) (*product, error) {
	r := msgp.NewReader(b, owned)
	v := readProductPtr(&r)
	return v, r.Done()
}

func decodeFeed(b []byte, owned bool) (feed, error) {
	r := msgp.NewReader(b, owned)
	v := readFeed(&r)
	return v, r.Done()
}
