package main

import "context"

//go:generate go tool cachegen

// Package is the documentation of a package.
type Package struct {
	Path     string
	Name     string
	Synopsis string
	Doc      string
	Files    int
	Symbols  []Symbol
}

// Symbol is the documentation of a constant, variable, function, type or method.
type Symbol struct {
	Path string // of its package
	Name string // "Client", "Client.Do"
	Kind string // "const", "var", "func", "type", "method"
	Decl string // its declaration, formatted
	Doc  string
}

// LoadPackage reads the documentation of a package. It is written down here as the cache's
// specification: its parameter is the key's part, its result the value.
//
//cachegen:cache key="pkg:{path}" ttl=1h timeout=10s name=Packages
type LoadPackage func(ctx context.Context, path string) (*Package, error)

// LoadSymbol finds one symbol of a package.
//
//cachegen:cache key="symbol:{path}#{name}" ttl=1h name=Symbols
type LoadSymbol func(ctx context.Context, path, name string) (Symbol, error)

// Views counts how often a package was asked for.
//
//cachegen:counter key="views:{path}" ttl=24h
type Views func(path string)
