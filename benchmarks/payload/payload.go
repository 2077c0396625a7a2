// Package payload has the values that the benchmarks cache, of four sizes, with typed caches for them.
//
// The values are made from a number, so that a cache that mixes two of them up is found out.
package payload

import "time"

//go:generate go tool cachegen
//go:generate go tool msgp -io=false -tests=false -file payload.go -o payload_msgp.go
//msgp:newtime

// User is a value of common size: about 320 bytes of msgpack, with a pointer, a list and a map.
//
//cachegen:cache key="user:{ID}" ttl=15m name=Users
type User struct {
	ID      int64
	Name    string
	Email   string
	Created time.Time
	Roles   []string
	Prefs   map[string]string
	Address *Address
}

// Address is a nested value behind a pointer.
type Address struct {
	Street  string
	City    string
	Zip     string
	Country string
}

// Product is mostly numbers: twelve scalars, and four variants of six.
//
//cachegen:cache key="product:{ID}" ttl=15m name=Products
type Product struct {
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
	Variants []Variant
}

// Variant is one of the forms in which a product is sold.
type Variant struct {
	SKU    string
	Color  string
	Size   string
	Cents  int64
	Stock  int32
	Active bool
}

// Feed is a large value: fifty posts.
type Feed []Post

// Post is an element of a feed, with a body of 300 bytes.
type Post struct {
	ID      int64
	Title   string
	Body    string
	Views   int64
	Created time.Time
}
