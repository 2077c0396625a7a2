// Package patterns shows the common uses of a cache with typed accessors: each file declares what it
// caches and uses the generated accessor, and each has an Example that runs as a test.
package patterns

//go:generate go tool cachegen
