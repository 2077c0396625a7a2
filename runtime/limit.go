package cache

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/engine"
	"github.com/cachegen/cachegen/runtime/keys"
)

// Allowance is the answer of a [Limit]. The zero Allowance is a refusal.
type Allowance = drivers.Allowance

// LimitSpec describes a rate limit to [NewLimit]. Generated code fills it in; it can be written by hand
// where nothing is generated. Name, Rate and AppendKey are required.
type LimitSpec[K comparable] struct {
	// Name identifies the limit in events, statistics, errors and Config.Caches.
	Name string
	// Pattern is the shape of its keys, as package keys spells it: "api:{userID int}". Ready compares
	// it with the patterns of the other limits of the store. Empty: not compared.
	Pattern string
	// Store names the store; "" is the default store. Its driver has to be a [drivers.Limiter].
	Store string
	// Rate is how many are allowed in which time, for each key by itself.
	Rate drivers.Rate

	// AppendKey appends the key of k to dst. Different k must give different keys. It does not keep
	// dst.
	AppendKey func(dst []byte, k K) ([]byte, error)
}

// check reports what is wrong with the specification itself.
func (s *LimitSpec[K]) check() error {
	switch {
	case s.Name == "":
		return errors.New("cachegen: a limit without a name: set LimitSpec.Name")
	case s.AppendKey == nil:
		return fmt.Errorf("cachegen: %s: LimitSpec.AppendKey is nil", s.Name)
	}
	if _, err := s.pattern(); err != nil {
		return fmt.Errorf("cachegen: %s: LimitSpec.Pattern: %w", s.Name, err)
	}
	if err := s.Rate.Validate(); err != nil {
		return fmt.Errorf("cachegen: %s: LimitSpec.Rate: %w", s.Name, err)
	}
	return nil
}

func (s *LimitSpec[K]) pattern() (keys.Pattern, error) {
	if s.Pattern == "" {
		return keys.Pattern{}, nil
	}
	return keys.ParsePattern(s.Pattern)
}

// Limit is a typed handle on rate limits: one for each key, all of one rate, shared by every process
// that uses the store. What a key has used is kept by the store and forgotten by itself. The limits of
// a store are apart from its values, counters and locks: a limit and a cache may have keys in common.
// Make one with [NewLimit].
//
// A Limit never allows anything because it could not ask: a store that is down is an error, and the
// caller decides whether to go on without the limit.
type Limit[K comparable] struct {
	spec     LimitSpec[K]
	engine   *engine.Store
	store    string
	disabled bool
	err      error // why the limit cannot work; every call returns it
	counts   *counts
}

// NewLimit returns a typed rate limit on a store of m. It never fails: a mistake in the LimitSpec is
// returned by every call and by m.Ready, which also reports a store whose driver cannot limit rates.
// Config.Caches may give it another store, or disable it: then it allows everything.
func NewLimit[K comparable](m *Manager, s LimitSpec[K]) *Limit[K] {
	override := m.config.Caches[s.Name]
	d := &declared{
		name: s.Name, pattern: s.Pattern, store: cmp.Or(override.Store, s.Store, m.defaultName),
		limit: true, rate: s.Rate, disabled: override.Disabled,
		err: errors.Join(s.check(), checkLimitConfig(s.Name, override)),
	}
	d.parsed, _ = s.pattern()
	l := &Limit[K]{spec: s, store: d.store, disabled: override.Disabled}
	l.err = errors.Join(append(m.config.validateCache(s.Name, override), d.err)...)
	l.engine, l.counts = m.handle(d.store).engine, &m.declare(d).counts
	return l
}

// checkLimitConfig refuses what a configuration says of a limit and cannot be meant.
func checkLimitConfig(name string, c CacheConfig) error {
	if c.TTL != 0 || c.Forever {
		return fmt.Errorf("cachegen: config: cache %q: it is a rate limit, which has no TTL: leave TTL and Forever out", name)
	}
	return nil
}

// Key returns the key of k.
func (l *Limit[K]) Key(k K) (string, error) {
	if l.spec.AppendKey == nil {
		return "", l.err
	}
	key, err := l.spec.AppendKey(make([]byte, 0, 64), k)
	if err != nil {
		return "", fmt.Errorf("cachegen: %s: key: %w", l.spec.Name, err)
	}
	return string(key), nil
}

// Allow takes one of what k may have. See AllowN.
func (l *Limit[K]) Allow(ctx context.Context, k K) (Allowance, error) { return l.AllowN(ctx, k, 1) }

// AllowN takes n of what k may have, or nothing if fewer are left: then OK is false, and RetryAfter
// says when n could be there. n is at least 1; an n that the rate never allows at once is an error.
//
// With any error OK is false, and what k may have is as before, or less by n if the store did not
// answer in time. An error that wraps [drivers.ErrUnsupported] means that the store's driver cannot
// limit rates.
func (l *Limit[K]) AllowN(ctx context.Context, k K, n int64) (Allowance, error) {
	key, err := l.Key(k)
	switch most := l.spec.Rate.Capacity(); {
	case err != nil:
		return Allowance{}, err
	case l.err != nil:
		return Allowance{}, l.err
	case l.disabled:
		return Allowance{OK: true, Remaining: most}, nil
	case n < 1:
		return Allowance{}, l.failed(fmt.Errorf("%d cannot be taken: ask for 1 or more", n))
	case n > most:
		return Allowance{}, l.failed(fmt.Errorf("%d can never be taken: the rate allows %d at once; ask for fewer at a time", n, most))
	}
	a, err := l.engine.Take(ctx, key, l.spec.Rate, n)
	l.report(key, a.OK, err)
	if err != nil {
		return Allowance{}, l.failed(err)
	}
	return a, nil
}

func (l *Limit[K]) failed(err error) error {
	return fmt.Errorf("cachegen: limit %s on store %q: %w", l.spec.Name, l.store, err)
}

// report tells of a taking: it changed the store, or was refused, or failed.
func (l *Limit[K]) report(key string, ok bool, err error) {
	kind := event.OverLimit
	switch {
	case err != nil:
		kind = event.StoreError
	case ok:
		kind = event.Write
	}
	l.counts.count(kind)
	l.engine.Emit(event.Event{Kind: kind, Cache: l.spec.Name, Op: "take", Err: err}, key)
}
