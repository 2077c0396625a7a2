package database

import (
	"slices"
	"strings"
)

// atOnce is how many rows a statement names, at most. Databases bound its parameters: 32,766 in SQLite,
// and 65,535 in the others.
const atOnce = 500

// nameList is a list of stored names in ascending order, each of them once: statements that lock
// several rows then lock them in the same order.
type nameList struct {
	names []string
	at    []int // the place in names of each key, in the order of the keys
}

// names returns the stored names of keys.
func (d *Driver) names(keys []string) (nameList, error) {
	all := d.keys.AllKeys(keys)
	l := sorted(slices.Clone(all))
	l.at = make([]int, len(all))
	for i, name := range all {
		if _, err := asName(name); err != nil {
			return l, err
		}
		l.at[i], _ = slices.BinarySearch(l.names, name)
	}
	return l, nil
}

// sorted returns the list of names, whose order it changes.
func sorted(names []string) nameList {
	slices.Sort(names)
	return nameList{names: slices.Compact(names)}
}

// find returns the place of a name that the database sent.
func (l nameList) find(name []byte) (int, bool) {
	return slices.BinarySearchFunc(l.names, name, func(a string, b []byte) int {
		return strings.Compare(a, string(b))
	})
}

// chunks calls fn with the names as arguments, some at a time. The last one of a chunk is repeated to
// fill it up to one of few sizes, for which statements are kept.
func (l nameList) chunks(fn func(part []any) error) error {
	for chunk := range slices.Chunk(l.names, atOnce) {
		part := make([]any, 0, padded(len(chunk)))
		for _, name := range chunk {
			part = append(part, []byte(name))
		}
		for len(part) < cap(part) {
			part = append(part, part[len(chunk)-1])
		}
		if err := fn(part); err != nil {
			return err
		}
	}
	return nil
}

// padded returns the size of the statement for n names: at most a quarter more.
func padded(n int) int {
	step := 1
	for n > 8*step {
		step *= 2
	}
	return min((n+step-1)/step*step, atOnce)
}
