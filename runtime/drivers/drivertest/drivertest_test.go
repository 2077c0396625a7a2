package drivertest_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/drivertest"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
)

// A fault is a driver that breaks one sentence of the contract, and the subtest that must notice.
type fault struct {
	subtest string
	driver  func(d *memory.Driver) drivers.Driver
}

var faults = map[string]fault{
	"an empty value is a miss":        {"Values", func(d *memory.Driver) drivers.Driver { return emptyIsMiss{d} }},
	"keys are folded":                 {"Keys", func(d *memory.Driver) drivers.Driver { return foldedKeys{d} }},
	"long keys are cut":               {"Keys", func(d *memory.Driver) drivers.Driver { return cutKeys{d} }},
	"put keeps the caller's bytes":    {"Ownership", func(d *memory.Driver) drivers.Driver { return &keepsBytes{Driver: d} }},
	"the ttl is ignored":              {"TTL", func(d *memory.Driver) drivers.Driver { return otherTTL{d, 0, 0} }},
	"entries end early":               {"TTL", func(d *memory.Driver) drivers.Driver { return otherTTL{d, 9, 10} }},
	"entries end late":                {"TTL", func(d *memory.Driver) drivers.Driver { return otherTTL{d, 11, 10} }},
	"a negative ttl is accepted":      {"TTL", func(d *memory.Driver) drivers.Driver { return negativeTTL{d} }},
	"add overwrites":                  {"Add", func(d *memory.Driver) drivers.Driver { return addOverwrites{d} }},
	"add is not atomic":               {"Add", func(d *memory.Driver) drivers.Driver { return addInSteps{d} }},
	"flush does nothing":              {"Flush", func(d *memory.Driver) drivers.Driver { return flushNothing{d} }},
	"increment is not atomic":         {"Counters", func(d *memory.Driver) drivers.Driver { return incrementInSteps{d} }},
	"increment renews the ttl":        {"CounterTTL", func(d *memory.Driver) drivers.Driver { return incrementInSteps{d} }},
	"sums wrap around":                {"CounterErrors", func(d *memory.Driver) drivers.Driver { return sumsWrap{d} }},
	"get ignores the ctx":             {"Contexts", func(d *memory.Driver) drivers.Driver { return ignoresContext{d} }},
	"close does nothing":              {"Close", func(d *memory.Driver) drivers.Driver { return closeNothing{d} }},
	"many values are out of order":    {"Batcher", func(d *memory.Driver) drivers.Driver { return reversedMany{d} }},
	"locks are values":                {"Locker", func(d *memory.Driver) drivers.Driver { return lockIsValue{d} }},
	"anybody can unlock":              {"Locker", func(d *memory.Driver) drivers.Driver { return unlockForAll{d} }},
	"the first key is not forgotten":  {"Forget", func(d *memory.Driver) drivers.Driver { return forgetsOne{d} }},
	"stores of one backend are mixed": {"Isolation", func(d *memory.Driver) drivers.Driver { return d }},
}

func init() { maps.Copy(faults, abilityFaults) }

// faultVariable names the fault that a run of TestFaultyDriver shows.
const faultVariable = "DRIVERTEST_FAULT"

// TestFaultyDriver is run by TestFaultsAreFound, in a process of its own: it must fail.
func TestFaultyDriver(t *testing.T) {
	f, ok := faults[os.Getenv(faultVariable)]
	if !ok {
		t.Skip("run by TestFaultsAreFound")
	}
	clock := &clock{now: time.Unix(0, 0)}
	shared := memoryDriver(t, clock)
	drivertest.Run(t,
		func(t *testing.T) drivers.Driver { return f.driver(memoryDriver(t, clock)) },
		drivertest.Caps{
			Advance:   clock.advance,
			OpenStore: func(*testing.T, string, string) drivers.Driver { return closeNothing{shared} },
		})
}

func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subtest := faults[name].subtest
			cmd := exec.Command(os.Args[0], "-test.run=^TestFaultyDriver$/^"+subtest+"$", "-test.timeout=1m")
			cmd.Env = append(os.Environ(), faultVariable+"="+name)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "the suite passes a driver in which %s", name)
			require.Contains(t, string(out), "--- FAIL: TestFaultyDriver/"+subtest)
			require.NotContains(t, string(out), "panic:")
		})
	}
}

// clock is moved by the suite.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func memoryDriver(t *testing.T, c *clock) *memory.Driver {
	t.Helper()
	d, err := memory.Open(t.Context(), memory.Options{Now: c.read})
	require.NoError(t, err)
	return d
}

type emptyIsMiss struct{ *memory.Driver }

