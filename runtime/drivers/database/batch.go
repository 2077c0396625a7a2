package database

import (
	"bytes"
	"context"
	"database/sql"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// GetMany implements [drivers.Batcher], with one statement for 500 keys.
func (d *Driver) GetMany(ctx context.Context, keys []string) ([][]byte, error) {
	names, err := d.names(keys)
	if err != nil {
		return make([][]byte, len(keys)), err
	}
	found := make([][]byte, len(names.names))
	err = d.do(ctx, "get many", reading, func(ctx context.Context) error {
		return names.chunks(func(part []any) error {
			return d.each(ctx, getMany, len(part), part, func(rows *sql.Rows) error {
				var name sql.RawBytes
				var value []byte
				if err := rows.Scan(&name, &value); err != nil {
					return err
				}
				if i, ok := names.find(name); ok {
					found[i] = present(value)
				}
				return nil
			})
		})
	})
	return names.spread(found), err
}

// spread returns the value of each key. A key that repeats another gets bytes of its own.
func (l nameList) spread(found [][]byte) [][]byte {
	values := make([][]byte, len(l.at))
	given := make([]bool, len(found))
	for i, at := range l.at {
		values[i] = found[at]
		if given[at] {
			values[i] = bytes.Clone(found[at])
		}
		given[at] = true
	}
	return values
}

// PutMany implements [drivers.Batcher], with one statement for 500 items or 4 MiB.
func (d *Driver) PutMany(ctx context.Context, items []drivers.Item, ttl time.Duration) error {
	if ttl < 0 {
		return drivers.ErrTTL
	}
	rows, err := d.rows(items)
	if err != nil {
		return err
	}
	end := microseconds(ttl)
	return d.do(ctx, "put many", writing, func(ctx context.Context) error {
		for chunk := range chunksOf(rows) {
			args := rowArguments([]any{end, look(end)}, chunk)
			if _, err := d.exec(ctx, put, len(chunk), args...); err != nil {
				return err
			}
		}
		return nil
	})
}
