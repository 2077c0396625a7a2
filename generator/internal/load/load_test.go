package load

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	"github.com/cachegen/cachegen/generator/internal/diag"
	"github.com/cachegen/cachegen/generator/internal/output"
)

// write writes files below a new directory, which is a module if there is no go.mod among them.
func write(t *testing.T, files map[string]string) (dir string) {
	dir = t.TempDir()
	if files["go.mod"] == "" {
		files["go.mod"] = "module example.com/app\n\ngo 1.26\n"
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

// env is the environment of the go command: the same system everywhere, and no flags.
func env() []string {
	return append(os.Environ(), "GOFLAGS=", "GOPACKAGESDRIVER=off", "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
}

func load(t *testing.T, dir string, patterns ...string) (*Program, []diag.Diagnostic) {
	var problems diag.List
	p, err := Load(t.Context(), Config{
		Dir: dir, Patterns: patterns, Output: output.DefaultName,
		Env: env(),
	}, &problems)
	require.NoError(t, err)
	return p, problems.Sorted()
}

func TestLoadSortsFilesByWhatTheyAre(t *testing.T) {
	dir := write(t, map[string]string{
		"a/a.go":         "package a\n\n//cachegen:x\nvar X = Undefined\n",
		"a/b_windows.go": "package a\n",
		"a/c_test.go":    "package a\n",
		"a/cgo.go":       "package a\n\nimport \"C\"\n",
		"a/cache_gen.go": output.Header + "\n\npackage a\n\nimport \"example.com/gone\"\n",
		"a/other_gen.go": output.Header + "\n\npackage a\n",
		"a/_skip.go":     "not Go at all",
	})
	p, problems := load(t, dir, "./a")
	require.Empty(t, problems)
	require.Len(t, p.Packages, 1)
	pkg := p.Packages[0]
	require.Equal(t, "a", pkg.Name)
	require.Equal(t, []string{filepath.Join(dir, "a/cache_gen.go"), filepath.Join(dir, "a/other_gen.go")}, pkg.Generated)
	require.Len(t, pkg.TypeErrors, 1, "what is not declared is no obstacle")

	kinds := map[string][3]bool{}
	for _, f := range pkg.Files {
		kinds[filepath.Base(f.Name)] = [3]bool{f.Test, f.Excluded, f.Cgo()}
	}
	require.Equal(t, map[string][3]bool{
		"a.go":         {false, false, false},
		"b_windows.go": {false, true, false},
		"c_test.go":    {true, false, false},
		"cgo.go":       {false, false, true},
	}, kinds)
}

func TestLoadReportsTheFirstSyntaxErrorOfEachFile(t *testing.T) {
	dir := write(t, map[string]string{
		"a.go":      "package a\n\n//cachegen:x\n",
		"b.go":      "package a\n\nfunc f( {\n\tx :=\n",
		"c.go":      "package a\n\nimport (\n\tfoo\n",
		"d_test.go": "package a\n\nfunc f( {\n",
	})
	_, problems := load(t, dir, ".")
	var got []string
	for _, p := range problems {
		require.Equal(t, dir, filepath.Dir(p.Pos.Filename))
		p.Pos.Filename = filepath.Base(p.Pos.Filename)
		got = append(got, p.Pos.String()+": "+p.Message)
	}
	require.Equal(t, []string{
		"b.go:3:9: syntax error: expected ')', found '{'",
		"c.go:4:5: syntax error: missing import path",
	}, got)
}

func TestLoadNeedsPackages(t *testing.T) {
	dir := write(t, map[string]string{"a.go": "package a\n"})
	_, err := Load(t.Context(), Config{Dir: dir, Patterns: []string{"./nosuch"}, Env: env()}, &diag.List{})
	require.ErrorContains(t, err, "cachegen/generator: ./nosuch: ")
}

func TestSiblings(t *testing.T) {
	directive := "\n\n//cachegen:cache key=x\ntype T struct{}\n"
	dir := write(t, map[string]string{
		"a/a.go":             "package a" + directive,
		"b/b.go":             "package b" + directive,
		"b/more.go":          "package b\n",
		"b/b_test.go":        "package b" + directive,
		"b/cache_gen.go":     output.Header + "\n\npackage b" + directive,
		"c/c.go":             "package c\n",
		"broken/d.go":        "package d" + directive + "func (",
		"testdata/t/t.go":    "package t" + directive,
		".hidden/h.go":       "package h" + directive,
		"module/go.mod":      "module example.com/other\n",
		"module/m.go":        "package m" + directive,
		"vendor/v/vendor.go": "package v" + directive,
	})
	p, problems := load(t, dir, "./a")
	require.Empty(t, problems)
	siblings, err := p.Siblings()
	require.NoError(t, err)
	require.Len(t, siblings, 2)
	require.Equal(t, filepath.Join(dir, "b"), siblings[0].Dir)
	require.Len(t, siblings[0].Files, 2)
	require.Equal(t, filepath.Join(dir, "broken"), siblings[1].Dir)
	require.Empty(t, siblings[1].Files)
}

func TestConstraints(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"a.go", "package a", ""},
		{"a_linux.go", "package a", "linux"},
		{"a_arm64.go", "package a", "arm64"},
		{"a_linux_arm64.go", "package a", "linux && arm64"},
		{"a_plan8_arm64.go", "package a", "arm64"},
		{"linux.go", "package a", ""},
		{"a_unix.go", "package a", ""},
		{"a.go", "//go:build linux || darwin\n\npackage a", "linux || darwin"},
		{"a_amd64.go", "// Text.\n\n//go:build linux || darwin\n\npackage a", "amd64 && (linux || darwin)"},
		{"a.go", "package a\n\n//go:build linux\n", ""},
		{"a.go", "// +build linux\n\npackage a", ""},
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "", c.src, parserMode)
		require.NoError(t, err)
		require.Equal(t, c.want, constraintOf("/dir_windows/"+c.name, f), "%s: %s", c.name, c.src)
	}
	require.Equal(t, "windows", NameConstraint("x_windows.go"))
	require.Empty(t, NameConstraint("cache_gen.go"))
}

