package database

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// A lease stands in the row of its key: its token, and its end as held. The row of a key without a
// value has expired as of 1970.
//
// Where writes answer with no rows, those of one call leave a random number in the rows that they
// changed, and it is read afterwards.

// newNonce returns a number for one call.
func newNonce() int64 { return rand.Int64() }

// Acquire implements [drivers.Leaser].
func (d *Driver) Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, replace bool) ([]drivers.Lease, error) {
	if ttl <= 0 {
		return nil, drivers.ErrTTL
	}
	names, err := d.names(keys)
	if err != nil {
		return nil, err
	}
	op := acquire
	if replace {
		op = acquireAnyway
	}
	found := make([]drivers.Lease, len(names.names))
	err = d.do(ctx, "acquire", writing, func(ctx context.Context) error {
		clear(found)
		for start := 0; start < len(found); start += atOnce {
			part := found[start:min(start+atOnce, len(found))]
			chunk := nameList{names: names.names[start : start+len(part)]}
			if err := d.acquire(ctx, op, chunk, []byte(token), microseconds(ttl), part); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]drivers.Lease, len(keys))
	for i, at := range names.at {
		out[i] = found[at]
		if replace {
			out[i].Value = nil
		}
	}
	return out, nil
}

// acquire takes the leases of names, and writes what it found into leases.
func (d *Driver) acquire(ctx context.Context, op operation, names nameList, token []byte, ttl int64, found []drivers.Lease) error {
	nonce := newNonce()
	args := append([]any{token, ttl, nonce}, names.arguments()...)
	read := func(rows *sql.Rows) error { return readLease(rows, names, nonce, found) }
	switch d.grammar.dialect {
	case PostgreSQL:
		return d.each(ctx, op, len(found), args, read)
	case SQLite:
		if err := d.each(ctx, op, len(found), args, func(rows *sql.Rows) error { return readWinner(rows, names, found) }); err != nil {
			return err
		}
		return d.readLosers(ctx, names, found)
	}
	result, err := d.exec(ctx, op, len(found), args...)
	if err != nil {
		return err
	}
	if len(found) == 1 {
		id, err := result.LastInsertId()
		if err != nil || id != 2 {
			found[0].Won = err == nil
			return err
		}
	}
	return d.each(ctx, leases, len(found), names.arguments(), read)
}

// readLease reads a row of leases. The lease is won if the row holds the call's nonce.
func readLease(rows *sql.Rows, names nameList, nonce int64, found []drivers.Lease) error {
	var name sql.RawBytes
	var alive bool
	var number, left int64
	var value, token []byte
	if err := rows.Scan(&name, &alive, &number, &left, &value, &token); err != nil {
		return err
	}
	i, ok := names.find(name)
	switch {
	case !ok:
	case number == nonce:
		found[i].Won = true
	case alive:
		found[i].Value, found[i].Holder = present(value), string(token)
		found[i].Left = time.Duration(max(left, 0)) * time.Microsecond
	default:
		found[i].Holder = string(token)
		found[i].Left = time.Duration(max(left, 0)) * time.Microsecond
	}
	return nil
}

func readWinner(rows *sql.Rows, names nameList, found []drivers.Lease) error {
	var name sql.RawBytes
	if err := rows.Scan(&name); err != nil {
		return err
	}
	if i, ok := names.find(name); ok {
		found[i].Won = true
	}
	return nil
}

// readLosers reads what keeps the leases that were not won.
func (d *Driver) readLosers(ctx context.Context, names nameList, found []drivers.Lease) error {
	lost := nameList{}
	for i, name := range names.names {
		if !found[i].Won {
			lost.names = append(lost.names, name)
		}
	}
	return lost.chunks(func(part []any) error {
		return d.each(ctx, leases, len(part), part, func(rows *sql.Rows) error {
			return readLease(rows, names, -1, found)
		})
	})
}

// Fill implements [drivers.Leaser].
func (d *Driver) Fill(ctx context.Context, items []drivers.Item, token string, ttl time.Duration) ([]bool, error) {
	if ttl < 0 {
		return nil, drivers.ErrTTL
	}
	rows, err := d.rows(items)
	if err != nil {
		return nil, err
	}
	done := map[string]bool{}
	err = d.do(ctx, "fill", writing, func(ctx context.Context) error {
		for chunk := range chunksOf(rows) {
			args := rowArguments([]any{[]byte(token), microseconds(ttl), newNonce()}, chunk)
			names := nameList{}
			for _, r := range chunk {
				names.names = append(names.names, r.Key)
			}
			if err := d.change(ctx, fill, names, args, done); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	stored := make([]bool, len(items))
	for i, it := range items {
		stored[i] = done[d.keys.Key(it.Key)]
	}
	return stored, nil
}

// change runs an operation whose third argument is a nonce, and adds the names of the rows that it
// changed to done.
func (d *Driver) change(ctx context.Context, op operation, names nameList, args []any, done map[string]bool) error {
	n := len(names.names)
	collect := func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		done[name] = true
		return err
	}
	if d.grammar.returning {
		return d.each(ctx, op, n, args, collect)
	}
	result, err := d.exec(ctx, op, n, args...)
	if err != nil {
		return err
	}
	switch changed, err := result.RowsAffected(); {
	case err != nil || changed == 0:
		return err
	case changed == int64(n):
		for _, name := range names.names {
			done[name] = true
		}
		return nil
	}
	return d.each(ctx, marked, n, append([]any{args[2]}, names.arguments()...), collect)
}

// Renew implements [drivers.Leaser].
func (d *Driver) Renew(ctx context.Context, keys []string, token string, ttl time.Duration) ([]bool, error) {
	if ttl < 0 {
		return nil, drivers.ErrTTL
	}
	names, err := d.names(keys)
	if err != nil {
		return nil, err
	}
	done := map[string]bool{}
	step, mode := d.renewSome(token, ttl, done), writing
	if ttl == 0 {
		step, mode = d.holdsSome(token, done), reading
	}
	err = d.do(ctx, "renew", mode, func(ctx context.Context) error {
		for chunk := range slices.Chunk(names.names, atOnce) {
			if err := step(ctx, nameList{names: chunk}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	held := make([]bool, len(keys))
	for i, at := range names.at {
		held[i] = done[names.names[at]]
	}
	return held, nil
}

// renewSome returns the step that renews leases and adds their names to done.
func (d *Driver) renewSome(token string, ttl time.Duration, done map[string]bool) func(context.Context, nameList) error {
	return func(ctx context.Context, part nameList) error {
		args := append([]any{[]byte(token), microseconds(ttl), newNonce()}, part.arguments()...)
		return d.change(ctx, renew, part, args, done)
	}
}

// holdsSome returns the step that adds to done the names of leases which token holds.
func (d *Driver) holdsSome(token string, done map[string]bool) func(context.Context, nameList) error {
	return func(ctx context.Context, part nameList) error {
		args := append([]any{[]byte(token)}, part.arguments()...)
		return d.each(ctx, holds, len(part.names), args, func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			done[name] = true
			return err
		})
	}
}

// Release implements [drivers.Leaser].
func (d *Driver) Release(ctx context.Context, keys []string, token string) error {
	names, err := d.names(keys)
	if err != nil {
		return err
	}
	return d.do(ctx, "release", writing, func(ctx context.Context) error {
		return names.chunks(func(part []any) error {
			_, err := d.exec(ctx, release, len(part), append([]any{[]byte(token)}, part...)...)
			return err
		})
	})
}
