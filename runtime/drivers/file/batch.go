package file

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// GetMany implements [drivers.Batcher].
func (d *Driver) GetMany(ctx context.Context, keys []string) ([][]byte, error) {
	values := make([][]byte, len(keys))
	b, err := d.begin(ctx, 0)
	for i, key := range keys {
		if err == nil {
			values[i], _, err = d.get(b, d.values.place(key))
		}
		if err == nil {
			err = b.err()
		}
	}
	return values, d.fail("get many", err)
}

// PutMany implements [drivers.Batcher]. It takes a shard once for many of its items, and with
// [Options].Sync makes their names reach the disk together.
func (d *Driver) PutMany(ctx context.Context, items []drivers.Item, ttl time.Duration) error {
	b, err := d.begin(ctx, ttl)
	if err == nil {
		places, deadline := d.values.places(keysOf(items)), d.deadline(ttl) // the same for all
		err = d.changeEach(b, places, true, every, func(h *held, i int) error {
			return h.write(places[i], entry{value: items[i].Value, deadline: deadline})
		})
	}
	return d.fail("put many", err)
}

func keysOf(items []drivers.Item) []string {
	keys := make([]string, len(items))
	for i, it := range items {
		keys[i] = it.Key
	}
	return keys
}
