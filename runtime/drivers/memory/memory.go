// Package memory is the driver that keeps values in the memory of the process. It is bounded by a
// number of entries or of bytes, evicts by W-TinyLFU (github.com/maypok86/otter), and can hold live
// Go values beside bytes, which is what makes a typed hit free of allocations.
//
// Counters and locks are never evicted to make room for values: they have maps and a cap of their
// own, swept by their time to live.
package memory

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"math"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/maypok86/otter/v2"
)

func init() { drivers.Drivers().Register("memory", open) }

// Defaults of [Options].
const (
	DefaultMaxEntries  = 100_000
	DefaultMaxCounters = 100_000
)

// Options bounds a store. The zero value holds up to [DefaultMaxEntries] values.
type Options struct {
	// MaxEntries bounds the number of values, and MaxBytes their encoded size with their keys and
	// about 140 bytes for each. At most one of them may be set.
	MaxEntries int
	MaxBytes   int64
	// MaxCounters bounds the number of counters and, apart from it, those of locks, leases and rate
	// limits. One more is an error, since dropping one of them would be wrong. Default:
	// DefaultMaxCounters.
	MaxCounters int
	// Now replaces the system's clock, for tests. With it the driver starts no goroutine of its
	// own, and what has expired is freed when it is read.
	Now func() time.Time
}

// Driver is a store in memory. Make one with [Open]. It is safe for concurrent use.
type Driver struct {
	table    any // see values
	clock    *clock
	seed     maphash.Seed
	shards   [shardCount]shard
	quotas   quotas
	fence    atomic.Int64 // the number of the last grant of a lock
	weighted bool

	closed atomic.Bool
	stop   chan struct{}
	done   sync.WaitGroup
}

var (
	_ drivers.Driver  = (*Driver)(nil)
	_ drivers.Batcher = (*Driver)(nil)
	_ drivers.Locker  = (*Driver)(nil)
	_ drivers.Watcher = (*Driver)(nil)
	_ drivers.Leaser  = (*Driver)(nil)
	_ drivers.Limiter = (*Driver)(nil)
	_ drivers.Scanner = (*Driver)(nil)
	_ drivers.Pinger  = (*Driver)(nil)
	_ drivers.Sizer   = (*Driver)(nil)
)

// Open makes an empty store. ctx is not used: nothing is dialled.
func Open(_ context.Context, o Options) (*Driver, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	d := &Driver{
		clock:    newClock(o.Now),
		seed:     maphash.MakeSeed(),
		weighted: o.MaxBytes > 0,
		stop:     make(chan struct{}),
	}
	d.initShards(int64(cmp.Or(o.MaxCounters, DefaultMaxCounters)))
	table, err := otter.New(otterOptions(d, o))
	if err != nil {
		return nil, fmt.Errorf("cachegen/drivers/memory: %w", err)
	}
	d.table = table
	if o.Now == nil {
		d.done.Go(d.maintain)
	}
	return d, nil
}

// values returns the table of values. Neither Driver nor a method of it names the table's type: every
// package that can see a Driver, through a Manager for instance, would compile all of otter for these
// keys and values anew.
func values(d *Driver) *otter.Cache[string, *cell] { return d.table.(*otter.Cache[string, *cell]) }

func (o Options) check() error {
	refuse := func(field, reason string) error {
		return &drivers.ConfigError{Driver: "memory", Field: field, Reason: reason}
	}
	switch {
	case o.MaxEntries != 0 && o.MaxBytes != 0:
		return refuse("MaxEntries", "set MaxEntries or MaxBytes, not both: a store is bounded in one way")
	case o.MaxEntries < 0:
		return refuse("MaxEntries", "must not be negative")
	case o.MaxBytes < 0:
		return refuse("MaxBytes", "must not be negative")
	case o.MaxCounters < 0:
		return refuse("MaxCounters", "must not be negative")
	}
	return nil
}

func otterOptions(d *Driver, o Options) *otter.Options[string, *cell] {
	out := &otter.Options[string, *cell]{
		Clock: d.clock,
		// otter's expiry only frees memory: whether an entry is still good is decided by its own
		// deadline, so the extra second of life can serve nobody and absorbs the coarse clock.
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[string, *cell]) time.Duration {
			return d.lifetime(e.Value)
		}),
	}
	switch {
	case d.weighted:
		out.MaximumWeight = uint64(o.MaxBytes)
		out.Weigher = func(_ string, c *cell) uint32 { return c.size }
	case o.MaxEntries > 0:
		out.MaximumSize = o.MaxEntries
	default:
		out.MaximumSize = DefaultMaxEntries
	}
	return out
}

func (d *Driver) lifetime(c *cell) time.Duration {
	if c.deadline == 0 {
		return math.MaxInt64 / 2
	}
	return time.Duration(min(c.deadline-d.clock.now(), math.MaxInt64/2)) + time.Second
}

// open is the registered factory. It reads MaxEntries, MaxBytes and Options["max_counters"].
func open(ctx context.Context, cfg drivers.StoreConfig) (drivers.Driver, error) {
	o := Options{MaxEntries: cfg.MaxEntries, MaxBytes: cfg.MaxBytes}
	for name, value := range cfg.Options {
		if name != "max_counters" {
			return nil, &drivers.ConfigError{Driver: "memory", Field: "Options[" + name + "]", Reason: "unknown option; the memory driver knows max_counters"}
		}
		n, err := strconv.Atoi(value)
		if err != nil || n <= 0 {
			return nil, &drivers.ConfigError{Driver: "memory", Field: "Options[max_counters]", Reason: "must be a positive whole number"}
		}
		o.MaxCounters = n
	}
	return Open(ctx, o)
}

// maintain renews the coarse clock, and once a second frees what has expired.
func (d *Driver) maintain() {
	t := time.NewTicker(tick)
	defer t.Stop()
	for sweep := time.Second; ; {
		select {
		case <-d.stop:
			return
		case <-t.C:
		}
		d.clock.coarse.Store(d.clock.now())
		if sweep -= tick; sweep <= 0 {
			sweep = time.Second
			d.sweep()
		}
	}
}

func (d *Driver) sweep() {
	values(d).CleanUp()
	for i := range d.shards {
		d.shards[i].sweep(d.clock)
	}
}

// Close stops the driver's goroutines and frees its values.
func (d *Driver) Close() error {
	if d.closed.Swap(true) {
		return nil
	}
	close(d.stop)
	d.done.Wait()
	values(d).StopAllGoroutines()
	values(d).InvalidateAll()
	return nil
}

// Ping reports only whether the driver is open.
func (d *Driver) Ping(ctx context.Context) error { return d.ready(ctx, 0) }

// Size returns the number of values and counters. Bytes is about what they take if the store is
// bounded by bytes, else 0.
func (d *Driver) Size() (entries, bytes int64) {
	values(d).CleanUp()
	entries = int64(values(d).EstimatedSize()) + d.quotas.counters.used.Load()
	if d.weighted {
		bytes = int64(values(d).WeightedSize())
	}
	return entries, bytes
}

// ready is what every call checks first.
func (d *Driver) ready(ctx context.Context, ttl time.Duration) error {
	if d.closed.Load() {
		return drivers.ErrClosed
	}
	if ttl < 0 {
		return fmt.Errorf("%w: %v is negative; 0 means forever", drivers.ErrTTL, ttl)
	}
	return ctx.Err()
}
