package report

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPanelsAndTablesNameBenchmarks finds a benchmark that was renamed: the results that are kept have
// something for every column and every panel.
func TestPanelsAndTablesNameBenchmarks(t *testing.T) {
	r, err := Read("../results")
	require.NoError(t, err)
	for _, p := range panels() {
		require.GreaterOrEqual(t, len(r.bars(p)), 2, p.title)
	}
	for _, table := range tables() {
		for _, c := range table.columns {
			require.True(t, hasValue(r, table.rows, c), "%s: %s", table.title, c.title)
		}
	}
}

func hasValue(r *Results, rows string, c column) bool {
	for _, row := range r.matches(rows) {
		if _, ok := r.value(c, row); ok {
			return true
		}
	}
	return false
}
