package servertest_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/dbtest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

// TestLargeValues: values of some megabytes are stored, and one that is more than the server takes is
// refused, and leaves what was there.
func TestLargeValues(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte{0, 1, '\'', 0xff}, 2<<20) // 8 MiB
	for name, start := range shared {
		d := open(t, database.Options{DSN: start(t).URL(), Table: dbtest.Name()})
		require.NoError(t, d.Put(t.Context(), "k", large, 0), name)
		value, found, err := d.Get(t.Context(), "k")
		require.NoError(t, err)
		require.True(t, found && bytes.Equal(value, large), name)
	}
	o := database.Options{DSN: dbtest.MariaDB(t).URL(), Table: dbtest.Name()}
	for _, o.DSN = range []string{o.DSN, with(o.DSN, "maxAllowedPacket", "1048576")} {
		d := open(t, o)
		require.NoError(t, d.Put(t.Context(), "k", []byte("old"), 0))
		tooLarge := make([]byte, 20<<20) // over the server's max_allowed_packet
		require.ErrorIs(t, d.Put(t.Context(), "k", tooLarge, 0), drivers.ErrTooLarge, o.DSN)
		value, _, err := d.Get(t.Context(), "k")
		require.NoError(t, err)
		require.Equal(t, "old", string(value))
	}
}
