package drivers

import "errors"

// Errors that every driver returns in the same situation. They may be wrapped: use errors.Is.
var (
	// ErrClosed is returned by every call after Close.
	ErrClosed = errors.New("cachegen/drivers: the store is closed")
	// ErrTTL is returned for a negative time to live, and for a lock without a positive one.
	ErrTTL = errors.New("cachegen/drivers: invalid time to live")
	// ErrNotNumber is returned by Increment for a value that is no number; the value is kept.
	ErrNotNumber = errors.New("cachegen/drivers: the value is not a number")
	// ErrOverflow is returned by Increment if the sum does not fit in int64; the value is kept.
	ErrOverflow = errors.New("cachegen/drivers: the number would overflow int64")
	// ErrTooLarge is returned for a value over the largest size that the store takes; what was
	// there before is kept.
	ErrTooLarge = errors.New("cachegen/drivers: the value is too large")
	// ErrUnsupported is returned by the runtime for an ability that the driver lacks.
	ErrUnsupported = errors.New("cachegen/drivers: the driver does not support this operation")
)

// ConfigError says that a store's configuration cannot work, whatever the state of its backend:
// an unknown option, a bad port. The runtime returns it from every call, where an unreachable
// backend only makes reads miss.
type ConfigError struct {
	Driver string // the driver that refused
	Field  string // the field of StoreConfig, or the option
	Reason string // what is wrong and what to do; never a secret
}

// Error names the driver and the field, and never a value that may be secret.
func (e *ConfigError) Error() string {
	return "cachegen/drivers/" + e.Driver + ": " + e.Field + ": " + e.Reason
}

// Permanent implements what [Permanent] asks for.
func (*ConfigError) Permanent() bool { return true }
