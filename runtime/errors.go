package cache

import (
	"errors"
	"fmt"

	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// Errors that calls return, perhaps wrapped: use errors.Is. Those of a driver, such as a negative
// time to live, are in package drivers.
var (
	// ErrClosed is returned after Shutdown.
	ErrClosed = engine.ErrClosed
	// ErrNilLoader is returned for a loader that is nil.
	ErrNilLoader = engine.ErrNilLoader
	// ErrReentrant is returned to a loader that asks for the key that it is loading, with the ctx
	// it was given.
	ErrReentrant = engine.ErrReentrant
	// ErrLocked is returned by Lock.Run if somebody else holds the lock.
	ErrLocked = errors.New("cachegen: the lock is held by another owner")
	// ErrLockLost is returned by Lock.Release and Lock.Run if the lock was no longer held.
	ErrLockLost = errors.New("cachegen: the lock was not held any more")
)

// PanicError is what callers get that joined a load whose loader panicked. The caller that started
// the load panics with it.
type PanicError = engine.PanicError

// KeyError says why a key cannot be used.
type KeyError = engine.KeyError

// TypeError says that a key holds a value of another type than the one asked for. The value is left
// as it is.
type TypeError struct {
	Key  string
	Want string // the type asked for
	Got  string // the type that the value was stored with
}

func (e *TypeError) Error() string {
	return fmt.Sprintf("cachegen: key %q holds a %s, not a %s; forget it, or ask for its own type", e.Key, e.Got, e.Want)
}

// WithoutKey is the error's text without the key, for events.
func (e *TypeError) WithoutKey() string {
	return fmt.Sprintf("cachegen: a key holds a %s, not a %s", e.Got, e.Want)
}

// KeyMismatchError says that a loader returned a value whose key fields give another key than the
// one it was asked to load. Such a value is not stored.
type KeyMismatchError struct {
	Cache string // the accessor's name
	Want  string // the key asked for
	Got   string // the key of the value that was returned
}

func (e *KeyMismatchError) Error() string {
	return fmt.Sprintf("cachegen: %s: the loader was asked for %q and returned the value of %q; it was not stored", e.Cache, e.Want, e.Got)
}

// WithoutKey is the error's text without the keys, for events.
func (e *KeyMismatchError) WithoutKey() string {
	return fmt.Sprintf("cachegen: %s: the loader returned the value of another key; it was not stored", e.Cache)
}
