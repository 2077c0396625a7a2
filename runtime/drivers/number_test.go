package drivers_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func TestParseNumber(t *testing.T) {
	t.Parallel()
	const envelope = "\xC1\x01"
	for value, want := range map[string]int64{
		"0": 0, "-1": -1, "42": 42, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64,
		envelope + "header=a\x00=41": 41, envelope + "=-5": -5, "\xC1\x03=7": 7,
	} {
		got, err := drivers.ParseNumber([]byte(value))
		require.NoError(t, err, "%q", value)
		require.Equal(t, want, got, "%q", value)
	}
	for _, value := range []string{"", "-", "+1", " 1", "1 ", "1.5", "1e3", "0x1", "1_0", "abc", "\xC1", "\xC1\x00=41", envelope, envelope + "=", envelope + "=a"} {
		_, err := drivers.ParseNumber([]byte(value))
		require.ErrorIs(t, err, drivers.ErrNotNumber, "%q", value)
	}
}

func TestAppendNumberIsReadBack(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{0, 1, -1, 1<<53 + 1, math.MaxInt64, math.MinInt64} {
		got, err := drivers.ParseNumber(drivers.AppendNumber(nil, n))
		require.NoError(t, err)
		require.Equal(t, n, got)
	}
}

func TestAddNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b, sum int64
		err       error
	}{
		{1, 2, 3, nil},
		{1, -2, -1, nil},
		{0, 0, 0, nil},
		{math.MaxInt64, 0, math.MaxInt64, nil},
		{math.MaxInt64, math.MinInt64, -1, nil},
		{math.MaxInt64, 1, 0, drivers.ErrOverflow},
		{1, math.MaxInt64, 0, drivers.ErrOverflow},
		{math.MinInt64, -1, 0, drivers.ErrOverflow},
		{-1, math.MinInt64, 0, drivers.ErrOverflow},
	} {
		sum, err := drivers.AddNumber(c.a, c.b)
		require.ErrorIs(t, err, c.err, "%d+%d", c.a, c.b)
		require.Equal(t, c.sum, sum, "%d+%d", c.a, c.b)
	}
}
