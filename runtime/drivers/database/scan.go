package database

import (
	"context"
	"database/sql"
	"iter"
	"strings"
)

// Scan implements [drivers.Scanner], with a statement for each 500 keys; between them it holds no
// connection.
func (d *Driver) Scan(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		from := d.keys.Key(unambiguous(prefix))
		end := after(from)
		for {
			page, err := d.page(ctx, from, end)
			if err != nil {
				yield("", err)
				return
			}
			for _, name := range page {
				key, ok := d.keys.CutKey(name)
				if ok && strings.HasPrefix(key, prefix) && !yield(key, nil) {
					return
				}
				from = name + "\x00"
			}
			if len(page) < atOnce {
				return
			}
		}
	}
}

// page returns the first names from one to another that have a value.
func (d *Driver) page(ctx context.Context, from, end string) (names []string, err error) {
	err = d.do(ctx, "scan", reading, func(ctx context.Context) error {
		names = names[:0]
		return d.each(ctx, scan, 1, []any{[]byte(from), []byte(end)}, func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			names = append(names, name)
			return err
		})
	})
	return names, err
}

// unambiguous returns as much of a prefix of keys as has the same stored form in all of them: a percent
// sign is stored differently before digits that make it an escape.
func unambiguous(prefix string) string {
	tail := prefix[max(0, len(prefix)-2):]
	if i := strings.IndexByte(tail, '%'); i >= 0 {
		return prefix[:len(prefix)-len(tail)+i]
	}
	return prefix
}

// after returns the lowest name that is higher than all that begin with prefix, which is not empty and
// does not consist of 0xff.
func after(prefix string) string {
	b := []byte(prefix)
	for b[len(b)-1] == 0xff {
		b = b[:len(b)-1]
	}
	b[len(b)-1]++
	return string(b)
}
