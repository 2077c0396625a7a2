//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

const (
	crashKeys = 8
	smallest  = 64 << 10
)

// crashSize returns the size of the next value.
func crashSize() int { return smallest + rand.N(choose(256<<10, 4<<20)-smallest) }

// crashValue is a value that names its key and its number, and is full of them.
func crashValue(key string, number, size int) []byte {
	mark := fmt.Appendf(nil, "%s %d\n", key, number)
	return bytes.Repeat(mark, size/len(mark)+1)
}

// crashNumber returns the number in a value, or an error if it is torn or another key's. A value is
// whole if it repeats its mark to the end, so that it equals itself, moved by a mark.
func crashNumber(key string, value []byte) (int, error) {
	mark, _, _ := bytes.Cut(value, []byte("\n"))
	name, digits, _ := strings.Cut(string(mark), " ")
	number, err := strconv.Atoi(digits)
	if err != nil || name != key {
		return 0, fmt.Errorf("the value of %s begins with %q", key, mark)
	}
	period := len(mark) + 1
	if len(value) < smallest || len(value)%period != 0 || !bytes.Equal(value[period:], value[:len(value)-period]) {
		return 0, fmt.Errorf("the value of %s is torn", key)
	}
	return number, nil
}

// lookUp returns the number under key, 0 if there is none.
func lookUp(d *file.Driver, key string) (int, error) {
	value, found, err := d.Get(context.Background(), key)
	if err != nil || !found {
		return 0, err
	}
	return crashNumber(key, value)
}

// writeForEver writes each key from a goroutine of its own, with the next number each time, and
// prints what was acknowledged.
func writeForEver(path, _ string) error {
	d, err := join(path)
	if err != nil {
		return err
	}
	rerun.Ready()
	failed := make(chan error)
	for i := range crashKeys {
		go func() { failed <- writeKeyForEver(d, fmt.Sprint("key", i)) }()
	}
	return <-failed
}

func writeKeyForEver(d *file.Driver, key string) error {
	number, err := lookUp(d, key)
	for err == nil {
		number++
		err = d.Put(context.Background(), key, crashValue(key, number, crashSize()), 0)
		if err == nil {
			fmt.Printf("%s %d\n", key, number)
		}
	}
	return err
}

// TestKilledWriters kills a process with eight writers, again and again, while the store is read.
func TestKilledWriters(t *testing.T) {
	t.Parallel()
	kills, path := choose(20, 220), fastDir(t)
	if kills > 20 {
		path = t.TempDir() // on a disk, which takes its time
	}
	d := open(t, file.Options{Path: path})
	stop := watch(t, d)
	acknowledged := map[string]int{}
	for range kills {
		writer := rerun.Start(t, "write", path, "")
		writer.Begin()
		kill := rand.N(choose(12, 24)) // writes before it
		for writes := 0; ; writes++ {
			if writes == kill {
				_ = writer.Cmd.Process.Kill()
			}
			key, digits, ok := strings.Cut(writer.Line(), " ")
			if !ok {
				break
			}
			number, err := strconv.Atoi(digits)
			require.NoError(t, err)
			acknowledged[key] = number
		}
		require.Error(t, writer.Cmd.Wait(), "it was killed")
		for key, want := range acknowledged {
			got, err := lookUp(d, key)
			require.NoError(t, err)
			require.GreaterOrEqual(t, got, want, "an acknowledged write of %s is lost", key)
			require.LessOrEqual(t, got, want+1)
			acknowledged[key] = got
		}
	}
	reads := stop()
	t.Logf("%d kills, %d reads meanwhile, 0 torn, 0 foreign, 0 lost", kills, reads)
	d.Sweep()
	require.Empty(t, files(t, path, "new"))
}

// watch reads all keys until the returned function is called: each is whole, and its number never
// falls.
func watch(t *testing.T, d *file.Driver) (stop func() (reads int)) {
	var stopped atomic.Bool
	var reads int
	var wg sync.WaitGroup
	wg.Go(func() {
		var seen [crashKeys]int
		for ; !stopped.Load(); reads++ {
			i := reads % crashKeys
			number, err := lookUp(d, fmt.Sprint("key", i))
			if err != nil || number < seen[i] {
				t.Errorf("key%d: %d after %d, %v", i, number, seen[i], err)
				return
			}
			seen[i] = number
		}
	})
	return func() int {
		stopped.Store(true)
		wg.Wait()
		return reads
	}
}

// calls are what dieCalling can die in.
var calls = map[string]func(ctx context.Context, d *file.Driver) error{
	"Put":    func(ctx context.Context, d *file.Driver) error { return d.Put(ctx, "k", []byte("new"), 0) },
	"Forget": func(ctx context.Context, d *file.Driver) error { return d.Forget(ctx, "k") },
	"Flush":  func(ctx context.Context, d *file.Driver) error { return d.Flush(ctx) },
	"Fill": func(ctx context.Context, d *file.Driver) error {
		_, err := d.Fill(ctx, []drivers.Item{{Key: "k", Value: []byte("new")}}, "token", 0)
		return err
	},
	"Acquire": func(ctx context.Context, d *file.Driver) error {
		_, err := d.Acquire(ctx, []string{"free"}, "late", time.Hour, false)
		return err
	},
	"Lock": func(ctx context.Context, d *file.Driver) error {
		_, err := d.Lock(ctx, "free", "late", time.Hour)
		return err
	},
	"Unlock": func(ctx context.Context, d *file.Driver) error {
		_, err := d.Unlock(ctx, "held", "owner")
		return err
	},
}

