//go:build unix

package database_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/database"
)

func init() { roles["nobody"] = actWithoutRights }

// actWithoutRights runs as a user who may not write, and expects an error that says so.
func actWithoutRights(path, says string) error {
	rerun.Ready()
	_, err := database.Open(context.Background(), database.Options{Path: path, Timeout: patient})
	var config *drivers.ConfigError
	if !errors.As(err, &config) || config.Field != "Path" || !strings.Contains(err.Error(), says) {
		return fmt.Errorf("opening %s: the error is %v; want one of the configuration that says %q", path, err, says)
	}
	return nil
}

// TestWithoutRights runs another process under another user if this one is root, whom nothing stops.
func TestWithoutRights(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "cachegen-rights-") // the test's own is closed to others
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, name := range []string{"missing", "there"} {
			_ = os.Chmod(filepath.Join(dir, name), 0o700) // so that it can be removed
		}
		require.NoError(t, os.RemoveAll(dir))
	})
	for name, says := range map[string]string{"missing": "this user may not make it", "there": "right to write"} {
		path := filepath.Join(dir, name, "cache.db")
		if name == "there" {
			d := open(t, database.Options{Path: path})
			put(t, d, "k", "v")
			require.NoError(t, d.Close())
			require.NoError(t, os.Chmod(path, 0o444))
		} else {
			require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
		}
		require.NoError(t, os.Chmod(filepath.Dir(path), 0o555))
		require.NoError(t, os.Chmod(dir, 0o755))
		nobody := rerun.Start(t, "nobody", path, says, asNobody(t, dir))
		nobody.Begin()
		nobody.End()
	}
}

// asNobody makes a command run as nobody, from a copy of the test binary that nobody can reach.
func asNobody(t *testing.T, dir string) func(*exec.Cmd) {
	if os.Geteuid() != 0 {
		return func(*exec.Cmd) {}
	}
	binary, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	path := filepath.Join(dir, "test.binary")
	require.NoError(t, os.WriteFile(path, binary, 0o755))
	return func(cmd *exec.Cmd) {
		cmd.Path, cmd.Dir = path, dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
}
