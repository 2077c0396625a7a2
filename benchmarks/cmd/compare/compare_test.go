package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClean(t *testing.T) {
	require.Equal(t, "goos: linux\nBenchmarkX 1 2 ns/op\nBenchmarkX 1 3 ns/op\n",
		clean("goos: linux\nBenchmarkX 1 2 ns/op\nPASS\ngoos: linux\n--- BENCH: BenchmarkX\n\nBenchmarkX 1 3 ns/op\nPASS\n"))
}

func TestHeader(t *testing.T) {
	h, err := header(t.Context(), options{note: "A trial."})
	require.NoError(t, err)
	require.Regexp(t, "^note: A trial\ndate: 20..-..-..\nmachine: .*processors.*\ngo: go1.*\n"+
		"commit: .+\nlibraries: otter v2.4.0, ristretto v2.*, sonic v1.*\n$", h)
}
