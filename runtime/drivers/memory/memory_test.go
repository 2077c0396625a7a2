package memory_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/racetest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/drivertest"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
)

func open(t testing.TB, o memory.Options) *memory.Driver {
	d, err := memory.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

func TestContract(t *testing.T) {
	t.Run("real clock", func(t *testing.T) {
		drivertest.Run(t, func(t *testing.T) drivers.Driver {
			d, err := memory.Open(t.Context(), memory.Options{})
			require.NoError(t, err)
			return d
		}, drivertest.Caps{})
	})
	t.Run("own clock, bounded by bytes", func(t *testing.T) {
		var mu sync.Mutex
		now := time.Unix(0, 0)
		drivertest.Run(t, func(t *testing.T) drivers.Driver {
			d, err := memory.Open(t.Context(), memory.Options{
				MaxBytes: 16 << 20,
				Now:      func() time.Time { mu.Lock(); defer mu.Unlock(); return now },
			})
			require.NoError(t, err)
			return d
		}, drivertest.Caps{Advance: func(d time.Duration) { mu.Lock(); defer mu.Unlock(); now = now.Add(d) }})
	})
}

// TestExpiryIsExact looks at an entry a nanosecond before its deadline and at it, with the coarse clock
// running: it must be neither early nor late.
func TestExpiryIsExact(t *testing.T) {
	for _, ttl := range []time.Duration{time.Nanosecond, time.Millisecond, 99 * time.Millisecond, 100 * time.Millisecond, 101 * time.Millisecond, time.Second, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			d := open(t, memory.Options{})
			require.NoError(t, d.Put(t.Context(), "k", []byte("v"), ttl))
			time.Sleep(ttl - time.Nanosecond)
			require.True(t, has(d, "k"), "gone before its time to live of %v", ttl)
			time.Sleep(time.Nanosecond)
			require.False(t, has(d, "k"), "still there after its time to live of %v", ttl)
		})
	}
}

func has(d *memory.Driver, key string) bool {
	_, ok := d.Lookup([]byte(key))
	return ok
}

// TestReplacedIsFreed: nothing of a value stays once another has taken its place, whether the key is
// kept beside it or by itself.
func TestReplacedIsFreed(t *testing.T) {
	for _, key := range []string{"short", strings.Repeat("long", 20)} {
		d := open(t, memory.Options{})
		old := &[1 << 16]byte{}
		freed := whenFreed(&old[0])
		require.NoError(t, d.Store(t.Context(), key, memory.Entry{Live: old}, time.Hour))
		require.NoError(t, d.Store(t.Context(), key, memory.Entry{Live: 1}, time.Hour))
		old = nil
		require.True(t, freed(), "key %q: the old value is still in memory", key)
		require.True(t, has(d, key))
	}
}

// TestKeyIsCopied stores under keys that are parts of something large, which must not stay with them.
func TestKeyIsCopied(t *testing.T) {
	ctx := t.Context()
	for _, n := range []int{8, 32, 80} {
		d := open(t, memory.Options{})
		large := make([]byte, 1<<16)
		freed := whenFreed(&large[0])
		require.NoError(t, d.Put(ctx, unsafe.String(&large[0], n), []byte("v"), time.Hour))
		added, err := d.Add(ctx, unsafe.String(&large[0], n+1), []byte("v"), time.Hour)
		require.NoError(t, err)
		require.True(t, added)
		large = nil
		require.True(t, freed(), "what a key of %d bytes was a part of is still in memory", n)
		require.True(t, has(d, string(make([]byte, n))))
		require.True(t, has(d, string(make([]byte, n+1))))
	}
}

// whenFreed returns a func that collects garbage until p's object is freed. It reports whether it was.
func whenFreed(p *byte) func() bool {
	freed := make(chan struct{})
	runtime.AddCleanup(p, func(struct{}) { close(freed) }, struct{}{})
	return func() bool {
		for range 100 {
			runtime.GC()
			select {
			case <-freed:
				return true
			default:
			}
		}
		return false
	}
}

// TestWeightIsMemory holds what entries are said to weigh against the heap.
func TestWeightIsMemory(t *testing.T) {
	if racetest.Enabled {
		t.Skip("the race detector makes allocations larger")
	}
	for _, size := range []int{0, 100, 1000} {
		before := heap()
		d := open(t, memory.Options{MaxBytes: 1 << 30})
		for i := range 50_000 {
			require.NoError(t, d.Put(t.Context(), strconv.Itoa(10_000_000+i), make([]byte, size), time.Hour))
		}
		_, weight := d.Size() // otter's queues are empty
		require.InEpsilon(t, heap()-before, weight, 0.25, "values of %d bytes", size)
	}
}

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestExpiredIsFreed writes entries that nobody reads again.
func TestExpiredIsFreed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, memory.Options{})
		ctx := t.Context()
		for i := range 1000 {
			require.NoError(t, d.Put(ctx, fmt.Sprint("v", i), nil, time.Second))
			_, err := d.Increment(ctx, fmt.Sprint("c", i), 1, time.Second)
			require.NoError(t, err)
		}
		entries, _ := d.Size()
		require.EqualValues(t, 2000, entries)
		time.Sleep(time.Minute)
		synctest.Wait()
		entries, _ = d.Size()
		require.Zero(t, entries)
	})
}

