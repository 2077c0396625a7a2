//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
)

// writeUnderLimit stands for a full disk where none can be mounted: the system takes the first bytes of
// a large file and refuses the rest.
func writeUnderLimit(path, _ string) error {
	signal.Ignore(syscall.SIGXFSZ)
	const limit = 100_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		return err
	}
	d, err := join(path)
	if err != nil {
		return err
	}
	rerun.Ready()
	ctx := context.Background()
	if err := d.Put(ctx, "old", []byte("new"), 0); err != nil {
		return err
	}
	err = d.Put(ctx, "old", make([]byte, 2*limit), 0)
	if !errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("%v; want one that says that the file is too large", err)
	}
	return errors.Join(d.Put(ctx, "more", []byte("value"), 0), d.Close())
}

// TestRefusedBytes: a write of which the system takes only a part is an error and leaves the old value.
func TestRefusedBytes(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	c := rerun.Start(t, "limited", path, "")
	c.Begin()
	c.End()
	d := still(t, path)
	requireValue(t, d, "old", "new")
	requireValue(t, d, "more", "value")
	require.Empty(t, files(t, path, "new"))
}
