//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// scarce is a rate that lets nothing come back during a test.
var scarce = drivers.Rate{Limit: int64(processes * threads * each / 2), Period: 10000 * time.Hour}

func takeALot(path, _ string) error {
	d, err := join(path)
	if err != nil {
		return err
	}
	rerun.Ready()
	return manyTurns(func(int, int) error {
		a, err := d.Take(context.Background(), "n", scarce, 1)
		if a.OK {
			fmt.Println("taken")
		}
		return err
	})
}

// TestProcessesTake: processes together take exactly what is allowed.
func TestProcessesTake(t *testing.T) {
	t.Parallel()
	path := fastDir(t)
	require.EqualValues(t, scarce.Limit, len(rerun.Together(t, "take", path, processes, strconv.Itoa)))
	a, err := still(t, path).Take(t.Context(), "n", scarce, 1)
	require.NoError(t, err)
	require.False(t, a.OK)
	require.Zero(t, a.Remaining)
}

// TestUsagesAreSwept when everything has come back, and not before, and are not counted as values.
func TestUsagesAreSwept(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, file.Options{Path: path, MaxBytes: 10 * 4096})
		for i := range 40 {
			for _, rate := range []drivers.Rate{{Limit: 2, Period: time.Second}, {Limit: 2, Period: time.Hour, Window: true}} {
				_, err := d.Take(t.Context(), fmt.Sprint(rate.Period, i), rate, 1)
				require.NoError(t, err)
			}
		}
		require.Len(t, files(t, path, "u"), 80)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		require.Len(t, files(t, path, "u"), 40)
		require.NoError(t, d.Flush(t.Context()))
		require.Empty(t, files(t, path, "u"))
	})
}

// TestDamagedUsage: a limit whose file is damaged is as if nobody had used it.
func TestDamagedUsage(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	d := still(t, path)
	rate := drivers.Rate{Limit: 1, Period: time.Hour}
	for range 3 {
		a, err := d.Take(t.Context(), "n", rate, 1)
		require.NoError(t, err)
		require.True(t, a.OK)
		a, err = d.Take(t.Context(), "n", rate, 1)
		require.NoError(t, err)
		require.False(t, a.OK)
		require.NoError(t, os.Truncate(files(t, path, "u")[0], 30))
	}
}
