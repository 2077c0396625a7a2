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

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers/file"
)

const (
	crashKeys   = 8
	smallest    = 64 << 10
	largest     = 1 << 20
	usualKills  = 50
	usualWrites = 24 // at most, before a kill
)

// crashValue is a value that names its key and its number, and is full of them.
func crashValue(key string, number, size int) []byte {
	mark := fmt.Appendf(nil, "%s %d\n", key, number)
	return bytes.Repeat(mark, size/len(mark)+1)
}

// crashNumber returns the number in a value, or an error if it is torn or another key's.
func crashNumber(key string, value []byte) (int, error) {
	mark, _, _ := bytes.Cut(value, []byte("\n"))
	name, digits, _ := strings.Cut(string(mark), " ")
	number, err := strconv.Atoi(digits)
	if err != nil || name != key {
		return 0, fmt.Errorf("the value of %s begins with %q", key, mark)
	}
	if !bytes.Equal(value, crashValue(key, number, len(value)-len(mark)-1)) {
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
	ready()
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
		err = d.Put(context.Background(), key, crashValue(key, number, smallest+rand.N(largest-smallest)), 0)
		if err == nil {
			fmt.Printf("%s %d\n", key, number)
		}
	}
	return err
}

// TestKilledWriters kills a process with eight writers, again and again, while the store is read.
func TestKilledWriters(t *testing.T) {
	t.Parallel()
	kills := choose(20, 220)
	path := t.TempDir()
	d := open(t, file.Options{Path: path})
	stop := watch(t, d)
	acknowledged := map[string]int{}
	for range kills {
		writer := spawn(t, "write", path, "")
		writer.begin()
		kill := rand.N(usualWrites)
		for writes := 0; ; writes++ {
			if writes == kill {
				_ = writer.cmd.Process.Kill()
			}
			key, digits, ok := strings.Cut(writer.line(), " ")
			if !ok {
				break
			}
			number, err := strconv.Atoi(digits)
			require.NoError(t, err)
			acknowledged[key] = number
		}
		require.Error(t, writer.cmd.Wait(), "it was killed")
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

// dieWriting kills its own process at the given step of a write.
func dieWriting(path, step string) error {
	d, err := file.Open(context.Background(), file.Options{Path: path, Timeout: patient, Sync: true})
	if err != nil {
		return err
	}
	ready()
	d.FailAt(func(s string) error {
		if s == step {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	})
	return errors.Join(d.Put(context.Background(), "k", []byte("new"), 0), errors.New("it is still alive"))
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
				path := t.TempDir()
				d := still(t, path)
				put(t, d, "k", "old")
				writer := spawn(t, "die", path, step)
				writer.begin()
				require.Error(t, writer.cmd.Wait())
				require.Equal(t, syscall.SIGKILL, writer.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal())
				requireValue(t, d, "k", want)
				left := step == "write" || step == "sync" || step == "rename"
				require.Equal(t, left, len(files(t, path, "new")) == 1)
				clean(t, d)
				require.Empty(t, files(t, path, "new"))
			})
		}
	}
}

var errFault = errors.New("the disk is on fire")

// TestFaults: a write that fails at any step is an error, keeps the old value and leaves nothing.
func TestFaults(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	synced := open(t, file.Options{Path: path, Sync: true})
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
