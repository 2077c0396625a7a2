// Package benchmarks compares cachegen with the libraries that it competes with, on the same values, in
// one run. It has no code of its own beside its benchmarks: package rivals has the contenders, package
// payload the values, package hand the codecs to measure by, and cmd/compare runs it all and writes
// results/ and docs/benchmarks.md.
//
// Names are in the form that benchstat takes apart: BenchmarkShared/lib=otter-int/keys=hot.
package benchmarks
