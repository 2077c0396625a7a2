package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/benchmarks/report"
)

// TestReportIsCurrent compares the chart and the tables with the results that they were made from.
func TestReportIsCurrent(t *testing.T) {
	r, err := report.Read("../../" + resultsDir)
	require.NoError(t, err)
	text, err := os.ReadFile("../../" + document)
	require.NoError(t, err)
	inserted, err := r.Insert(string(text))
	require.NoError(t, err)
	require.Equal(t, inserted, string(text), "run: go run ./cmd/compare -report")

	chart, err := os.ReadFile("../../" + chartFile)
	require.NoError(t, err)
	require.Equal(t, r.Chart(), string(chart), "run: go run ./cmd/compare -report")
}