// dieCalling kills its own process at the given step of a call.
func dieCalling(path, arg string) error {
	call, step, _ := strings.Cut(arg, " at ")
	d, err := file.Open(context.Background(), file.Options{Path: path, Timeout: patient, Sync: true, Now: time.Now})
	if err != nil {
		return err
	}
	rerun.Ready()
	d.FailAt(func(s string) error {
		if s == step {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	})
	return errors.Join(calls[call](context.Background(), d), errors.New("it is still alive"))
}

// die runs a process that dies where arg says.
func die(t *testing.T, path, arg string) {
	t.Helper()
	c := rerun.Start(t, "die", path, arg)
	c.Begin()
	require.Error(t, c.Cmd.Wait())
	require.Equal(t, syscall.SIGKILL, c.Cmd.ProcessState.Sys().(syscall.WaitStatus).Signal())
}

// TestKilledAtEachStep: before the rename the old value stays, from then on it is the new one; the
// shard is free at once, and what was left behind is swept.
func TestKilledAtEachStep(t *testing.T) {
	t.Parallel()
	for step, want := range map[string]string{
		"create": "old", "write": "old", "sync": "old", "rename": "old", "sync directory": "new",
	} {
		for name, clean := range map[string]func(t *testing.T, d *file.Driver){
			"by a write": func(t *testing.T, d *file.Driver) { put(t, d, "k", "next") },
			"by a sweep": func(t *testing.T, d *file.Driver) { d.Sweep() },
		} {
			t.Run(step+" and cleaned "+name, func(t *testing.T) {
				t.Parallel()
				path := t.TempDir()
				d := still(t, path)
				put(t, d, "k", "old")
				die(t, path, "Put at "+step)
				requireValue(t, d, "k", want)
				left := step == "write" || step == "sync" || step == "rename"
				require.Equal(t, left, len(files(t, path, "new")) == 1)
				clean(t, d)
				require.Empty(t, files(t, path, "new"))
			})
		}
	}
}

// TestKilledInOtherCalls: what belongs together changes together, or what is left is the safe half.
func TestKilledInOtherCalls(t *testing.T) {
	t.Parallel()
	type then struct {
		value   string // of the key k, "" for a miss
		leased  bool   // whether the lease of k still holds
		free    bool   // whether the lease of the other key is free
		locking bool   // whether the lock is still held
	}
	untouched := then{value: "old", leased: true, free: true, locking: true}
	for at, want := range map[string]then{
		"Forget at remove":         untouched,
		"Forget at sync directory": {free: true, locking: true},
		"Fill at rename":           untouched,
		"Fill at sync directory":   {value: "new", free: true, locking: true},
		"Acquire at rename":        untouched,
		"Flush at state":           untouched,
		"Flush at remove":          {value: "old", free: true, locking: true}, // its lease goes first
		"Lock at state":            untouched,
		"Lock at rename":           untouched,
		"Unlock at state":          untouched,
		"Unlock at remove":         untouched,
		"Unlock at sync directory": {value: "old", leased: true, free: true},
	} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			path := t.TempDir()
			d := still(t, path)
			put(t, d, "k", "old")
			acquired(t, d, "k", "token", time.Hour, true)
			fence := granted(t, d, "held", "owner", time.Hour)
			die(t, path, at)

			value, _, err := d.Get(t.Context(), "k")
			require.NoError(t, err)
			require.Equal(t, want.value, string(value))
			require.Equal(t, want.leased, fill(t, d, "k", "token", "filled"))
			leases, err := d.Acquire(t.Context(), []string{"free"}, "next", time.Hour, false)
			require.NoError(t, err)
			require.Equal(t, want.free, leases[0].Won)
			granted(t, d, "free", "next", time.Hour)
			locked, err := d.Fence(t.Context(), "held", "owner")
			require.NoError(t, err)
			require.Equal(t, want.locking, locked == fence)
			require.NoError(t, d.ForceUnlock(t.Context(), "held"))
			require.Greater(t, granted(t, d, "held", "next", time.Hour), fence)
			d.Sweep()
			require.Empty(t, files(t, path, "new"))
		})
	}
}

var errFault = errors.New("the disk is on fire")

// TestFaults: a write that fails at any step is an error, keeps the old value and leaves nothing.
func TestFaults(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	synced := open(t, file.Options{Path: path, Sync: true, Now: time.Now})
	ctx := t.Context()
	put(t, d, "k", "1")
	for _, step := range []string{"create", "write", "sync", "rename"} {
		d.FailAt(func(s string) error {
			if s == step {
				return errFault
			}
			return nil
		})
		require.ErrorIs(t, d.Put(ctx, "k", []byte("2"), 0), errFault, step)
		added, err := d.Add(ctx, "other", nil, 0)
		require.ErrorIs(t, err, errFault)
		require.False(t, added)
		_, err = d.Increment(ctx, "k", 1, 0)
		require.ErrorIs(t, err, errFault)
		got, err := d.Lock(ctx, "l", "o", patient)
		require.ErrorIs(t, err, errFault)
		require.False(t, got.Won())
		d.FailAt(nil)
		requireValue(t, d, "k", "1")
		requireMiss(t, d, "other")
		require.Empty(t, files(t, path, "new"))
	}
	synced.FailAt(func(s string) error {
		if s == "sync directory" {
			return errFault
		}
		return nil
	})
	require.ErrorIs(t, synced.Put(ctx, "k", []byte("2"), 0), errFault, "it may not survive a loss of power")
}

// TestCancelledWrite cancels a write when its file is complete.
func TestCancelledWrite(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	put(t, d, "k", "old")
	ctx, cancel := context.WithCancel(t.Context())
	d.FailAt(func(s string) error {
		if s == "sync" {
			cancel()
		}
		return nil
	})
	require.ErrorIs(t, d.Put(ctx, "k", []byte("new"), 0), context.Canceled)
	requireValue(t, d, "k", "old")
	require.Empty(t, files(t, path, "new"))
}
