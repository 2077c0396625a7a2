package redis

import (
	"context"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// scanCount is how many keys the server looks at in one step: few enough that it serves others
// meanwhile, many enough that steps do not dominate.
const scanCount = 1000

// Flush implements [drivers.Driver]. It walks the keys of the server, or of all masters of a cluster
// at once, so its duration grows with their number: the operation timeout bounds each of its steps,
// and only ctx bounds all of them.
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

// removeAll removes the keys that match pattern, from every server.
func (d *Driver) removeAll(ctx context.Context, pattern string) error {
	return d.walk(ctx, "flush", func() error {
		return d.masters(ctx, "flush", func(_ context.Context, server goredis.UniversalClient) error {
			return d.removeFrom(ctx, server, pattern) // each of its steps is bounded by itself
		})
	})
}

// removeFrom removes the keys of one server that match pattern.
func (d *Driver) removeFrom(ctx context.Context, server goredis.UniversalClient, pattern string) error {
	for cursor := uint64(0); ; {
		next, err := d.removeSome(ctx, server, pattern, cursor)
		if err != nil || next == 0 {
			return err
		}
		cursor = next
	}
}

func (d *Driver) removeSome(ctx context.Context, server goredis.UniversalClient, pattern string, cursor uint64) (next uint64, err error) {
	ctx, err = d.begin(ctx, "flush")
	if err != nil {
		return 0, err
	}
	keys, next, err := server.Scan(ctx, cursor, pattern, scanCount).Result()
	if err != nil || len(keys) == 0 {
		return next, d.fail(ctx, "flush", err)
	}
	return next, d.fail(ctx, "flush", d.unlink(ctx, keys))
}

// unlink removes stored keys.
func (d *Driver) unlink(ctx context.Context, stored []string) error {
	if d.cluster == nil {
		return d.client.Unlink(ctx, stored...).Err()
	}
	calls := make([]goredis.Cmder, len(stored))
	for i := range stored {
		calls[i] = goredis.NewIntCmd(ctx, "unlink", &stored[i])
	}
	d.send(ctx, calls)
	return d.outcome(ctx, calls)
}

var globEscaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)
