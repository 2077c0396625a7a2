package engine

import (
	"errors"
	"fmt"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Errors of the engine; package cache exports them.
var (
	ErrClosed    = drivers.ErrClosed
	ErrNilLoader = errors.New("cachegen: the loader is nil; pass a function that loads the value")
	ErrReentrant = errors.New("cachegen: a loader asked for the key that it is loading")
	ErrNilValue  = errors.New("cachegen: nil cannot be stored; use Forget to remove a value")
)

// KeyError says that a key cannot be used.
type KeyError struct {
	Key    string // at most its first 64 bytes
	Reason string
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("cachegen: key %q: %s", e.Key, e.Reason)
}

// PanicError carries the panic of a loader to callers that did not start it. The caller that did
// panics with it, so that the loader's stack is not lost.
type PanicError struct {
	Value any    // what was passed to panic; nil if the loader called runtime.Goexit
	Stack []byte // the loader's stack
	exit  bool
}

func (e *PanicError) Error() string {
	if e.exit {
		return "cachegen: the loader ended its goroutine with runtime.Goexit"
	}
	return fmt.Sprintf("cachegen: the loader panicked: %v\n\n%s", e.Value, e.Stack)
}

// Unwrap returns the value of the panic if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// reentrantError is ErrReentrant for one key.
type reentrantError struct{ key string }

func (e *reentrantError) Error() string      { return ErrReentrant.Error() + ": " + quote(e.key) }
func (e *reentrantError) Unwrap() error      { return ErrReentrant }
func (e *reentrantError) WithoutKey() string { return ErrReentrant.Error() }

// WithoutKey is the error's text without the key.
func (e *KeyError) WithoutKey() string { return "cachegen: a key: " + e.Reason }

// keyless is an error whose text showed a key, with another text. Keys may hold personal data, and
// events end in logs.
type keyless struct {
	text string
	err  error
}

func (e *keyless) Error() string { return e.text }
func (e *keyless) Unwrap() error { return e.err }

// withoutKey returns err with a text that shows no key.
func withoutKey(err error) error {
	var shows interface {
		error
		WithoutKey() string
	}
	if err == nil || !errors.As(err, &shows) {
		return err
	}
	return &keyless{text: shows.WithoutKey(), err: err}
}

// Refused reports whether an error of a store ends a call that could do without the store: the store
// is closed or cannot exist, or the key cannot be used.
func Refused(err error) bool {
	if err == nil {
		return false
	}
	var key *KeyError
	return errors.Is(err, ErrClosed) || drivers.Permanent(err) || errors.As(err, &key)
}
