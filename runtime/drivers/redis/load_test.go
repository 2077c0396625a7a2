package redis_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/internal/stalls"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// long says whether faults last as long as in production, and loads are ten times as large. That
// takes minutes.
var long = os.Getenv("CACHEGEN_TEST_LONG") != ""

const (
	workers = 8
	// pace is how often each worker calls: all together about 1,000 times a second.
	pace = workers * time.Millisecond
	// loadKeys is how many keys most loads are about.
	loadKeys = 300
)

// load calls a store all the time, and checks what it answers.
type load struct {
	t       *testing.T
	d       *redis.Driver
	keys    int
	context func(*rand.Rand) (ctx context.Context, cancel func(), bound time.Duration)
	stop    chan struct{}
	running sync.WaitGroup

	calls, failed, wrong atomic.Int64
	counted              [workers]int64 // successful increments; each belongs to its worker

	machine *stalls.Watcher

	mu          sync.Mutex
	late        []lateCall
	lastFailure time.Time
	failures    map[string]int // by text
}

// lateCall is a call that outlived its bound.
type lateCall struct {
	span // from the bound to the return
	text string
}

// startLoad starts a load on so many keys, which ends with the test at the latest.
func startLoad(t *testing.T, d *redis.Driver, keys int, ctx func(*rand.Rand) (context.Context, func(), time.Duration)) *load {
	t.Helper()
	l := &load{t: t, d: d, keys: keys, context: ctx, stop: make(chan struct{}), failures: map[string]int{}, machine: stalls.Watch(t)}
	for w := range workers {
		l.running.Go(func() { l.work(w) })
	}
	t.Cleanup(l.end)
	return l
}

// hurried gives most calls a deadline, some none at all and some a cancel before they can be done.
func hurried(timeout time.Duration) func(*rand.Rand) (context.Context, func(), time.Duration) {
	return func(r *rand.Rand) (context.Context, func(), time.Duration) {
		background := context.Background()
		switch n := r.IntN(10); {
		case n < 6:
			bound := time.Duration(100+r.IntN(100)) * time.Millisecond
			ctx, cancel := context.WithTimeout(background, bound)
			return ctx, cancel, min(bound, timeout)
		case n < 8:
			return background, func() {}, timeout
		}
		ctx, cancel := context.WithCancel(background)
		timer := time.AfterFunc(time.Duration(r.IntN(100))*time.Millisecond, cancel)
		return ctx, func() { timer.Stop(); cancel() }, timeout
	}
}

// unhurried gives all calls the time that they need.
func unhurried(*rand.Rand) (context.Context, func(), time.Duration) {
	return context.Background(), func() {}, patient
}

func (l *load) end() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.running.Wait()
}

func (l *load) work(w int) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	r := rand.New(rand.NewPCG(uint64(w), 1))
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
			l.call(w, r)
		}
	}
}

// call makes one call and notes what came of it.
func (l *load) call(w int, r *rand.Rand) {
	ctx, cancel, bound := l.context(r)
	defer cancel()
	started := time.Now()
	name, err := l.operate(ctx, w, r)
	ended := time.Now()
	l.calls.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if due := started.Add(bound); ended.After(due) {
		l.late = append(l.late, lateCall{span{due, ended}, fmt.Sprintf("%s: %v", name, err)})
	}
	if err == nil || errors.Is(ctx.Err(), context.Canceled) || // the load's own
		errors.Is(err, context.DeadlineExceeded) && l.machine.During(started, ended) > 5*stalls.Sample {
		return // no failure, or not the driver's
	}
	l.failed.Add(1)
	l.lastFailure = ended
	l.failures[name+": "+err.Error()]++
}

func (l *load) operate(ctx context.Context, w int, r *rand.Rand) (name string, err error) {
	key := loadKey(r.IntN(l.keys))
	switch n := r.IntN(20); {
	case n < 9:
		value, found, err := l.d.Get(ctx, key)
		if found {
			l.check(key, value)
		}
		return "get", err
	case n < 13:
		return "put", l.d.Put(ctx, key, loadValue(key, r), time.Hour)
	case n < 15:
		return "forget", l.d.Forget(ctx, key, loadKey(r.IntN(l.keys)))
	case n < 17:
		keys := make([]string, 10)
		for i := range keys {
			keys[i] = loadKey(r.IntN(l.keys))
		}
		values, err := l.d.GetMany(ctx, keys)
		for i, value := range values {
			if value != nil {
				l.check(keys[i], value)
			}
		}
		return "get many", err
	case n < 18:
		items := make([]drivers.Item, 5)
		for i := range items {
			items[i].Key = loadKey(r.IntN(l.keys))
			items[i].Value = loadValue(items[i].Key, r)
		}
		return "put many", l.d.PutMany(ctx, items, time.Hour)
	}
	if _, err := l.d.Increment(ctx, fmt.Sprint("count:", w), 1, 0); err != nil {
		return "increment", err
	}
	l.counted[w]++
	return "increment", nil
}

func loadKey(n int) string { return fmt.Sprint("user:", n) }

// loadValue names its key, so that a value that went to the wrong caller is recognised.
func loadValue(key string, r *rand.Rand) []byte {
	return []byte(key + "=" + strings.Repeat("x", r.IntN(300)))
}

func (l *load) check(key string, value []byte) {
	if !strings.HasPrefix(string(value), key+"=") {
		l.wrong.Add(1)
		l.t.Errorf("%s has the value %.40q", key, value)
	}
}

// more waits until n more calls have returned.
func (l *load) more(n int64) {
	l.t.Helper()
	n += l.calls.Load()
	redistest.Await(l.t, "calls return", func() bool { return l.calls.Load() >= n })
}

// recovery waits until 500 calls in a row have worked, and returns how long after since the last
// call failed.
func (l *load) recovery(since time.Time) time.Duration {
	l.t.Helper()
	for {
		failed := l.failed.Load()
		l.more(500)
		if l.failed.Load() == failed {
			break
		}
		require.Less(l.t, time.Since(since), 30*time.Second, "no recovery: %v", l.texts())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(0, l.lastFailure.Sub(since))
}

func (l *load) texts() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string]int{}
	for text, n := range l.failures {
		out[text] = n
	}
	return out
}

// report ends the load, logs its figures, and checks the promises that hold under any fault.
func (l *load) report(what string) {
	l.t.Helper()
	l.end()
	var latest, own time.Duration
	text := "none"
	for _, c := range l.late {
		late := c.to.Sub(c.from)
		latest = max(latest, late)
		if late -= l.machine.During(c.from, c.to); late > own {
			own, text = late, c.text
		}
	}
	l.t.Logf("%s: %d calls, %d failed, %d wrong values; latest return %v after its deadline, %v without the machine's stalls (%s)",
		what, l.calls.Load(), l.failed.Load(), l.wrong.Load(), latest, own, text)
	require.Zero(l.t, l.wrong.Load())
	require.LessOrEqual(l.t, own, grace, text)
}

// hold lets a fault last.
func hold(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	<-timer.C
}
