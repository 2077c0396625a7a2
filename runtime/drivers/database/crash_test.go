package database_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// killsVariable asks for another number of kills than that of a usual run.
const killsVariable = "DATABASETEST_KILLS"

const (
	crashKeys   = 8
	smallest    = 4 << 10
	largest     = 256 << 10
	usualKills  = 20
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
func lookUp(d *database.Driver, key string) (int, error) {
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

func writeKeyForEver(d *database.Driver, key string) error {
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
	kills := usualKills
	if n, err := strconv.Atoi(os.Getenv(killsVariable)); err == nil {
		kills = n
	}
	path := newPath(t)
	d := open(t, database.Options{Path: path})
	stop := watch(t, d)
	acknowledged := map[string]int{}
	for range kills {
		killAWriter(t, path, acknowledged)
		for key, want := range acknowledged {
			got, err := lookUp(d, key)
			require.NoError(t, err)
			require.GreaterOrEqual(t, got, want, "an acknowledged write of %s is lost", key)
			require.LessOrEqual(t, got, want+1)
			acknowledged[key] = got
		}
	}
	reads := stop()
	var verdict string
	require.NoError(t, look(t, path).QueryRow("PRAGMA integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)
	t.Logf("%d kills, %d reads meanwhile, 0 torn, 0 foreign, 0 lost", kills, reads)
}

// killAWriter lets a process write a few times, kills it, and notes what it has printed.
func killAWriter(t *testing.T, path string, acknowledged map[string]int) {
	writer := rerun.Start(t, "write", path, "")
	writer.Begin()
	kill := rand.N(usualWrites)
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
}

// watch reads all keys until the returned function is called: each is whole, and its number never
// falls.
func watch(t *testing.T, d *database.Driver) (stop func() (reads int)) {
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
