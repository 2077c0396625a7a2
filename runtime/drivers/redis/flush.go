package redis

import (
	"context"
	"strings"
)

// scanCount is how many keys the server looks at in one step: few enough that it serves others
// meanwhile, many enough that steps do not dominate.
const scanCount = 1000

// Flush implements [drivers.Driver]. It walks the server's keys, so its duration grows with their
// number: the operation timeout bounds each of its steps, and only ctx bounds all of them.
//
// Leases go first. A load that began before the flush has lost its lease when the values go, so
// what it stored is removed and what it has not stored yet is refused. What was taken of rate limits
// goes too; locks stay.
func (d *Driver) Flush(ctx context.Context) error {
	for _, prefix := range []string{d.keys.Internals(leases), d.keys.Internals(usages), d.keys.Keys()} {
		if err := d.removeAll(ctx, globEscaper.Replace(prefix)+"*"); err != nil {
			return err
		}
	}
	return nil
}

// removeAll removes the keys that match pattern.
func (d *Driver) removeAll(ctx context.Context, pattern string) error {
	for cursor := uint64(0); ; {
		next, err := d.removeSome(ctx, pattern, cursor)
		if err != nil || next == 0 {
			return err
		}
		cursor = next
	}
}

func (d *Driver) removeSome(ctx context.Context, pattern string, cursor uint64) (next uint64, err error) {
	ctx, err = d.begin(ctx, "flush")
	if err != nil {
		return 0, err
	}
	keys, next, err := d.client.Scan(ctx, cursor, pattern, scanCount).Result()
	if err == nil && len(keys) > 0 {
		err = d.client.Unlink(ctx, keys...).Err()
	}
	return next, d.fail(ctx, "flush", err)
}

var globEscaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)
