//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// loader is a process that loads, changes and reads the data behind a cache. The data of a key is its
// version: the size of a file.
type loader struct {
	d      *file.Driver
	path   string
	id     string
	fenced bool
	seen   [3]int // for each key, the version of the last change that this process knows to be invalidated

	filled, refused, stale int
}

func loadALot(path, arg string) error {
	d, err := join(path)
	if err != nil {
		return err
	}
	l := &loader{d: d, path: path, id: fmt.Sprint(os.Getpid(), " "), fenced: arg == "fenced"}
	rerun.Ready()
	for turn := range choose(150, 10000) {
		key := rand.N(len(l.seen))
		if turn%4 == 0 {
			err = l.change(key)
		} else {
			err = l.load(key, turn)
		}
		if err = errors.Join(err, l.check(key)); err != nil {
			return err
		}
	}
	fmt.Println(l.filled, l.refused, l.stale)
	return nil
}

func cacheKey(key int) string { return fmt.Sprint("key ", key) }

// data opens the data of a key.
func data(path string, key int) (*os.File, error) {
	return os.OpenFile(filepath.Join(path, fmt.Sprint("data", key)), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
}

// version returns that of a key, after it has grown if grow is set.
func version(path string, key int, grow bool) (int, error) {
	f, err := data(path, key)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if grow {
		if _, err := f.Write([]byte{0}); err != nil {
			return 0, err
		}
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return int(info.Size()), nil
}

// change changes the data and then invalidates what the cache has of it.
func (l *loader) change(key int) error {
	v, err := version(l.path, key, true)
	if err != nil {
		return err
	}
	if err := l.d.Forget(context.Background(), cacheKey(key)); err != nil {
		return err
	}
	l.seen[key] = v
	return nil
}

// load fills the cache by a lease, or without if it is not fenced.
func (l *loader) load(key, turn int) error {
	ctx, token := context.Background(), fmt.Sprint(l.id, turn)
	leases, err := l.d.Acquire(ctx, []string{cacheKey(key)}, token, time.Hour, turn%3 == 0)
	if err != nil || !leases[0].Won {
		return err
	}
	v, err := version(l.path, key, false)
	if err != nil {
		return err
	}
	for range 25 { // a slow load
		if _, err := version(l.path, (key+1)%len(l.seen), false); err != nil {
			return err
		}
	}
	item := drivers.Item{Key: cacheKey(key), Value: []byte(strconv.Itoa(v))}
	if !l.fenced {
		l.filled++
		return l.d.Put(ctx, item.Key, item.Value, 0)
	}
	stored, err := l.d.Fill(ctx, []drivers.Item{item}, token, 0)
	if err == nil && stored[0] {
		l.filled++
	} else {
		l.refused++
	}
	return err
}

// check counts a value that is older than a change that was invalidated before.
func (l *loader) check(key int) error {
	value, found, err := l.d.Get(context.Background(), cacheKey(key))
	if err != nil || !found {
		return err
	}
	v, err := strconv.Atoi(string(value))
	if v < l.seen[key] {
		l.stale++
	}
	return err
}

// TestProcessesLoad: no load that began before an acknowledged Forget is in the cache after it, in any
// process; and without leases many are.
func TestProcessesLoad(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"fenced", "unfenced"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			path := fastDir(t)
			var sum [3]int // filled, refused, stale
			for _, line := range rerun.Together(t, "load", path, 2*processes, func(int) string { return mode }) {
				var n [3]int
				_, err := fmt.Sscan(line, &n[0], &n[1], &n[2])
				require.NoError(t, err)
				for i := range sum {
					sum[i] += n[i]
				}
			}
			t.Logf("%s: %d filled, %d refused, %d stale reads", mode, sum[0], sum[1], sum[2])
			require.Positive(t, sum[0])
			if mode == "unfenced" {
				require.Positive(t, sum[2], "the test could not have seen anything")
				return
			}
			require.Positive(t, sum[1], "no load met a Forget")
			require.Zero(t, sum[2])
			requireFresh(t, path)
		})
	}
}

// requireFresh checks what is left when all changes have been invalidated.
func requireFresh(t *testing.T, path string) {
	d := still(t, path)
	for key := range len(loader{}.seen) {
		v, err := version(path, key, false)
		require.NoError(t, err)
		value, found, err := d.Get(t.Context(), cacheKey(key))
		require.NoError(t, err)
		if found {
			require.Equal(t, strconv.Itoa(v), string(value))
		}
	}
}
