//go:build unix

package benchmarks

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// mostFuncs is how many funcs a struct's accessor and codec may be compiled to: a method that becomes
// generic, or one that is inlined into others, shows here before it shows in anybody's build.
const mostFuncs = 32

// BenchmarkBuild200 builds a package of 200 annotated structs, whose dependencies are built: as it is,
// with what cachegen emits for it, and with what tinylib/msgp does, which is codecs only.
func BenchmarkBuild200(b *testing.B) {
	bin := b.TempDir()
	install := exec.Command("go", "build", "-o", bin, "../cmd/cachegen", "github.com/tinylib/msgp")
	out, err := install.CombinedOutput()
	require.NoError(b, err, "%s", out)

	benchmarkBuild(b, "none", nil)
	cachegen := benchmarkBuild(b, "cachegen", []string{filepath.Join(bin, "cachegen")})
	benchmarkBuild(b, "msgp", []string{filepath.Join(bin, "msgp"), "-io=false", "-tests=false", "-file", "models.go"})
	require.LessOrEqual(b, cachegen, mostFuncs*structs)
}

// benchmarkBuild returns how many funcs the package has.
func benchmarkBuild(b *testing.B, name string, command []string) (funcs int) {
	dir := newModule(b)
	if command != nil {
		run(b, dir, command[0], command[1:]...)
	}
	archive := filepath.Join(b.TempDir(), "models.a")
	build := func(turn int) {
		write(b, dir, "turn.go", fmt.Sprintf("package models\n\n// Turn %d of this benchmark.\n", turn))
		run(b, dir, "go", "build", "-o", archive, ".")
	}
	build(-1)
	b.Run("tool="+name, func(b *testing.B) {
		for turn := 0; b.Loop(); turn++ {
			build(turn)
		}
		object, err := os.Stat(archive)
		require.NoError(b, err)
		symbols, err := exec.Command("go", "tool", "nm", archive).Output()
		require.NoError(b, err)
		funcs = len(textSymbol.FindAll(bytes.ToValidUTF8(symbols, nil), -1))
		b.ReportMetric(float64(funcs)/structs, "funcs/struct")
		b.ReportMetric(float64(object.Size())/(1<<20), "MiB")
	})
	return funcs
}

// textSymbol is a line of go tool nm for a func that is defined in the package.
var textSymbol = regexp.MustCompile(`(?m)^ *[0-9a-f]+ T `)
