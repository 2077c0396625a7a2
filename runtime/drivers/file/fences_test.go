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
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// lockForEver takes the lock again and again, by a clock that is off, as owner arg, and notes the number
// of each grant while it holds it.
func lockForEver(path, owner string) error {
	clock := &steppedClock{}
	clock.offset.Store(int64(rand.N(20*time.Hour) - 10*time.Hour))
	d, err := file.Open(context.Background(), file.Options{Path: path, Timeout: patient, Now: clock.now})
	if err != nil {
		return err
	}
	notes, err := os.OpenFile(filepath.Join(path, "grants"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	rerun.Ready()
	ctx := context.Background()
	for {
		g, err := d.Lock(ctx, "l", owner, 1000*time.Hour)
		if err != nil {
			return err
		}
		if !g.Won() {
			continue
		}
		if _, err := fmt.Fprintln(notes, g.Fence); err != nil {
			return err
		}
		held, err := d.Unlock(ctx, "l", owner)
		if err != nil || !held {
			return errors.Join(err, errors.New("the lock was lost"))
		}
		fmt.Println(g.Fence)
	}
}

// TestProcessesFences: the numbers of a lock grow from grant to grant, though its holders are killed
// and their clocks disagree by hours.
func TestProcessesFences(t *testing.T) {
	t.Parallel()
	path := fastDir(t)
	d := still(t, path)
	grants, most, kills := choose(800, 12000), choose(8, 100), 0
	owner := func() string { return fmt.Sprint("owner ", kills) }
	var all [processes]*rerun.Process
	var owners [processes]string
	for i := range all {
		owners[i] = fmt.Sprint("first ", i)
		all[i] = rerun.Start(t, "grants", path, owners[i])
		all[i].Begin()
	}
	for kills < most || len(notes(t, path)) < grants {
		i := rand.N(processes)
		for range rand.N(grants / most) {
			require.NotEmpty(t, all[i].Line())
		}
		all[i].Kill()
		kills++
		_, err := d.Unlock(t.Context(), "l", owners[i])
		require.NoError(t, err)
		owners[i] = owner()
		all[i] = rerun.Start(t, "grants", path, owners[i])
		all[i].Begin()
	}
	for _, c := range all {
		c.Kill()
	}
	numbers := notes(t, path)
	for i := 1; i < len(numbers); i++ {
		require.Greater(t, numbers[i], numbers[i-1], "grant %d", i)
	}
	t.Logf("%d grants to %d processes, %d of them killed", len(numbers), processes+kills, kills)
}

// notes returns the numbers in the order of the grants.
func notes(t *testing.T, path string) (numbers []int) {
	text, err := os.ReadFile(filepath.Join(path, "grants"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	require.NoError(t, err)
	for _, line := range strings.Fields(string(text)) {
		n, err := strconv.Atoi(line)
		require.NoError(t, err)
		numbers = append(numbers, n)
	}
	return numbers
}
