package generator

import (
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// writeModule makes dir a module that uses this repository.
func writeModule(tb testing.TB, dir string) {
	repo, err := filepath.Abs("..")
	require.NoError(tb, err)
	sums, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	require.NoError(tb, err)
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600))
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/app\n\ngo 1.26\n\n"+
		"require github.com/cachegen/cachegen v0.0.0\n\nreplace github.com/cachegen/cachegen => "+repo+"\n"), 0o600))
	tidy := exec.Command("go", "list", "-deps", "-export", ".")
	tidy.Dir, tidy.Env = dir, moduleEnv(tb)
	out, err := tidy.CombinedOutput()
	require.NoError(tb, err, "%s", out)
}

// moduleEnv is the environment in which the go command works in a module of writeModule.
func moduleEnv(tb testing.TB) []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GOFLAGS=") {
			env = append(env, v)
		}
	}
	return append(env, "GOFLAGS=-mod=mod", "GOPROXY=off", "GOPACKAGESDRIVER=off")
}

func posAt(name string, line, column int) token.Position {
	return token.Position{Filename: name, Line: line, Column: column}
}
