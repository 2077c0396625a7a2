package database

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// A limit has a row whose number is [drivers.Usage].Until, in nanoseconds, and whose held is its Count,
// which is far below any time.

// Take implements [drivers.Limiter], by the database's clock.
func (d *Driver) Take(ctx context.Context, name string, rate drivers.Rate, n int64) (a drivers.Allowance, err error) {
	stored, err := asName(d.keys.Internal(limits, name))
	if err != nil {
		return a, err
	}
	t := taking{name: stored, rate: rate, n: n, interval: int64(rate.Period) / rate.Limit}
	err = d.do(ctx, "take", writing, func(ctx context.Context) error {
		for done := false; !done; {
			if a, done, err = d.take(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return drivers.Allowance{}, err
	}
	return a, nil
}

// taking is one wish.
type taking struct {
	name     []byte
	rate     drivers.Rate
	n        int64
	interval int64 // in which one comes back, in nanoseconds
}

// operation returns the statement of t and its arguments.
func (t taking) operation() (operation, []any) {
	if t.rate.Window {
		return takeFromWindow, []any{t.name, t.n, t.rate.Limit, int64(t.rate.Period)}
	}
	return takeSteadily, []any{t.name, t.n * t.interval, t.rate.Capacity() * t.interval}
}

// allowed returns the answer to t if u is the usage after it.
func (t taking) allowed(u drivers.Usage, at int64) drivers.Allowance {
	if t.rate.Window {
		u.Count -= t.n
	} else {
		u = drivers.Usage{Until: u.Until - t.n*t.interval}
	}
	_, a := t.rate.Take(u, time.Unix(0, at), t.n)
	return a
}

// refused returns the answer to t if u is the usage. It reports false if u allows what was refused:
// the usage has changed meanwhile.
func (t taking) refused(u drivers.Usage, at int64) (drivers.Allowance, bool) {
	_, a := t.rate.Take(u, time.Unix(0, at), t.n)
	return a, !a.OK
}

// take tries once. It reports false if the usage changed while it was read.
func (d *Driver) take(ctx context.Context, t taking) (a drivers.Allowance, done bool, err error) {
	op, args := t.operation()
	if !d.grammar.returning {
		return d.takeByID(ctx, t, op, args)
	}
	var allowed int
	var u drivers.Usage
	var at int64
	into := []any{&u.Until, &u.Count, &at}
	found := false
	if d.grammar.dialect == PostgreSQL {
		found, err = d.row(ctx, op, args, append([]any{&allowed}, into...)...)
	} else if found, err = d.row(ctx, op, args, into...); found {
		allowed = 1
	} else if err == nil {
		found, err = d.row(ctx, usage, []any{t.name}, into...)
	}
	switch {
	case err != nil || !found:
		return a, false, err
	case allowed == 1:
		return t.allowed(u, at*1000), true, nil
	}
	a, done = t.refused(u, at*1000)
	return a, done, nil
}

// takeByID is take where a write answers with one number: see the templates.
func (d *Driver) takeByID(ctx context.Context, t taking, op operation, args []any) (a drivers.Allowance, done bool, err error) {
	result, err := d.exec(ctx, op, 1, args...)
	if err != nil {
		return a, false, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return a, false, err
	}
	if op == takeSteadily { // all times are relative to now
		if id > 0 {
			return t.allowed(drivers.Usage{Until: id}, 0), true, nil
		}
		a, done = t.refused(drivers.Usage{Until: -id - 1}, 0)
		return a, done, nil
	}
	var u drivers.Usage
	var at int64
	found, err := d.row(ctx, usage, []any{t.name}, &u.Until, &u.Count, &at)
	switch {
	case err != nil:
		return a, false, err
	case id == 2:
		a, done = t.refused(u, at*1000)
		return a, found && done, nil
	case !found || u.Until <= at*1000 || u.Count < t.n: // it has ended meanwhile
		u = drivers.Usage{Until: at*1000 + int64(t.rate.Period), Count: t.n}
	}
	return t.allowed(u, at*1000), true, nil
}
