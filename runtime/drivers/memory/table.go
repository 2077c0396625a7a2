package memory

import (
	"fmt"
	"sync/atomic"
)

// table holds what must not be evicted: counters, locks, leases, usages. Its entries end by
// themselves, and their number is bounded. It is guarded by its shard's mutex.
type table[V any] struct {
	entries map[string]timed[V] // lazily made
	quota   *quota
}

// timed is a value with its deadline, 0 for never.
type timed[V any] struct {
	value    V
	deadline int64
}

// quota bounds the entries of one kind in all shards.
type quota struct {
	what  string
	used  atomic.Int64
	limit int64
}

// get returns the entry of key that has not ended.
func (t *table[V]) get(c *clock, key string) (timed[V], bool) {
	e, ok := t.entries[key]
	return e, ok && !c.passed(e.deadline)
}

// put stores e under key. One entry more than the quota allows is an error.
func (t *table[V]) put(key string, e timed[V]) error {
	if _, ok := t.entries[key]; !ok {
		if err := t.quota.take(); err != nil {
			return err
		}
	}
	if t.entries == nil {
		t.entries = map[string]timed[V]{}
	}
	t.entries[key] = e
	return nil
}

func (t *table[V]) drop(key string) {
	if _, ok := t.entries[key]; ok {
		delete(t.entries, key)
		t.quota.used.Add(-1)
	}
}

func (t *table[V]) clear() {
	t.quota.used.Add(-int64(len(t.entries)))
	clear(t.entries)
}

// sweep drops what has ended.
func (t *table[V]) sweep(c *clock) {
	for key, e := range t.entries {
		if c.passed(e.deadline) {
			t.drop(key)
		}
	}
}

func (q *quota) take() error {
	if q.used.Add(1) > q.limit {
		q.used.Add(-1)
		return fmt.Errorf("cachegen/drivers/memory: more than %d %s; give them a shorter time to live, or raise Options[max_counters]", q.limit, q.what)
	}
	return nil
}
