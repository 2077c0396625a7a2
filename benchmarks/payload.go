// Package benchmarks compares cachegen with the libraries that it competes with, on the same values,
// in one run.
package benchmarks

import (
	"context"
	"fmt"
	"time"
)

//go:generate go tool cachegen

// User is a value of common size: about 320 bytes of msgpack.
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
	Street, City, Zip, Country string
}

// LoadUser stands for a database.
func LoadUser(_ context.Context, id int64) (*User, error) {
	u := &User{
		ID:      id,
		Name:    fmt.Sprintf("User Number %d", id),
		Email:   fmt.Sprintf("user%d@example.com", id),
		Created: time.Unix(1700000000+id, 123456789),
		Roles:   []string{"reader", "writer", "admin"},
		Prefs:   make(map[string]string, 8),
		Address: &Address{Street: "1 Main Street", City: "Springfield", Zip: "12345", Country: "US"},
	}
	for i := range 8 {
		u.Prefs[fmt.Sprintf("pref%d", i)] = fmt.Sprintf("value%d", i)
	}
	return u, nil
}
