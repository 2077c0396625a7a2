package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClean(t *testing.T) {
	require.Equal(t, "goos: linux\nBenchmarkX 1 2 ns/op\nBenchmarkX 1 3 ns/op\n",
		clean("goos: linux\nBenchmarkX 1 2 ns/op\nPASS\ngoos: linux\n--- BENCH: BenchmarkX\n\nBenchmarkX 1 3 ns/op\nPASS\n"))
}

// TestHeader takes this test's own binary for the benchmarks, which does not use the libraries.
func TestHeader(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	_, err = header(t.Context(), options{}, self)
	require.ErrorContains(t, err, "do not use github.com/maypok86/otter/v2")
}
