package database

import (
	"cmp"
	"encoding/hex"
	"iter"
	"slices"

	"github.com/cachegen/cachegen/runtime/drivers"
)

const (
	// atOnce is how many rows a statement names, at most. Databases bound its parameters: 32,766 in
	// SQLite, and 65,535 in the others.
	atOnce = 500
	// bytesAtOnce is how many bytes of values a statement holds, at most, unless it is for one row:
	// servers bound the size of what they are sent.
	bytesAtOnce = 4 << 20
)

// rows returns items with their stored names as keys, in ascending order. Of several with one key only
// the last is left.
func (d *Driver) rows(items []drivers.Item) ([]drivers.Item, error) {
	rows := make([]drivers.Item, 0, len(items))
	for _, it := range slices.Backward(items) {
		name := d.keys.Key(it.Key)
		if _, err := asName(name); err != nil {
			return nil, err
		}
		if err := d.fits(it.Value); err != nil {
			return nil, err
		}
		rows = append(rows, drivers.Item{Key: name, Value: it.Value})
	}
	slices.SortStableFunc(rows, func(a, b drivers.Item) int { return cmp.Compare(a.Key, b.Key) })
	return slices.CompactFunc(rows, func(a, b drivers.Item) bool { return a.Key == b.Key }), nil
}

// chunksOf yields as many rows at a time as go into one statement.
func chunksOf(rows []drivers.Item) iter.Seq[[]drivers.Item] {
	return func(yield func([]drivers.Item) bool) {
		for len(rows) > 0 {
			n, size := 0, 0
			for n < min(len(rows), atOnce) && (n == 0 || size+len(rows[n].Value) <= bytesAtOnce) {
				size += len(rows[n].Value)
				n++
			}
			if !yield(rows[:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

// rowArguments appends names and values to args.
func rowArguments(args []any, rows []drivers.Item) []any {
	args = slices.Grow(args, 2*len(rows))
	for _, r := range rows {
		args = append(args, []byte(r.Key), present(r.Value))
	}
	return args
}

// fillUp repeats the last row in args until there are as many as one of few sizes: whatever is done to a
// row may be done twice.
func fillUp(op operation, rows int, args []any) ([]any, int) {
	want, each := padded(rows), len(shapes[op].each)
	last := args[len(args)-each:]
	full := slices.Clone(args)
	for range want - rows {
		full = append(full, last...)
	}
	return full, want
}

// padded returns the size of the statement for n rows: at most a quarter more.
func padded(n int) int {
	step := 1
	for n > 8*step {
		step *= 2
	}
	return min((n+step-1)/step*step, atOnce)
}

// arraysOf puts the arguments of all rows, which are bytes, into one array for each column.
func arraysOf(op operation, rows int, args []any) []any {
	once, each := len(shapes[op].once), len(shapes[op].each)
	out := slices.Clone(args[:once])
	for column := range each {
		out = append(out, arrayLiteral(func(yield func([]byte) bool) {
			for row := range rows {
				if !yield(args[once+row*each+column].([]byte)) {
					return
				}
			}
		}))
	}
	return out
}

// arrayLiteral writes elements as PostgreSQL reads them, which every client can send.
func arrayLiteral(elements iter.Seq[[]byte]) string {
	text := []byte{'{'}
	for e := range elements {
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(text, `"\\x`...)
		text = hex.AppendEncode(text, e)
		text = append(text, '"')
	}
	return string(append(text, '}'))
}
