package database

import (
	"slices"
	"strings"
)

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

// chunks calls fn with the names as arguments, some at a time.
func (l nameList) chunks(fn func(part []any) error) error {
	for chunk := range slices.Chunk(l.names, atOnce) {
		if err := fn(nameList{names: chunk}.arguments()); err != nil {
			return err
		}
	}
	return nil
}

// arguments returns the names as arguments.
func (l nameList) arguments() []any {
	args := make([]any, len(l.names))
	for i, name := range l.names {
		args[i] = []byte(name)
	}
	return args
}
