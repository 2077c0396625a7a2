package database

import (
	"bytes"
	"context"
	"math"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Increment implements [drivers.Driver]. One statement creates the number, or adds to one of up to 18
// digits; for another form the value is read, and replaced if it is still the same.
func (d *Driver) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (sum int64, err error) {
	if ttl < 0 {
		return 0, drivers.ErrTTL
	}
	name, err := d.stored(key)
	if err != nil {
		return 0, err
	}
	err = d.do(ctx, "increment", writing, func(ctx context.Context) error {
		for done := false; !done; {
			if sum, done, err = d.addTo(ctx, name, delta, microseconds(ttl)); err != nil || done {
				return err
			}
			if sum, done, err = d.rewrite(ctx, name, delta); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return sum, nil
}

// addTo adds to the number under name, and reports false if what is there is no plain number, or the
// sum too large.
func (d *Driver) addTo(ctx context.Context, name []byte, delta, ttl int64) (sum int64, done bool, err error) {
	least, most := int64(math.MinInt64), int64(math.MaxInt64)
	if delta < 0 {
		least -= delta
	} else {
		most -= delta
	}
	args := []any{ttl, look(ttl), name, drivers.AppendNumber(nil, delta), delta, least, most}
	if d.grammar.returning {
		done, err = d.row(ctx, increment, args, &sum)
		return sum, done, err
	}
	result, err := d.exec(ctx, increment, 1, args...)
	if err != nil {
		return 0, false, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return 0, false, err
	}
	// A server counts 1 for a row that it inserted, and 2 for one that it changed.
	switch n, err := result.RowsAffected(); {
	case n == 1 && id == 0:
		return delta, err == nil, err
	default:
		return id, n == 2, err
	}
}

// rewrite adds to a number in any form. It reports false if the value has changed meanwhile.
func (d *Driver) rewrite(ctx context.Context, name []byte, delta int64) (sum int64, done bool, err error) {
	old, found, err := d.get(ctx, name)
	if err != nil || !found {
		return 0, false, err
	}
	n, err := drivers.ParseNumber(old)
	if err != nil {
		return 0, false, err
	}
	if sum, err = drivers.AddNumber(n, delta); err != nil {
		return 0, false, err
	}
	value := drivers.AppendNumber(nil, sum)
	if bytes.Equal(value, old) {
		return sum, true, nil
	}
	done, err = d.touched(ctx, replace, name, old, value)
	return sum, done, err
}
