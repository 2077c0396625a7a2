package cache

import (
	"errors"
	"fmt"
	"time"

	"github.com/cachegen/cachegen/runtime/keys"
)

// Spec describes a typed cache to [NewCache]. Generated code fills it in; it can be written by hand
// where nothing is generated. Name and AppendKey are required.
type Spec[K comparable, V any] struct {
	// Name identifies the cache in events, statistics and Config.Caches.
	Name string
	// Pattern is the shape of its keys, as package keys spells it: "user:{ID int}". Ready compares
	// it with the patterns of the other caches of the store. Empty: not compared.
	Pattern string
	// Store names the store; "" is the default store.
	Store string
	// TTL is the time to live of values; 0 means forever.
	TTL time.Duration
	// Timeout bounds a load; 0 leaves it to the callers' deadlines.
	Timeout time.Duration
	// Version is part of what must agree for a stored value to be used: a new one makes misses of
	// all older values.
	Version string
	// Share lets all callers in the process have the same value, where the store is in memory.
	// They must not change it. Otherwise each caller has a copy of its own.
	Share bool

	// Fleet lets one process of the fleet load a key at a time: one that misses waits, for as long as
	// its callers do, for the load of another. It needs a driver with leases (drivers.Leaser) that the
	// processes share. Without it each process loads for itself, and of the loads at once only that
	// which holds the key's lease is stored. RememberMany never waits.
	Fleet bool

	// AppendKey appends the key of k to dst. Different k must give different keys. It does not
	// keep dst.
	AppendKey func(dst []byte, k K) ([]byte, error)
	// KeyOf returns the key of a value, and is nil where a value does not hold it. Loaded values
	// are checked by it. It is not called with nil.
	KeyOf func(v V) K
}

// settings is what a Spec says without regard to the types of keys and values.
type settings struct {
	name, pattern, store string
	ttl, timeout         time.Duration
	version              string
	share, fleet         bool
	hasKeys              bool
}

// settingsOf, like all that generated code leads to, is a func and no method: of a type with arguments, the
// compiler makes every method anew.
func settingsOf[K comparable, V any](s *Spec[K, V]) *settings {
	return &settings{s.Name, s.Pattern, s.Store, s.TTL, s.Timeout, s.Version, s.Share, s.Fleet, s.AppendKey != nil}
}

// check reports what is wrong with the specification itself.
func (s *settings) check() error {
	switch {
	case s.name == "":
		return errors.New("cachegen: a cache without a name: set Spec.Name")
	case !s.hasKeys:
		return fmt.Errorf("cachegen: %s: Spec.AppendKey is nil", s.name)
	case s.timeout < 0:
		return fmt.Errorf("cachegen: %s: Spec.Timeout is negative", s.name)
	}
	if _, err := s.parsed(); err != nil {
		return fmt.Errorf("cachegen: %s: Spec.Pattern: %w", s.name, err)
	}
	return checkTTL(s.ttl)
}

func (s *settings) parsed() (keys.Pattern, error) {
	if s.pattern == "" {
		return keys.Pattern{}, nil
	}
	return keys.ParsePattern(s.pattern)
}
