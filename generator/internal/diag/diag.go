// Package diag collects what is wrong with the user's source.
package diag

import (
	"cmp"
	"go/token"
	"slices"
)

// A Diagnostic is one mistake, where it stands, and the other places that explain it.
type Diagnostic struct {
	Pos     token.Position
	Message string
	Notes   []Note
}

// A Note points at a second place that belongs to a mistake.
type Note struct {
	Pos     token.Position
	Message string
}

// A List grows while a run goes on. The zero value is empty and ready for use.
type List struct {
	all []Diagnostic
}

// Add records a mistake at pos.
func (l *List) Add(pos token.Position, message string, notes ...Note) {
	l.all = append(l.all, Diagnostic{Pos: pos, Message: message, Notes: notes})
}

// Len returns how many mistakes were added.
func (l *List) Len() int { return len(l.all) }

// Sorted returns the mistakes ordered by position, each once.
func (l *List) Sorted() []Diagnostic {
	all := slices.Clone(l.all)
	slices.SortStableFunc(all, func(a, b Diagnostic) int {
		return cmp.Or(Compare(a.Pos, b.Pos), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(all, func(a, b Diagnostic) bool {
		return a.Pos == b.Pos && a.Message == b.Message
	})
}

// Compare orders positions by file name, then line, then column.
func Compare(a, b token.Position) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
