package payload

import (
	"fmt"
	"strings"
	"time"
)

// Sizes of the values.
const (
	prefs      = 8
	variants   = 4
	posts      = 50
	bodyBytes  = 300
	blobBytes  = 100
	epoch      = 1_700_000_000 // of the instants, in seconds
	nanosecond = 123_456_789   // of each instant, so that none is a whole second
)

// NewUser returns the user with an id.
func NewUser(id int64) *User {
	u := &User{
		ID:      id,
		Name:    fmt.Sprintf("User Number %d", id),
		Email:   fmt.Sprintf("user%d@example.com", id),
		Created: instant(id),
		Roles:   []string{"reader", "writer", "admin"},
		Prefs:   make(map[string]string, prefs),
		Address: &Address{Street: "1 Main Street", City: "Springfield", Zip: "12345", Country: "US"},
	}
	for i := range prefs {
		u.Prefs[fmt.Sprintf("pref%d", i)] = fmt.Sprintf("value%d", i)
	}
	return u
}

// NewProduct returns the product with an id.
func NewProduct(id int64) *Product {
	p := &Product{
		ID: id, SKU: fmt.Sprintf("SKU-%08d", id), Name: "Espresso Machine", Brand: "Springfield Steel",
		Cents: 129_900 + id, Currency: "EUR", Weight: 8.25, Stock: 17, Rating: 4.5, Active: true,
		Created: instant(id), Updated: instant(id + 3600),
	}
	for i := range variants {
		p.Variants = append(p.Variants, Variant{
			SKU: fmt.Sprintf("SKU-%08d-%d", id, i), Color: "brushed steel", Size: "two cups",
			Cents: 129_900 + int64(i), Stock: int32(i), Active: i%2 == 0,
		})
	}
	return p
}

// NewFeed returns the feed with an id.
func NewFeed(id int64) Feed {
	f := make(Feed, posts)
	for i := range f {
		n := id*posts + int64(i)
		f[i] = Post{
			ID: n, Title: fmt.Sprintf("Post number %d", n), Views: 1000 * n, Created: instant(n),
			Body: strings.Repeat(fmt.Sprintf("%010d", n), bodyBytes/10),
		}
	}
	return f
}

// NewBlob returns the bytes with an id.
func NewBlob(id int64) []byte {
	b := make([]byte, blobBytes)
	for i := range b {
		b[i] = byte(int64(i) + id)
	}
	return b
}

// instant is in the local zone, like those that msgpack decodes.
func instant(n int64) time.Time { return time.Unix(epoch+n, nanosecond) }
