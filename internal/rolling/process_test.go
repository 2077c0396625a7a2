package rolling_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
)

// command and answer are those of the program.
type command struct {
	Type string
	ID   int64
	Mix  time.Duration
}

type answer struct {
	Loads, Calls int
	Faults       string
}

// process is a running program.
type process struct {
	t   *testing.T
	in  *json.Encoder
	out *json.Decoder
}

// start runs a program on a server until the test ends.
func start(t *testing.T, program string, s *redistest.Server) *process {
	cmd := exec.Command(program, s.Addr(), s.Prefix())
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { stop(t, cmd, in) })
	return &process{t, json.NewEncoder(in), json.NewDecoder(out)}
}

// stop ends a program in good order, by the end of its input.
func stop(t *testing.T, cmd *exec.Cmd, in io.Closer) {
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// send begins a command, of which answer waits for the end.
func (p *process) send(c command) { require.NoError(p.t, p.in.Encode(c)) }

func (p *process) answer() (a answer) {
	require.NoError(p.t, p.out.Decode(&a))
	require.Empty(p.t, a.Faults)
	return a
}

// loads reports whether a value had to be loaded when it was asked for.
func (p *process) loads(kind string, id int64) bool {
	p.send(command{Type: kind, ID: id})
	return p.answer().Loads > 0
}
