package cache_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
)

// source is the data behind the caches of this file: a number for each key, which only grows.
type source [8]atomic.Int64

// readThrough is a cache of a source, to be checked.
type readThrough interface {
	read(ctx context.Context, key int64) (int64, error)
	forget(ctx context.Context, key int64) error
}

// fenced is the cache under test.
type fenced struct {
	manager *cache.Manager
	numbers *cache.Cache[int64, int64]
	load    func(context.Context, int64) (int64, error)
}

func (f fenced) read(ctx context.Context, key int64) (int64, error) {
	return f.numbers.RememberE(ctx, key, f.load)
}

// forget flushes the whole store for one of the keys.
func (f fenced) forget(ctx context.Context, key int64) error {
	if key == 0 {
		return f.manager.FlushWithContext(ctx)
	}
	return f.numbers.Forget(ctx, key)
}

// unfenced is what applications write by hand: look, load, store.
type unfenced struct {
	numbers *cache.Cache[int64, int64]
	load    func(context.Context, int64) (int64, error)
}

func (u unfenced) read(ctx context.Context, key int64) (int64, error) {
	n, ok, err := u.numbers.Get(ctx, key)
	if ok || err != nil {
		return n, err
	}
	if n, err = u.load(ctx, key); err != nil {
		return n, err
	}
	return n, u.numbers.Put(ctx, key, n)
}

func (u unfenced) forget(ctx context.Context, key int64) error { return u.numbers.Forget(ctx, key) }

// history runs steps of readers and writers on a cache and counts the reads that returned a number older
// than one whose invalidation had been acknowledged before the read began.
type history struct {
	data  source
	acked source // the numbers whose invalidation was acknowledged
	stale atomic.Int64
	pause func(r *rand.Rand) // between the steps of a load
}

func (h *history) load(_ context.Context, key int64) (int64, error) {
	n := h.data[key].Load()
	h.pause(rand.New(rand.NewPCG(uint64(n), uint64(key))))
	return n, nil
}

func (h *history) write(ctx context.Context, c readThrough, key int64) error {
	n := h.data[key].Add(1)
	if err := c.forget(ctx, key); err != nil {
		return err
	}
	for {
		old := h.acked[key].Load()
		if old >= n || h.acked[key].CompareAndSwap(old, n) {
			return nil
		}
	}
}

func (h *history) check(ctx context.Context, c readThrough, key int64) error {
	least := h.acked[key].Load()
	n, err := c.read(ctx, key)
	if n < least {
		h.stale.Add(1)
	}
	return err
}

// run takes steps on each of 16 goroutines, one in eight of them a write.
func (h *history) run(t *testing.T, c readThrough, steps int) {
	var wg sync.WaitGroup
	for g := range uint64(16) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(g, 1))
			for range steps {
				var err error
				if key := r.Int64N(8); r.IntN(8) == 0 {
					err = h.write(t.Context(), c, key)
				} else {
					err = h.check(t.Context(), c, key)
				}
				if err != nil {
					t.Errorf("a step failed: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func numbersSpec() cache.Spec[int64, int64] {
	return cache.Spec[int64, int64]{
		Name: "Numbers", Pattern: "n:{key int}", TTL: time.Hour,
		AppendKey: func(dst []byte, k int64) ([]byte, error) { return append(dst, 'n', ':', byte('0'+k)), nil },
	}
}

// naps returns pauses of any length up to most.
func naps(most time.Duration) func(*rand.Rand) {
	return func(r *rand.Rand) { time.Sleep(time.Duration(r.Int64N(int64(most)))) }
}

// slowFake is a store whose reads and writes take up to a millisecond before and after they take effect.
func slowFake(t *testing.T) *cache.Manager {
	m, f := newFakeManager(t)
	var mu sync.Mutex
	r := rand.New(rand.NewPCG(1, 2))
	nap := func(context.Context, string) error {
		mu.Lock()
		d := time.Duration(r.Int64N(int64(time.Millisecond)))
		mu.Unlock()
		time.Sleep(d)
		return nil
	}
	for _, op := range []string{"get", "put", "forget", "flush"} {
		f.on(op, nap)
		f.then(op, nap)
	}
	return m
}

// TestNoReadIsOlderThanAnAcknowledgedInvalidation runs random histories in bubbles, where every pause
// reorders goroutines, and, on memory, also in real time.
func TestNoReadIsOlderThanAnAcknowledgedInvalidation(t *testing.T) {
	stores := map[string]func(*testing.T) *cache.Manager{
		"memory": func(t *testing.T) *cache.Manager { return newManager(t, nil) },
		"slow":   slowFake,
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, m := &history{pause: naps(time.Millisecond)}, open(t)
				h.run(t, fenced{m, cache.NewCache(m, numbersSpec()), h.load}, 4000)
				require.Zero(t, h.stale.Load())
			})
		})
		t.Run(name+" unfenced", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &history{pause: naps(time.Millisecond)}
				h.run(t, unfenced{cache.NewCache(open(t), numbersSpec()), h.load}, 1000)
				require.Positive(t, h.stale.Load(), "the checker sees no violation")
			})
		})
	}
	t.Run("real time", func(t *testing.T) {
		h, m := &history{pause: func(*rand.Rand) { runtime.Gosched() }}, newManager(t, nil)
		h.run(t, fenced{m, cache.NewCache(m, numbersSpec()), h.load}, 10_000)
		require.Zero(t, h.stale.Load())
	})
}
