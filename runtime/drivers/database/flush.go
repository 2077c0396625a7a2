package database

import "context"

// Flush implements [drivers.Driver], some 500 rows at a time: the operation timeout bounds each step, and
// only ctx bounds all of them. A row that is written meanwhile may or may not be there afterwards.
func (d *Driver) Flush(ctx context.Context) error {
	for _, prefix := range []string{d.keys.Internals(limits), d.keys.Keys()} {
		if err := d.removeAll(ctx, prefix); err != nil {
			return err
		}
	}
	return nil
}

// removeAll removes the rows whose names begin with prefix, in ascending order.
func (d *Driver) removeAll(ctx context.Context, prefix string) error {
	from, end := prefix, []byte(after(prefix))
	for more := true; more; {
		err := d.do(ctx, "flush", writing, func(ctx context.Context) error {
			var last []byte
			found, err := d.row(ctx, boundary, []any{[]byte(from), end}, &last)
			if err != nil {
				return err
			}
			if more = found; !found {
				_, err = d.exec(ctx, flushRest, 1, []byte(from), end)
				return err
			}
			_, err = d.exec(ctx, flush, 1, []byte(from), last)
			from = string(last)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
