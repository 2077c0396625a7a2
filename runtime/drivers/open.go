package drivers

import (
	"context"
	"errors"
	"fmt"

	"github.com/cachegen/cachegen/runtime/registry"
)

// Registry maps driver names to factories that open a store. A factory validates the fields of its
// configuration, a [*ConfigError] if they cannot work, and reaches the backend once under ctx.
type Registry = registry.Registry[StoreConfig, Driver]

var drivers Registry

// Drivers returns the one registry of this process. Driver packages register themselves in it when
// they are imported.
func Drivers() *Registry { return &drivers }

// own maps the drivers of this module to the packages that must be imported for them.
var own = map[string]string{
	"database": "github.com/cachegen/cachegen/runtime/drivers/database",
	"file":     "github.com/cachegen/cachegen/runtime/drivers/file",
	"redis":    "github.com/cachegen/cachegen/runtime/drivers/redis",
}

// NotLinkedError says that a driver exists but is not part of the program.
type NotLinkedError struct{ Name, Package string }

// Error says what to import.
func (e *NotLinkedError) Error() string {
	return fmt.Sprintf("cachegen/drivers: driver %q is not linked: import _ %q", e.Name, e.Package)
}

// Permanent implements what [Permanent] asks for.
func (*NotLinkedError) Permanent() bool { return true }

// Open opens the store that cfg describes, under ctx. An unknown driver is a
// *registry.NotFoundError, and one that is not imported a [*NotLinkedError].
func Open(ctx context.Context, cfg StoreConfig) (Driver, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	d, err := drivers.Resolve(ctx, cfg.Driver, cfg)
	var unknown *registry.NotFoundError
	if errors.As(err, &unknown) && own[unknown.Name] != "" {
		return nil, &NotLinkedError{Name: unknown.Name, Package: own[unknown.Name]}
	}
	return d, err
}

// Permanent reports whether an error will be the same next time, since the configuration names what
// does not exist or cannot work. Any other error of a store may pass, and the runtime tries again.
// An error type says so itself, by a method Permanent() bool.
func Permanent(err error) bool {
	if err == nil {
		return false
	}
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}
