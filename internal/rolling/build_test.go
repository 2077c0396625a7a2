package rolling_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/generator"
	// The program is built without a network: its modules must have been downloaded.
	_ "github.com/cachegen/cachegen/runtime/drivers/redis"
)

// build generates and compiles the program with one shape of the types, and returns its file name. It is
// a module of its own in a temporary folder.
func build(t *testing.T, shape string) string {
	dir, env := t.TempDir(), append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOSUMDB=off", "GOWORK=off")
	repo, err := filepath.Abs("../..")
	require.NoError(t, err)
	copyFile(t, filepath.Join(repo, "go.sum"), filepath.Join(dir, "go.sum"))
	copyFile(t, filepath.Join("testdata", "program", "main.go"), filepath.Join(dir, "main.go"))
	copyFile(t, filepath.Join("testdata", shape, "types.go"), filepath.Join(dir, "types.go"))
	mod := fmt.Sprintf("module example.com/app\n\ngo 1.26\n\nrequire github.com/cachegen/cachegen v0.0.0\n\nreplace github.com/cachegen/cachegen => %s\n", repo)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o600))

	result, err := generator.Generate(t.Context(), generator.Options{Dir: dir, Env: env})
	require.NoError(t, err)
	require.NoError(t, result.Commit())
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", "program")
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return filepath.Join(dir, "program")
}

// copyFile copies a file.
func copyFile(t *testing.T, from, to string) {
	b, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, b, 0o600))
}
