package diag

import (
	"go/token"
	"testing"

	"github.com/stretchr/testify/require"
)

func at(file string, line, column int) token.Position {
	return token.Position{Filename: file, Line: line, Column: column}
}

func TestSortedOrdersByPositionAndDropsRepeats(t *testing.T) {
	var l List
	l.Add(at("b.go", 1, 1), "z")
	l.Add(at("a.go", 10, 1), "y")
	l.Add(at("a.go", 2, 7), "x")
	l.Add(at("a.go", 2, 3), "w")
	l.Add(at("a.go", 2, 3), "w")
	l.Add(at("a.go", 2, 3), "another at the same place")

	var got []string
	for _, d := range l.Sorted() {
		got = append(got, d.Message)
	}
	require.Equal(t, []string{"another at the same place", "w", "x", "y", "z"}, got)
	require.Equal(t, 6, l.Len())
}
