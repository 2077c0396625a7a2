//go:build unix

package serverproc_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/internal/serverproc"
)

func TestMain(m *testing.M) { rerun.Main(m, map[string]rerun.Role{"owner": own}) }

// server stands for a server: it says what it is told to, and stays for a minute.
func server(says string) *exec.Cmd { return exec.Command("sh", "-c", "echo "+says+"; exec sleep 60") }

// own has a server that holds the output of this process open.
func own(litter, _ string) error {
	cmd := server("ready")
	cmd.ExtraFiles = []*os.File{os.Stdout}
	if _, err := serverproc.Start(cmd, litter, "ready"); err != nil {
		return err
	}
	rerun.Ready()
	return nil
}

func TestNoServerOutlivesItsOwner(t *testing.T) {
	t.Parallel()
	litter := filepath.Join(t.TempDir(), "litter")
	require.NoError(t, os.Mkdir(litter, 0o700))
	owner := rerun.Start(t, "owner", litter, "")
	require.NoError(t, owner.Cmd.Process.Kill())
	began := time.Now()
	require.Empty(t, owner.Line())
	require.Less(t, time.Since(began), 30*time.Second, "the server stayed to its own end")
	require.Eventually(t, func() bool {
		_, err := os.Stat(litter)
		return os.IsNotExist(err)
	}, time.Minute, 10*time.Millisecond)
}

func TestPortsThatAreTaken(t *testing.T) {
	t.Parallel()
	var tried []int
	var refused int
	usable := func(port int) bool {
		if refused == 0 {
			refused = port
		}
		return port != refused
	}
	port, p := serverproc.StartOnPort(t, usable, func(port int) (*serverproc.Process, error) {
		if tried = append(tried, port); len(tried) < 3 {
			return serverproc.Start(exec.Command("echo", "bind: Address already in use"), "", "serving")
		}
		return serverproc.Start(server("serving"), "", "set up", "serving")
	})
	require.Len(t, tried, 3)
	require.Equal(t, port, tried[2])
	require.NotContains(t, tried, refused)
	require.NoError(t, p.Stop())
	require.NoError(t, p.Cont())
	require.NoError(t, p.Stop())
	p.Kill()
	require.Error(t, p.Cont())
}

func TestServersThatAreNot(t *testing.T) {
	t.Parallel()
	_, err := serverproc.Start(exec.Command("echo", "a bad directive"), "", "ready")
	require.ErrorContains(t, err, "a bad directive")
	var none *serverproc.Process
	none.Kill()
	require.ErrorContains(t, none.Stop(), "start one")
}