func (f emptyIsMiss) Get(ctx context.Context, key string) ([]byte, bool, error) {
	value, _, err := f.Driver.Get(ctx, key)
	return value, len(value) > 0, err
}

type foldedKeys struct{ *memory.Driver }

func (f foldedKeys) Get(ctx context.Context, key string) ([]byte, bool, error) {
	return f.Driver.Get(ctx, strings.ToLower(key))
}

func (f foldedKeys) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return f.Driver.Put(ctx, strings.ToLower(key), value, ttl)
}

type cutKeys struct{ *memory.Driver }

func cut(key string) string { return key[:min(len(key), 511)] }

func (f cutKeys) Get(ctx context.Context, key string) ([]byte, bool, error) {
	return f.Driver.Get(ctx, cut(key))
}

func (f cutKeys) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return f.Driver.Put(ctx, cut(key), value, ttl)
}

type keepsBytes struct {
	*memory.Driver
	kept sync.Map
}

func (f *keepsBytes) Put(_ context.Context, key string, value []byte, _ time.Duration) error {
	f.kept.Store(key, value)
	return nil
}

func (f *keepsBytes) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if value, ok := f.kept.Load(key); ok {
		return slices.Clone(value.([]byte)), true, nil
	}
	return f.Driver.Get(ctx, key)
}

// otherTTL stores with a fraction of the ttl.
type otherTTL struct {
	*memory.Driver
	times, by time.Duration
}

func (f otherTTL) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if f.by == 0 || ttl > 1000*time.Hour {
		return f.Driver.Put(ctx, key, value, min(ttl, 0))
	}
	return f.Driver.Put(ctx, key, value, ttl*f.times/f.by)
}

type negativeTTL struct{ *memory.Driver }

func (f negativeTTL) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return f.Driver.Put(ctx, key, value, max(ttl, 0))
}

type addOverwrites struct{ *memory.Driver }

func (f addOverwrites) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	return true, f.Put(ctx, key, value, ttl)
}

type addInSteps struct{ *memory.Driver }

func (f addInSteps) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	_, found, err := f.Get(ctx, key)
	if found || err != nil {
		return false, err
	}
	runtime.Gosched()
	return true, f.Put(ctx, key, value, ttl)
}

type flushNothing struct{ *memory.Driver }

func (flushNothing) Flush(context.Context) error { return nil }

type incrementInSteps struct{ *memory.Driver }

func (f incrementInSteps) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (int64, error) {
	value, found, err := f.Get(ctx, key)
	if err != nil {
		return 0, err
	}
	if !found {
		value = []byte("0")
	}
	n, err := drivers.ParseNumber(value)
	if err != nil {
		return 0, err
	}
	runtime.Gosched()
	return n + delta, f.Put(ctx, key, drivers.AppendNumber(nil, n+delta), ttl)
}

type sumsWrap struct{ *memory.Driver }

func (f sumsWrap) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (int64, error) {
	return incrementInSteps(f).Increment(ctx, key, delta, ttl)
}

type ignoresContext struct{ *memory.Driver }

func (f ignoresContext) Get(ctx context.Context, key string) ([]byte, bool, error) {
	return f.Driver.Get(context.WithoutCancel(ctx), key)
}

type closeNothing struct{ *memory.Driver }

func (closeNothing) Close() error { return nil }

type reversedMany struct{ *memory.Driver }

func (f reversedMany) GetMany(ctx context.Context, keys []string) ([][]byte, error) {
	values := make([][]byte, len(keys))
	for i, key := range keys {
		value, found, err := f.Get(ctx, key)
		if err != nil {
			return nil, err
		}
		if found {
			values[len(keys)-1-i] = append([]byte{}, value...)
		}
	}
	return values, nil
}

func (f reversedMany) PutMany(ctx context.Context, items []drivers.Item, ttl time.Duration) error {
	for _, item := range items {
		if err := f.Put(ctx, item.Key, item.Value, ttl); err != nil {
			return err
		}
	}
	return nil
}

type lockIsValue struct{ *memory.Driver }

func (f lockIsValue) Lock(ctx context.Context, name, owner string, ttl time.Duration) (g drivers.Grant, err error) {
	added, err := f.Add(ctx, name, []byte(owner), ttl)
	if added {
		g.Fence = 1
	}
	return g, err
}

type unlockForAll struct{ *memory.Driver }

func (f unlockForAll) Unlock(ctx context.Context, name, _ string) (bool, error) {
	return true, f.ForceUnlock(ctx, name)
}

type forgetsOne struct{ *memory.Driver }

func (f forgetsOne) Forget(ctx context.Context, keys ...string) error {
	return f.Driver.Forget(ctx, keys[min(1, len(keys)):]...)
}
