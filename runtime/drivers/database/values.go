package database

import (
	"context"
	"fmt"
	"time"
	"unsafe"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// longestName bounds stored names: what the index of each database takes.
const longestName = 2600

// stored returns the stored name of a key, as bytes that must not be changed.
func (d *Driver) stored(key string) ([]byte, error) { return asName(d.keys.Key(key)) }

// asName returns the bytes of a stored name, which must not be changed.
func asName(name string) ([]byte, error) {
	if len(name) > longestName {
		return nil, fmt.Errorf("cachegen/drivers/database: a key is too long: with its prefix it takes %d bytes, and at most %d are possible", len(name), longestName)
	}
	return unsafe.Slice(unsafe.StringData(name), len(name)), nil
}

// present returns value, or an empty one for nil: NULL would be no value.
func present(value []byte) []byte {
	if value == nil {
		return []byte{}
	}
	return value
}

// Get implements [drivers.Driver].
func (d *Driver) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	name, err := d.stored(key)
	if err != nil {
		return nil, false, err
	}
	err = d.do(ctx, "get", reading, func(ctx context.Context) error {
		value, found, err = d.get(ctx, name)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return value, found, nil
}

func (d *Driver) get(ctx context.Context, name []byte) (value []byte, found bool, err error) {
	found, err = d.row(ctx, get, []any{name}, &value)
	if !found {
		return nil, false, err
	}
	return present(value), true, nil
}

// Put implements [drivers.Driver]. With SQLite, see [Options].Sync for what it has done when it
// returns.
func (d *Driver) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if ttl < 0 {
		return drivers.ErrTTL
	}
	name, err := d.stored(key)
	if err != nil {
		return err
	}
	if err := d.fits(value); err != nil {
		return err
	}
	end := microseconds(ttl)
	return d.do(ctx, "put", writing, func(ctx context.Context) error {
		_, err := d.exec(ctx, put, 1, end, look(end), name, present(value))
		return err
	})
}

// Add implements [drivers.Driver].
func (d *Driver) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (added bool, err error) {
	if ttl < 0 {
		return false, drivers.ErrTTL
	}
	name, err := d.stored(key)
	if err != nil {
		return false, err
	}
	if err := d.fits(value); err != nil {
		return false, err
	}
	err = d.do(ctx, "add", writing, func(ctx context.Context) error {
		added, err = d.add(ctx, name, present(value), microseconds(ttl))
		return err
	})
	return added && err == nil, err
}

func (d *Driver) add(ctx context.Context, name, value []byte, ttl int64) (bool, error) {
	result, err := d.exec(ctx, add, 1, ttl, look(ttl), name, value)
	if err != nil {
		return false, err
	}
	if d.grammar.returning {
		n, err := result.RowsAffected()
		return n > 0, err
	}
	id, err := result.LastInsertId()
	return id != 2, err
}

// Forget implements [drivers.Driver].
func (d *Driver) Forget(ctx context.Context, keys ...string) error {
	names, err := d.names(keys)
	if err != nil {
		return err
	}
	return d.do(ctx, "forget", writing, func(ctx context.Context) error {
		return names.chunks(func(part []any) error {
			_, err := d.exec(ctx, forget, len(part), part...)
			return err
		})
	})
}
