package cache_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/cachegen/cachegen"

// listed is what `go list` tells of a package. Imports and Deps leave tests out.
type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// packages lists every package of the module, by its path below it.
func packages(t *testing.T) map[string]listed {
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps", module+"/...").Output()
	require.NoError(t, err)
	all := map[string]listed{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all[strings.TrimPrefix(p.ImportPath, module+"/")] = p
	}
}

func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// outside are the packages that p may not reach, of those it does.
func outside(p listed, may ...string) (out []string) {
	for _, dep := range p.Deps {
		own := strings.TrimPrefix(dep, module+"/")
		if !standard(dep) && !slices.Contains(may, own) {
			out = append(out, dep)
		}
	}
	return out
}

func TestRuntimeReachesNoClientAndNoGenerator(t *testing.T) {
	p, ok := packages(t)["runtime"]
	require.True(t, ok)
	require.Contains(t, strings.Join(p.Deps, " "), "maypok86/otter", "the list is complete")
	for _, dep := range p.Deps {
		for _, banned := range []string{
			"redis", "database/sql", "sqlite", "pgx", "go-sql-driver", "jennifer", "golang.org/x/tools", "testify", "testing",
			module + "/generator", module + "/cmd",
		} {
			require.NotContains(t, dep, banned)
		}
	}
}

func TestLeavesReachNothing(t *testing.T) {
	all := packages(t)
	for leaf, may := range map[string][]string{
		"runtime/registry": nil, "runtime/event": nil, "runtime/keys": nil, "runtime/msgp": nil,
		"runtime/drivers":            {"runtime/registry"},
		"runtime/drivers/drivertest": {"runtime/registry", "runtime/drivers"},
	} {
		p, ok := all[leaf]
		require.True(t, ok, leaf)
		require.Empty(t, outside(p, may...), leaf)
	}
}

func TestDriversDoNotImportTheRuntime(t *testing.T) {
	seen := 0
	for path, p := range packages(t) {
		if !strings.HasPrefix(path, "runtime/drivers/") {
			continue
		}
		seen++
		require.NotContains(t, p.Deps, module+"/runtime", path)
		for _, dep := range p.Deps {
			require.NotContains(t, dep, module+"/runtime/internal/", path)
		}
	}
	require.Greater(t, seen, 3)
}

// TestDatabaseDriverLinksNoClientOfAServer: SQLite is part of it, and the clients are the program's choice.
func TestDatabaseDriverLinksNoClientOfAServer(t *testing.T) {
	p, ok := packages(t)["runtime/drivers/database"]
	require.True(t, ok)
	require.Contains(t, p.Deps, "modernc.org/sqlite")
	for _, dep := range p.Deps {
		for _, banned := range []string{"jackc/pgx", "lib/pq", "go-sql-driver", "testing"} {
			require.NotContains(t, dep, banned)
		}
	}
}

// TestGeneratorGoesOneWay holds for those of its parts that exist.
func TestGeneratorGoesOneWay(t *testing.T) {
	order := []string{"load", "syntax", "model", "emit"}
	all := packages(t)
	for i, early := range order {
		p, ok := all["generator/internal/"+early]
		if !ok {
			continue
		}
		for _, late := range order[i+1:] {
			require.NotContains(t, p.Deps, module+"/generator/internal/"+late, early)
		}
	}
}
