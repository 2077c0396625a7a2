package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	// The scenarios compile against it, without a network: its modules must have been downloaded.
	_ "github.com/cachegen/cachegen/runtime/cachetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"cachegen": main,
		"driver":   countingDriver,
	})
}

// TestScripts runs each scenario in testdata/script. Set UPDATE_SCRIPTS=1 to rewrite what they
// expect.
func TestScripts(t *testing.T) {
	repo, err := filepath.Abs("../..")
	require.NoError(t, err)
	outer := goEnv(t, "GOMODCACHE", "GOCACHE")
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join(repo, "testdata", "script"),
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("GOMODCACHE", outer["GOMODCACHE"])
			e.Setenv("GOCACHE", outer["GOCACHE"])
			e.Setenv("GOPROXY", "off")
			e.Setenv("GOSUMDB", "off")
			e.Setenv("GOFLAGS", "-mod=mod")
			e.Setenv("GOTOOLCHAIN", "local")
			e.Setenv("GOPACKAGESDRIVER", "off")
			e.Setenv("REPO", repo)
			return writeModule(e.WorkDir, repo)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"mtime":   mtime,
			"replace": replace,
		},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		RequireExplicitExec: true,
	})
}

func goEnv(t *testing.T, names ...string) map[string]string {
	out, err := exec.Command("go", append([]string{"env", "-json"}, names...)...).Output()
	require.NoError(t, err)
	values := map[string]string{}
	require.NoError(t, json.Unmarshal(out, &values))
	return values
}

// writeModule makes dir a module that uses this repository, unless the scenario brings its own.
func writeModule(dir, repo string) error {
	mod := filepath.Join(dir, "go.mod")
	if _, err := os.Stat(mod); err == nil {
		return nil
	}
	sums, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644); err != nil {
		return err
	}
	return os.WriteFile(mod, fmt.Appendf(nil, `module example.com/app

go 1.26

require github.com/cachegen/cachegen v0.0.0

replace github.com/cachegen/cachegen => %s
`, repo), 0o644)
}

// mtime remembers when a file was changed, or with ! fails if it was changed since.
//
//	mtime file
//	! mtime file
func mtime(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	stamp, name := fmt.Sprint(info.ModTime().UnixNano(), info.Sys()), "mtime:"+args[0]
	if !neg {
		ts.Setenv(name, stamp)
	} else if ts.Getenv(name) != stamp {
		ts.Fatalf("%s was written to", args[0])
	}
}

// replace replaces a text in a file, which must hold it.
//
//	replace file old new
func replace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o644))
}

// countingDriver is a driver of go/packages that leaves the work to the go command, and writes a
// line to $DRIVER_LOG each time it is asked.
func countingDriver() {
	f, err := os.OpenFile(os.Getenv("DRIVER_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(f, "packages.Load")
	if err := f.Close(); err != nil {
		panic(err)
	}
	fmt.Println(`{"NotHandled": true}`)
}
