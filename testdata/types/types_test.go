package types

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/generator"
)

// packages are those with the types that can be cached.
var packages = []string{"./github", "./kubernetes", "./models", "./services", "./standard", "./stripe", "./values"}

// TestMatrix generates the accessors of all packages and runs the tests that need them. What is
// generated goes to a folder of its own, and the go command is told to see it in its place.
func TestMatrix(t *testing.T) {
	result, err := generator.Generate(t.Context(), generator.Options{Patterns: packages})
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"test", "-tags=generated", "-overlay=" + overlay(t, result)}
	if testing.Verbose() {
		args = append(args, "-v")
	}
	cmd := exec.CommandContext(t.Context(), "go", append(args, packages...)...)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}

// TestRefused generates from types that cannot be stored: README.md has the message for each.
func TestRefused(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, err = generator.Generate(t.Context(), generator.Options{Patterns: []string{"./refused"}})
	var refused generator.Diagnostics
	if !errors.As(err, &refused) {
		t.Fatalf("want diagnostics, got %v", err)
	}
	if listed := strings.Count(string(readme), "| refused |"); listed != len(refused) {
		t.Errorf("README.md lists %d refusals, there are %d", listed, len(refused))
	}
	for _, d := range refused {
		path, reason, _ := strings.Cut(d.Message, ": ")
		if row := fmt.Sprintf("| `%s` | refused | %s |", path, reason); !strings.Contains(string(readme), row+"\n") {
			t.Errorf("README.md lacks the line\n%s", row)
		}
	}
}

// overlay writes generated files, and the file that names them for the go command.
func overlay(t *testing.T, result *generator.Result) string {
	dir, replace := t.TempDir(), map[string]string{}
	for i, f := range result.Files {
		replace[f.Path] = filepath.Join(dir, strconv.Itoa(i)+".go")
		write(t, replace[f.Path], f.New)
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "overlay.json")
	write(t, name, b)
	return name
}

func write(t *testing.T, name string, b []byte) {
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
