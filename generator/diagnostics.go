package generator

import (
	"go/token"
	"path/filepath"
	"strings"

	"github.com/cachegen/cachegen/generator/internal/diag"
)

// A Diagnostic is one mistake in the source: where it stands, what it is, and what to do. File
// names are relative to the directory of the run, if that is shorter.
type Diagnostic struct {
	Pos     token.Position
	Message string
	// Notes are the other places that explain the mistake, such as the declaration that it
	// collides with.
	Notes []Note
}

// A Note is a second place that belongs to a [Diagnostic].
type Note struct {
	Pos     token.Position
	Message string
}

// String returns the diagnostic as file:line:col: message, and its notes on indented lines.
func (d Diagnostic) String() string {
	var b strings.Builder
	b.WriteString(d.Pos.String() + ": " + d.Message)
	for _, n := range d.Notes {
		b.WriteString("\n\t" + n.Pos.String() + ": " + n.Message)
	}
	return b.String()
}

// Diagnostics is all that is wrong with the source, sorted by position. It is never empty.
type Diagnostics []Diagnostic

// Error returns the diagnostics, one after the other, each on lines of its own.
func (d Diagnostics) Error() string {
	var lines []string
	for _, one := range d {
		lines = append(lines, one.String())
	}
	return strings.Join(lines, "\n")
}

func diagnostics(dir string, problems *diag.List) Diagnostics {
	var all Diagnostics
	for _, p := range problems.Sorted() {
		d := Diagnostic{Pos: relative(dir, p.Pos), Message: p.Message}
		for _, n := range p.Notes {
			d.Notes = append(d.Notes, Note{Pos: relative(dir, n.Pos), Message: n.Message})
		}
		all = append(all, d)
	}
	return all
}

// relative makes a position's file name relative to dir, unless it would grow by that.
func relative(dir string, pos token.Position) token.Position {
	if name, err := filepath.Rel(dir, pos.Filename); err == nil && len(name) < len(pos.Filename) {
		pos.Filename = name
	}
	pos.Offset = 0
	return pos
}
