package drivertest_test

import (
	"context"
	"iter"
	"runtime"
	"strings"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
)

var abilityFaults = map[string]fault{
	"fences repeat":                    {"Fence", func(d *memory.Driver) drivers.Driver { return fencesRepeat{d} }},
	"anybody is told the fence":        {"Fence", func(d *memory.Driver) drivers.Driver { return fenceForAll{d} }},
	"anybody can extend":               {"Extend", func(d *memory.Driver) drivers.Driver { return extendForAll{d} }},
	"extending changes nothing":        {"Extend", func(d *memory.Driver) drivers.Driver { return extendNothing{d} }},
	"wake-ups are lost":                {"Watcher", func(d *memory.Driver) drivers.Driver { return deafWatcher{d} }},
	"a lease is won by all":            {"Leaser", func(d *memory.Driver) drivers.Driver { return leaseForAll{d} }},
	"a lease outlives a forget":        {"Leaser", func(d *memory.Driver) drivers.Driver { return leaseSurvives{d} }},
	"a lease is not asked for":         {"Leaser", func(d *memory.Driver) drivers.Driver { return fillForAll{d} }},
	"a lease hides a value":            {"Leaser", func(d *memory.Driver) drivers.Driver { return leaseHides{d} }},
	"a lease does not end":             {"Leaser", func(d *memory.Driver) drivers.Driver { return endlessLease{d} }},
	"a rate limit is not atomic":       {"Limiter", func(d *memory.Driver) drivers.Driver { return takeInSteps{d} }},
	"a refused taking costs":           {"Limiter", func(d *memory.Driver) drivers.Driver { return takeAnyway{d} }},
	"flush leaves rate limits":         {"Limiter", func(d *memory.Driver) drivers.Driver { return flushNothing{d} }},
	"a scan leaves counters out":       {"Scanner", func(d *memory.Driver) drivers.Driver { return scanValues{d} }},
	"a scan takes the prefix's case":   {"Scanner", func(d *memory.Driver) drivers.Driver { return foldedScan{d} }},
	"a scan does not look at the ctx":  {"Contexts", func(d *memory.Driver) drivers.Driver { return scanForever{d} }},
	"a lease does not look at the ctx": {"Contexts", func(d *memory.Driver) drivers.Driver { return leaseForever{d} }},
}

type fencesRepeat struct{ *memory.Driver }

func (f fencesRepeat) Lock(ctx context.Context, name, owner string, ttl time.Duration) (drivers.Grant, error) {
	g, err := f.Driver.Lock(ctx, name, owner, ttl)
	g.Fence = min(g.Fence, 7)
	return g, err
}

func (f fencesRepeat) Fence(ctx context.Context, name, owner string) (int64, error) {
	n, err := f.Driver.Fence(ctx, name, owner)
	return min(n, 7), err
}

type fenceForAll struct{ *memory.Driver }

func (f fenceForAll) Fence(ctx context.Context, name, _ string) (int64, error) {
	return f.Driver.Fence(ctx, name, "one")
}

type extendForAll struct{ *memory.Driver }

func (f extendForAll) Extend(ctx context.Context, name, _ string, ttl time.Duration) (bool, error) {
	return f.Driver.Extend(ctx, name, "one", ttl)
}

type extendNothing struct{ *memory.Driver }

func (f extendNothing) Extend(ctx context.Context, name, owner string, _ time.Duration) (bool, error) {
	n, err := f.Driver.Fence(ctx, name, owner)
	return n != 0, err
}

// deafWatcher tells of what was given back before the watch began, and of nothing after.
type deafWatcher struct{ *memory.Driver }

func (f deafWatcher) Watch(context.Context, string) (<-chan struct{}, func(), error) {
	return make(chan struct{}), func() {}, nil
}

type leaseForAll struct{ *memory.Driver }

func (f leaseForAll) Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, replace bool) ([]drivers.Lease, error) {
	got, err := f.Driver.Acquire(ctx, keys, token, ttl, replace)
	for i := range got {
		got[i].Won = got[i].Value == nil
	}
	return got, err
}

// leaseSurvives forgets without ending leases.
type leaseSurvives struct{ *memory.Driver }

func (f leaseSurvives) Forget(ctx context.Context, keys ...string) error {
	err := f.Driver.Forget(ctx, keys...)
	if err == nil {
		_, err = f.Acquire(ctx, keys[:min(1, len(keys))], "old", time.Hour, false)
	}
	return err
}

type fillForAll struct{ *memory.Driver }

func (f fillForAll) Fill(ctx context.Context, items []drivers.Item, _ string, ttl time.Duration) ([]bool, error) {
	stored := make([]bool, len(items))
	for i := range stored {
		stored[i] = true
	}
	return stored, f.PutMany(ctx, items, ttl)
}

type leaseHides struct{ *memory.Driver }

func (f leaseHides) Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, _ bool) ([]drivers.Lease, error) {
	return f.Driver.Acquire(ctx, keys, token, ttl, true)
}

type endlessLease struct{ *memory.Driver }

func (f endlessLease) Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, replace bool) ([]drivers.Lease, error) {
	if ttl > 0 {
		ttl = time.Hour
	}
	return f.Driver.Acquire(ctx, keys, token, ttl, replace)
}

type takeInSteps struct{ *memory.Driver }

func (f takeInSteps) Take(ctx context.Context, name string, rate drivers.Rate, n int64) (drivers.Allowance, error) {
	value, _, err := f.Get(ctx, "usage of "+name)
	if err != nil {
		return drivers.Allowance{}, err
	}
	used, _ := drivers.ParseNumber(value)
	runtime.Gosched()
	if used+n > rate.Capacity() {
		return drivers.Allowance{Remaining: rate.Capacity() - used, RetryAfter: rate.Period, ResetAfter: rate.Period}, nil
	}
	_ = f.Put(ctx, "usage of "+name, drivers.AppendNumber(nil, used+n), rate.Period)
	return drivers.Allowance{OK: true, Remaining: rate.Capacity() - used - n, ResetAfter: rate.Period}, nil
}

type takeAnyway struct{ *memory.Driver }

func (f takeAnyway) Take(ctx context.Context, name string, rate drivers.Rate, n int64) (drivers.Allowance, error) {
	a, err := f.Driver.Take(ctx, name, rate, n)
	if err == nil && !a.OK && a.Remaining > 0 {
		_, err = f.Driver.Take(ctx, name, rate, a.Remaining)
	}
	return a, err
}

type scanValues struct{ *memory.Driver }

func (f scanValues) Scan(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for key, err := range f.Driver.Scan(ctx, prefix) {
			if key != "counter" && !yield(key, err) {
				return
			}
		}
	}
}

type foldedScan struct{ *memory.Driver }

func (f foldedScan) Scan(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for key, err := range f.Driver.Scan(ctx, "") {
			if strings.HasPrefix(strings.ToLower(key), strings.ToLower(prefix)) && !yield(key, err) {
				return
			}
		}
	}
}

type scanForever struct{ *memory.Driver }

func (f scanForever) Scan(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return f.Driver.Scan(context.WithoutCancel(ctx), prefix)
}

type leaseForever struct{ *memory.Driver }

func (f leaseForever) Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, replace bool) ([]drivers.Lease, error) {
	return f.Driver.Acquire(context.WithoutCancel(ctx), keys, token, ttl, replace)
}
