package cache

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/cachegen/cachegen/runtime/keys"
	"github.com/cachegen/cachegen/runtime/registry"
)

// declared is a typed cache that was made on a manager, for Stats and Ready.
type declared struct {
	name    string
	store   string
	pattern string // as it was specified
	parsed  keys.Pattern
	value   reflect.Type
	err     error // why the cache cannot work
	counts  counts
}

// declare records a cache, once for each name, store, pattern and type of values: an accessor may be
// made anew for every request, while two packages may have accessors of one name.
func (m *Manager) declare(d *declared) *declared {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, have := range m.caches {
		if have.name == d.name && have.store == d.store && have.pattern == d.pattern && have.value == d.value {
			return have
		}
	}
	m.caches = append(m.caches, d)
	return d
}

// checkCaches reports what is wrong with the caches that were made on m.
func (m *Manager) checkCaches() (errs []error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	names := map[string]bool{}
	for i, d := range m.caches {
		names[d.name] = true
		if d.err != nil {
			errs = append(errs, d.err)
		}
		if !m.config.has(d.store) {
			errs = append(errs, fmt.Errorf("cachegen: %s: %w", d.name, m.config.unknown(d.store)))
		}
		for _, other := range m.caches[:i] {
			errs = append(errs, overlap(other, d)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.config.Caches)) {
		if !names[name] {
			unknown := registry.NotFound("cache", name, slices.Sorted(maps.Keys(names)))
			errs = append(errs, fmt.Errorf("cachegen: config: Caches: %w; make the caches before Ready", unknown))
		}
	}
	return errs
}

// overlap reports that two caches of one store have a key in common.
func overlap(a, b *declared) []error {
	if a.store != b.store || a.pattern == "" || b.pattern == "" {
		return nil
	}
	key, yes := keys.Overlap(a.parsed, b.parsed)
	if !yes {
		return nil
	}
	return []error{fmt.Errorf("cachegen: %s (%s of %v) and %s (%s of %v) in store %q can both have the key %q; change one pattern, or give one another store",
		a.name, a.pattern, a.value, b.name, b.pattern, b.value, a.store, key)}
}
