package generator

import (
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// structs is how many annotated structs the benchmark's package has.
const structs = 200

// writeStructs writes a module with one package of annotated structs.
func writeStructs(tb testing.TB, n int) (dir string) {
	dir = tb.TempDir()
	var b strings.Builder
	b.WriteString("package models\n\nimport \"time\"\n")
	for i := range n {
		fmt.Fprintf(&b, `
// Model%[1]d is one of many.
//
//cachegen:cache key="model%[1]d:{ID}" ttl=15m
type Model%[1]d struct {
	ID      int64
	Name    string
	Tags    []string
	Created time.Time
	Parent  *Model%[1]d
}
`, i)
	}
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "models.go"), []byte(b.String()), 0o600))
	writeModule(tb, dir)
	return dir
}

// BenchmarkGenerate200 compares a run over 200 annotated structs, warm, with what no generator can do
// without: one packages.Load and the formatting of as much output.
func BenchmarkGenerate200(b *testing.B) {
	dir := writeStructs(b, structs)
	options := Options{Dir: dir, Env: moduleEnv(b)}
	r, err := Generate(b.Context(), options)
	require.NoError(b, err)
	require.NoError(b, r.Commit())
	_, err = Generate(b.Context(), options) // the go command compiles the output once
	require.NoError(b, err)

	b.Run("generate", func(b *testing.B) {
		run := func() {
			r, err := Generate(b.Context(), options)
			require.NoError(b, err)
			require.True(b, r.Fresh())
		}
		peak := peakHeap(run)
		for b.Loop() {
			run()
		}
		b.ReportMetric(peak, "peak-MiB")
	})
	b.Run("generate-after-an-edit", func(b *testing.B) {
		source := filepath.Join(dir, "models.go")
		text, err := os.ReadFile(source)
		require.NoError(b, err)
		for edit := time.Now().UnixNano(); b.Loop(); edit++ { // one that the go command has not seen before
			require.NoError(b, os.WriteFile(source, fmt.Appendf(text, "\n// Edit %d.\n", edit), 0o600))
			_, err := Generate(b.Context(), options)
			require.NoError(b, err)
		}
	})
	bare := writeStructs(b, structs) // without the output, which would have to be type-checked too
	b.Run("load-and-format", func(b *testing.B) {
		for b.Loop() {
			_, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax, Dir: bare, Env: options.Env}, ".")
			require.NoError(b, err)
			_, err = format.Source(r.Files[0].New)
			require.NoError(b, err)
		}
	})
}

// peakHeap returns how much memory, in MiB, the heap takes from the system in a run of f.
func peakHeap(f func()) float64 {
	debug.FreeOSMemory()
	f()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapSys-m.HeapReleased) / (1 << 20)
}
