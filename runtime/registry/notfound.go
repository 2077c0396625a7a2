package registry

import (
	"fmt"
	"strings"
)

// NotFoundError says that a name does not exist, which names do, and which one was perhaps meant.
type NotFoundError struct {
	Kind       string   // what the name should be of, for instance "driver"
	Name       string   // the name asked for, as it was written
	Names      []string // the names that exist, sorted
	DidYouMean string   // the nearest existing name, or ""
}

// NotFound describes a name of some kind that is not among names.
func NotFound(kind, name string, names []string) *NotFoundError {
	return &NotFoundError{Kind: kind, Name: name, Names: names, DidYouMean: Nearest(name, names)}
}

// Permanent says that asking again will not help.
func (*NotFoundError) Permanent() bool { return true }

// Error names what was asked for and what exists.
func (e *NotFoundError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "cachegen: no %s %q", e.Kind, e.Name)
	if e.DidYouMean != "" {
		fmt.Fprintf(&b, "; did you mean %q?", e.DidYouMean)
	}
	if len(e.Names) == 0 {
		b.WriteString(" (there is none)")
		return b.String()
	}
	fmt.Fprintf(&b, " (there are: %s)", strings.Join(e.Names, ", "))
	return b.String()
}

// Nearest returns the name that differs least from the one written, or "" if none is within a
// third of its length, and never more than three edits away.
func Nearest(name string, names []string) string {
	n := normalise(name)
	best, limit := "", min(3, max(1, len(n)/3))+1
	for _, candidate := range names {
		if d := distance(n, normalise(candidate)); d < limit {
			best, limit = candidate, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two short strings, counted in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j]+1, row[j+1]+1, diagonal+cost)
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
