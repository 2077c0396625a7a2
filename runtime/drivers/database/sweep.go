package database

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"time"
)

// maintain sweeps until ctx is done.
func (d *Driver) maintain(ctx context.Context, every time.Duration) {
	for rest(ctx, every/2+rand.N(every)) {
		d.sweepAll(ctx)
	}
}

// sweepAll removes the rows that have expired, and works at most half of the time. Several processes may
// sweep at once. What fails is left to the next sweep.
func (d *Driver) sweepAll(ctx context.Context) {
	for {
		started := time.Now()
		n, err := d.sweepSome(ctx)
		if err != nil || n < atOnce || !rest(ctx, time.Since(started)) {
			return
		}
	}
}

// sweepSome looks at the rows that are due longest, and returns how many there were. A row is removed if
// nothing in it has any time left, and otherwise looked at again when all has ended, or in a day. Rows
// are found without locks and removed by their names, as other writers do, so that they do not collide.
func (d *Driver) sweepSome(ctx context.Context) (due int, err error) {
	names := nameList{}
	err = d.do(ctx, "sweep", reading, func(ctx context.Context) error {
		names.names = names.names[:0]
		return d.each(ctx, expired, 1, nil, func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			names.names = append(names.names, name)
			return err
		})
	})
	if err != nil || len(names.names) == 0 {
		return 0, err
	}
	due = len(names.names)
	names = sorted(names.names)
	err = d.do(ctx, "sweep", writing, func(ctx context.Context) error {
		return names.chunks(func(part []any) error {
			if _, err := d.exec(ctx, sweep, len(part), part...); err != nil {
				return err
			}
			_, err := d.exec(ctx, postpone, len(part), append([]any{lookAfter}, part...)...)
			return err
		})
	})
	return due, err
}

// rest waits, and reports whether ctx is still alive.
func rest(ctx context.Context, pause time.Duration) bool {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
