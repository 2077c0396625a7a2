package main

import (
	"context"
	"errors"
	"fmt"

	cache "github.com/cachegen/cachegen/runtime"
)

// ErrNotFound says that there is no such package or symbol.
var ErrNotFound = errors.New("not found")

// Library answers from its caches, and reads the source where they have nothing.
type Library struct {
	packages *Packages
	symbols  *Symbols
	views    *ViewsCounter
	reader   reader
}

// NewLibrary returns a library on the stores of m.
func NewLibrary(m *cache.Manager) *Library {
	return &Library{packages: NewPackages(m), symbols: NewSymbols(m), views: NewViewsCounter(m)}
}

// Package returns the documentation of the package with an import path.
func (l *Library) Package(ctx context.Context, path string) (*Package, error) {
	return l.packages.RememberE(ctx, path, l.reader.read)
}

// Symbol returns the documentation of one symbol of a package.
func (l *Library) Symbol(ctx context.Context, path, name string) (Symbol, error) {
	return l.symbols.RememberE(ctx, path, name, l.find)
}

// find loads a symbol through the cache of packages: the caches nest.
func (l *Library) find(ctx context.Context, path, name string) (Symbol, error) {
	p, err := l.Package(ctx, path)
	if err != nil {
		return Symbol{}, err
	}
	for _, s := range p.Symbols {
		if s.Name == name {
			return s, nil
		}
	}
	return Symbol{}, fmt.Errorf("%s.%s: %w", path, name, ErrNotFound)
}

// View counts a request for a package and returns how many there were in a day. A cache that cannot be
// reached costs the count, not the answer.
func (l *Library) View(ctx context.Context, path string) int64 {
	n, err := l.views.Increment(ctx, path, 1)
	if err != nil {
		return 0
	}
	return n
}

// Forget drops a package, so that it is read anew.
func (l *Library) Forget(ctx context.Context, path string) error {
	return l.packages.Forget(ctx, path)
}