func TestBounds(t *testing.T) {
	ctx := t.Context()
	t.Run("entries", func(t *testing.T) {
		d := open(t, memory.Options{MaxEntries: 100})
		for i := range 10_000 {
			require.NoError(t, d.Put(ctx, fmt.Sprint(i), []byte("v"), 0))
		}
		entries, _ := d.Size()
		require.LessOrEqual(t, entries, int64(100))
	})
	t.Run("bytes", func(t *testing.T) {
		d := open(t, memory.Options{MaxBytes: 1 << 20})
		for i := range 10_000 {
			require.NoError(t, d.Put(ctx, fmt.Sprint(i), make([]byte, 1024), 0))
		}
		_, bytes := d.Size()
		require.LessOrEqual(t, bytes, int64(1<<20))
		require.Greater(t, bytes, int64(1<<19))
	})
	t.Run("counters are an error, never evicted", func(t *testing.T) {
		d := open(t, memory.Options{MaxEntries: 2, MaxCounters: 10})
		for i := range 10 {
			_, err := d.Increment(ctx, fmt.Sprint("c", i), 1, 0)
			require.NoError(t, err)
		}
		_, err := d.Increment(ctx, "one more", 1, 0)
		require.ErrorContains(t, err, "more than 10 counters")
		for i := range 100 {
			require.NoError(t, d.Put(ctx, fmt.Sprint("v", i), nil, 0))
		}
		n, err := d.Increment(ctx, "c0", 1, 0)
		require.NoError(t, err)
		require.EqualValues(t, 2, n)
		require.NoError(t, d.Forget(ctx, "c0"))
		_, err = d.Increment(ctx, "one more", 1, 0)
		require.NoError(t, err)
	})
	t.Run("locks have a cap of their own", func(t *testing.T) {
		d := open(t, memory.Options{MaxCounters: 1})
		_, err := d.Increment(ctx, "c", 1, 0)
		require.NoError(t, err)
		got, err := d.Lock(ctx, "a", "me", time.Hour)
		require.NoError(t, err)
		require.True(t, got.Won())
		_, err = d.Lock(ctx, "b", "me", time.Hour)
		require.ErrorContains(t, err, "more than 1 locks")
	})
}

func TestConfiguration(t *testing.T) {
	for _, c := range []struct {
		config drivers.StoreConfig
		says   string
	}{
		{drivers.StoreConfig{MaxEntries: 1, MaxBytes: 1}, "not both"},
		{drivers.StoreConfig{MaxEntries: -1}, "MaxEntries: must not be negative"},
		{drivers.StoreConfig{MaxBytes: -1}, "MaxBytes: must not be negative"},
		{drivers.StoreConfig{Options: map[string]string{"max_counters": "few"}}, "positive whole number"},
		{drivers.StoreConfig{Options: map[string]string{"max_counter": "1"}}, "unknown option"},
	} {
		c.config.Driver = "memory"
		_, err := drivers.Open(t.Context(), c.config)
		require.ErrorContains(t, err, c.says)
		require.True(t, drivers.Permanent(err))
	}
}

// TestLiveValues covers what drivers.Driver does not speak of.
func TestLiveValues(t *testing.T) {
	ctx := t.Context()
	d := open(t, memory.Options{})
	type point struct{ X, Y int }
	p := &point{1, 2}
	require.NoError(t, d.Store(ctx, "p", memory.Entry{Live: p}, 0))
	live, ok := d.Lookup([]byte("p"))
	require.True(t, ok)
	require.Same(t, p, live)
	_, _, err := d.Get(ctx, "p")
	require.ErrorIs(t, err, drivers.ErrUnsupported)
	_, err = d.Increment(ctx, "p", 1, 0)
	require.ErrorIs(t, err, drivers.ErrNotNumber)

	added, err := d.StoreNew(ctx, "p", memory.Entry{Live: 1}, 0)
	require.NoError(t, err)
	require.False(t, added)

	for _, c := range []struct {
		live any
		want int64
		err  error
	}{
		{int8(41), 42, nil}, {uint16(41), 42, nil}, {int64(math.MaxInt64), 0, drivers.ErrOverflow}, {uint64(math.MaxUint64), 0, drivers.ErrOverflow}, {"41", 0, drivers.ErrNotNumber},
	} {
		require.NoError(t, d.Store(ctx, "n", memory.Entry{Live: c.live}, 0))
		n, err := d.Increment(ctx, "n", 1, 0)
		require.ErrorIs(t, err, c.err)
		require.Equal(t, c.want, n)
	}
}

// TestReaderAlwaysFindsTheValue has writers that turn a value into a counter and back. A reader must
// find one or the other at any time.
func TestReaderAlwaysFindsTheValue(t *testing.T) {
	ctx := t.Context()
	d := open(t, memory.Options{})
	require.NoError(t, d.Put(ctx, "k", []byte("1"), 0))
	stop := make(chan struct{})
	var writers sync.WaitGroup
	writers.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				_, _ = d.Increment(ctx, "k", 1, 0)
				_ = d.Put(ctx, "k", []byte("1"), 0)
			}
		}
	})
	for range 20_000 {
		_, ok, err := d.Get(ctx, "k")
		require.NoError(t, err)
		require.True(t, ok)
	}
	close(stop)
	writers.Wait()
}

func TestLookupAllocatesNothing(t *testing.T) {
	d := open(t, memory.Options{})
	for _, key := range []string{"user:42", strings.Repeat("long", 20)} {
		require.NoError(t, d.Put(context.Background(), key, []byte("v"), time.Hour))
		look := []byte(key)
		require.Zero(t, testing.AllocsPerRun(1000, func() {
			if _, ok := d.Lookup(look); !ok {
				t.Fatal("missing")
			}
		}))
	}
}
