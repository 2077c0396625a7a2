package cache

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/keys"
	"github.com/cachegen/cachegen/runtime/registry"
)

// declared is a typed cache or limit that was made on a manager, for Stats and Ready.
type declared struct {
	name    string
	store   string
	pattern string // as it was specified
	parsed  keys.Pattern
	value   reflect.Type // of a cache
	err     error        // why the cache cannot work
	counts  counts

	limit    bool         // it is a limit, and its keys are apart from those of caches
	rate     drivers.Rate // of a limit
	disabled bool         // of a limit
}

// same reports whether two declarations are of one cache, made twice.
func (d *declared) same(other *declared) bool {
	return d.name == other.name && d.store == other.store && d.pattern == other.pattern &&
		d.value == other.value && d.limit == other.limit && d.rate == other.rate
}

// String describes d for an error.
func (d *declared) String() string {
	if d.limit {
		return fmt.Sprintf("%s (%s, %d in %v)", d.name, d.pattern, d.rate.Limit, d.rate.Period)
	}
	return fmt.Sprintf("%s (%s of %v)", d.name, d.pattern, d.value)
}

// declare records a cache, once for each name, store, pattern and type of values or rate: an accessor
// may be made anew for every request, while two packages may have accessors of one name.
func (m *Manager) declare(d *declared) *declared {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, have := range m.caches {
		if have.same(d) {
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
		if err := m.checkStoreOf(d); err != nil {
			errs = append(errs, err)
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

// checkStoreOf reports that there is no store of d, or that it cannot do what d needs. m.mu is held.
func (m *Manager) checkStoreOf(d *declared) error {
	s := m.stores[d.store]
	switch {
	case !m.config.has(d.store):
		return fmt.Errorf("cachegen: %s: %w", d.name, m.config.unknown(d.store))
	case d.limit && !d.disabled && s != nil && s.engine.LacksLimits():
		return fmt.Errorf("cachegen: limit %s on store %q: %w: give it a store whose driver is a drivers.Limiter", d.name, d.store, drivers.ErrUnsupported)
	}
	return nil
}

// overlap reports that two caches, or two limits, of one store have a key in common.
func overlap(a, b *declared) []error {
	if a.store != b.store || a.limit != b.limit || a.pattern == "" || b.pattern == "" {
		return nil
	}
	key, yes := keys.Overlap(a.parsed, b.parsed)
	if !yes {
		return nil
	}
	return []error{fmt.Errorf("cachegen: %v and %v in store %q can both have the key %q; change one pattern, or give one another store", a, b, a.store, key)}
}