func TestPosition(t *testing.T) {
	abs := filepath.Join(string(filepath.Separator), "dir", "a.go")
	for text, want := range map[string]token.Position{
		"a.go:3:4":    {Filename: abs, Line: 3, Column: 4},
		"a.go:3":      {Filename: abs, Line: 3},
		abs + ":3:4":  {Filename: abs, Line: 3, Column: 4},
		"a.go":        {Filename: abs},
		"b/../a.go:3": {Filename: abs, Line: 3},
	} {
		require.Equal(t, want, position(filepath.Dir(abs), text), text)
	}
}

func TestVersionSkewIsExplained(t *testing.T) {
	for _, message := range []string{
		`internal error: package "fmt" without types was imported from "example.com/a"`,
		`could not import fmt (internal error in importing "fmt" (unsupported version: 9); please report an issue)`,
	} {
		r := &reader{}
		err := r.check("", &packages.Package{Errors: []packages.Error{{Msg: message, Kind: packages.TypeError}}}, &diag.List{})
		require.ErrorContains(t, err, "was built for an older Go")
		require.ErrorContains(t, err, "go get -tool github.com/cachegen/cachegen/cmd/cachegen@latest")
	}
}

func TestNothingIsLeftOfAGeneratedFileButItsClause(t *testing.T) {
	r := &reader{output: output.DefaultName, files: map[string]*source{}}
	for src, want := range map[string]string{
		"":                                      "_",
		output.Header[:9]:                       "_",
		output.Header + "\n\npackage a\n\nfunc": "a",
		output.Header + "\n\npack":              "_",
	} {
		f, err := r.parse(token.NewFileSet(), "/x/cache_gen.go", []byte(src))
		require.NoError(t, err)
		require.Equal(t, want, f.Name.Name)
		require.Empty(t, f.Decls)
	}
	_, err := r.parse(token.NewFileSet(), "/x/other.go", nil)
	require.Error(t, err, "an empty file of the user is not ours")
}

// TestTheGoCommandSeesClausesAlone shows that by an import, which the go command would look up.
func TestTheGoCommandSeesClausesAlone(t *testing.T) {
	generated := output.Header + "\n//go:build linux\n\npackage a\n\nimport _ \"example.com/gone\"\n\nfunc f( {\n"
	dir := write(t, map[string]string{
		"a/a.go": "package a\n", "a/cache_gen.go": generated, "a/other_gen.go": generated, "a/windows/a_windows.go": generated,
		"a/b/b.go": "package b\n", "a/b/cache_gen.go": output.Header + "\n\npackage b\n\nimport _ \"example.com/gone\"\n",
		"a/testdata/cache_gen.go": generated,
	})
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	for pattern, want := range map[string][]string{
		"./a":                        {"a"},
		"./a/...":                    {"a", "b"},
		filepath.Join(dir, "a"):      {"a"},
		filepath.Join(dir, "a", "b"): {"b"},
	} {
		r := &reader{output: output.DefaultName, fset: token.NewFileSet(), files: map[string]*source{}}
		loaded, err := r.load(t.Context(), Config{Dir: dir, Patterns: []string{pattern}, Output: output.DefaultName, Env: env()})
		require.NoError(t, err)
		var names []string
		for _, pkg := range loaded {
			require.Empty(t, pkg.Errors)
			require.Empty(t, pkg.Imports)
			names = append(names, pkg.Name)
			require.True(t, slices.ContainsFunc(pkg.GoFiles, func(f string) bool { return filepath.Base(f) == "cache_gen.go" }))
		}
		require.Equal(t, want, names, pattern)
	}
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestOverlayReadsWhatCanBeRead(t *testing.T) {
	dir := write(t, map[string]string{
		"whole.go": output.Header + "\n\n//go:build linux\n\npackage a // a\n\nvar X = 1\n", "user.go": "package a\n",
		"same/x.go": output.Header + "\n\n//go:build linux\n\npackage a\n", "cut.go": output.Header + "\n\npack", "empty.go": "",
	})
	t.Setenv("TMPDIR", t.TempDir())
	o, err := newOverlay(Config{Dir: dir, Patterns: []string{"./...", "./nosuch/...", "example.com/app"}})
	require.NoError(t, err)
	require.Len(t, o.replace, 2)
	require.Len(t, o.clauses, 1)
	src, err := os.ReadFile(o.replace[filepath.Join(dir, "whole.go")])
	require.NoError(t, err)
	require.Equal(t, output.Header+"\n\n//go:build linux\n\npackage a\n", string(src))
	require.NoError(t, o.remove())
	require.NoDirExists(t, o.dir)

	t.Setenv("TMPDIR", filepath.Join(dir, "nosuch"))
	_, err = newOverlay(Config{Dir: dir, Patterns: []string{"."}})
	require.ErrorContains(t, err, "cachegen/generator: prepare the run of the go command: ")
}
