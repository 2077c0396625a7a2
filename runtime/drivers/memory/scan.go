package memory

import (
	"context"
	"iter"
	"strings"
)

// Scan implements drivers.Scanner. Keys are copies.
func (d *Driver) Scan(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := d.ready(ctx, 0); err != nil {
			yield("", err)
			return
		}
		for key, c := range values(d).All() {
			if !strings.HasPrefix(key, prefix) || d.clock.passed(c.deadline) {
				continue
			}
			if err := d.ready(ctx, 0); err != nil {
				yield("", err)
				return
			}
			if !yield(strings.Clone(key), nil) {
				return
			}
		}
		d.scanCounters(prefix, yield)
	}
}

func (d *Driver) scanCounters(prefix string, yield func(string, error) bool) {
	for i := range d.shards {
		for _, key := range d.shards[i].counted(d.clock, prefix) {
			if !yield(key, nil) {
				return
			}
		}
	}
}

// counted returns the keys of counters: yield may call the driver, so no lock is held meanwhile.
func (s *shard) counted(c *clock, prefix string) (keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, e := range s.counters.entries {
		if strings.HasPrefix(key, prefix) && !c.passed(e.deadline) {
			keys = append(keys, key)
		}
	}
	return keys
}
