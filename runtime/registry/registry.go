// Package registry maps driver names to the factories that open them.
//
// It is a leaf: it knows nothing of caches, and one Registry value serves any kind of pluggable
// part. A driver package registers itself in its init function; a program resolves the name that
// its configuration holds.
package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Factory opens a T described by a C. It must honour ctx, and it validates the fields of cfg that
// it reads.
type Factory[C, T any] func(ctx context.Context, cfg C) (T, error)

// Registry is a set of named factories. Names are case-insensitive, and surrounding space is
// ignored: "Redis " and "redis" are one name. The zero value is empty and ready to use; a Registry
// must not be copied after first use and is safe for concurrent use.
type Registry[C, T any] struct {
	mu        sync.RWMutex
	factories map[string]Factory[C, T] // by normalised name; lazily made; guarded by mu
}

// Register adds a factory under name. It panics if the name is empty or taken, or the factory is
// nil: these are mistakes of the program, found when it starts and not at its first request.
func (r *Registry[C, T]) Register(name string, f Factory[C, T]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := mustName("Register", name, f == nil)
	if _, taken := r.factories[n]; taken {
		panic(fmt.Sprintf("cachegen/registry: Register: driver %q is registered already; use Override to replace it", n))
	}
	r.set(n, f)
}

// Override replaces the factory of name, or adds it, and returns the one it replaced, or nil. It
// is meant for tests, which put the previous factory back in their cleanup; a nil factory removes
// the name.
func (r *Registry[C, T]) Override(name string, f Factory[C, T]) (previous Factory[C, T]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := mustName("Override", name, false)
	previous = r.factories[n]
	if f == nil {
		delete(r.factories, n)
		return previous
	}
	r.set(n, f)
	return previous
}

// Has reports whether name is registered.
func (r *Registry[C, T]) Has(name string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, ok := r.factories[normalise(name)]
	return ok
}

// Names returns the registered names, sorted. The caller owns the slice.
func (r *Registry[C, T]) Names() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	names := make([]string, 0, len(r.factories))
	for n := range r.factories {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Resolve opens a T by the factory of name. An unknown name is a *NotFoundError; any other error
// is the factory's own. The factory runs outside the registry's lock.
func (r *Registry[C, T]) Resolve(ctx context.Context, name string, cfg C) (T, error) {
	r.mu.RLock()
	f := r.factories[normalise(name)]
	r.mu.RUnlock()
	if f == nil {
		var zero T
		return zero, NotFound("driver", name, r.Names())
	}
	return f(ctx, cfg)
}

func (r *Registry[C, T]) set(name string, f Factory[C, T]) {
	if r.factories == nil {
		r.factories = map[string]Factory[C, T]{}
	}
	r.factories[name] = f
}

func mustName(op, name string, isNil bool) string {
	n := normalise(name)
	if n == "" {
		panic("cachegen/registry: " + op + ": empty driver name")
	}
	if isNil {
		panic(fmt.Sprintf("cachegen/registry: %s: nil factory for driver %q", op, n))
	}
	return n
}

func normalise(name string) string { return strings.ToLower(strings.TrimSpace(name)) }
