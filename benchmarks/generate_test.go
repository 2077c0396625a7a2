//go:build unix

package benchmarks

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const structs = 200

// BenchmarkGenerate200 runs generators, each as a process of its own, over a package of 200 structs whose
// output is up to date: cachegen, also with a source that has been edited each time, tinylib/msgp, which
// does not load types, and a program that does nothing but load the package and format what cachegen wrote.
func BenchmarkGenerate200(b *testing.B) {
	bin := b.TempDir()
	build := exec.Command("go", "build", "-o", bin, "../cmd/cachegen", "github.com/tinylib/msgp", "./cmd/bareload")
	out, err := build.CombinedOutput()
	require.NoError(b, err, "%s", out)

	with, bare := newModule(b), newModule(b) // one with cachegen's output, which the other would have to check too
	run(b, with, filepath.Join(bin, "cachegen"))
	asIs := func() {}
	edit := func() {
		write(b, with, "models.go", fmt.Sprintf("%s\n// Edited at %d.\n", models(), time.Now().UnixNano()))
	}
	benchmarkCommand(b, "cachegen", asIs, with, filepath.Join(bin, "cachegen"))
	benchmarkCommand(b, "cachegen-edited", edit, with, filepath.Join(bin, "cachegen"))
	benchmarkCommand(b, "bareload", asIs, bare, filepath.Join(bin, "bareload"), filepath.Join(with, "cache_gen.go"))
	benchmarkCommand(b, "msgp", asIs, bare, filepath.Join(bin, "msgp"), "-io=false", "-tests=false", "-file", "models.go")
}

// benchmarkCommand runs a command in dir, with what prepare has left there.
func benchmarkCommand(b *testing.B, tool string, prepare func(), dir, command string, args ...string) {
	b.Run("tool="+tool, func(b *testing.B) {
		run(b, dir, command, args...) // after which the go command has compiled all there is to compile
		peak := 0.0
		for b.Loop() {
			prepare()
			peak = max(peak, run(b, dir, command, args...))
		}
		var own syscall.Rusage
		require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &own))
		if peak > mebibytes(&own) { // else it may be this process's, which a new one begins with
			b.ReportMetric(peak, "peak-MiB")
		}
	})
}

// run runs a command in dir, and returns the most memory that it had, in MiB.
func run(b *testing.B, dir, command string, args ...string) float64 {
	c := exec.Command(command, args...)
	c.Dir, c.Env = dir, moduleEnv()
	out, err := c.CombinedOutput()
	require.NoError(b, err, "%s", out)
	return mebibytes(c.ProcessState.SysUsage().(*syscall.Rusage))
}

// mebibytes returns the most memory that a process had.
func mebibytes(u *syscall.Rusage) float64 {
	if runtime.GOOS == "darwin" {
		return float64(u.Maxrss) / (1 << 20) // in bytes
	}
	return float64(u.Maxrss) / (1 << 10) // in KiB
}

// newModule writes a module of one package of annotated structs that uses this repository, and has the
// go command compile what it depends on.
func newModule(b *testing.B) (dir string) {
	dir = b.TempDir()
	repository, err := filepath.Abs("..")
	require.NoError(b, err)
	sums, err := os.ReadFile("go.sum")
	require.NoError(b, err)
	write(b, dir, "go.sum", string(sums))
	write(b, dir, "go.mod", "module example.com/app\n\ngo 1.26\n\n"+
		"require (\n\tgithub.com/cachegen/cachegen v0.0.0\n\tgithub.com/tinylib/msgp v1.6.5\n)\n\n"+
		"replace github.com/cachegen/cachegen => "+repository+"\n")
	write(b, dir, "models.go", models())
	compile := exec.Command("go", "list", "-deps", "-export", ".", "github.com/cachegen/cachegen/runtime")
	compile.Dir, compile.Env = dir, moduleEnv()
	out, err := compile.CombinedOutput()
	require.NoError(b, err, "%s", out)
	return dir
}

func write(b *testing.B, dir, name, content string) {
	require.NoError(b, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
}

func models() string {
	var s strings.Builder
	s.WriteString("package models\n\nimport \"time\"\n")
	for i := range structs {
		fmt.Fprintf(&s, `
// Model%[1]d is one of many.
//
//cachegen:cache key="model%[1]d:{ID}" ttl=15m
type Model%[1]d struct {
	ID      int64
	Name    string
	Tags    []string
	Prefs   map[string]string
	Created time.Time
	Parent  *Model%[1]d
}
`, i)
	}
	return s.String()
}

// moduleEnv is the environment in which the go command works in a module of newModule.
func moduleEnv() []string {
	return append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOPACKAGESDRIVER=off")
}
