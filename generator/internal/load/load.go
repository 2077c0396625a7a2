// Package load reads Go packages, as the go command and go/types see them, together with the files
// that these leave out: tests, and files that the build constraints exclude.
package load

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/cachegen/cachegen/generator/internal/diag"
)

// mode asks for the syntax and types of the named packages. What they import is read from export
// data: with NeedDeps every dependency would be parsed and type-checked, many times slower.
const mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
	packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedModule

// Config says what to load.
type Config struct {
	Dir      string   // the directory in which Patterns are meant
	Patterns []string // as the go command takes them
	Env      []string // of the go command; nil means the environment of this process
	Output   string   // the base name of generated files
}

// A Program is what one run has loaded.
type Program struct {
	Fset     *token.FileSet
	Packages []*Package // sorted by import path
}

// A Package is one package and all Go files in its directory that belong to it.
type Package struct {
	Path, Name, Dir string
	Module          string // the root directory of its module, or "" outside of one
	Types           *types.Package
	TypeErrors      []types.Error // advisory: code may call what is about to be generated
	Files           []*File       // sorted by name; without generated files
	Generated       []string      // the files in Dir that cachegen generated, whatever their names, sorted
}

// A File is one Go file of a package, as written by the user.
type File struct {
	Name       string // absolute
	Syntax     *ast.File
	Test       bool   // its name ends in _test.go
	Excluded   bool   // its build constraint does not hold in this configuration
	Constraint string // its build constraint, that of its name included; "" if it has none
}

// Cgo reports whether the file imports "C".
func (f *File) Cgo() bool {
	return slices.ContainsFunc(f.Syntax.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"C"` })
}

// Load loads the packages that the patterns name, in one call of the go command's driver. Type
// errors are advisory and syntax errors are reported to problems. The error is for what keeps it
// from reading source at all: no such package, or no go command.
func Load(ctx context.Context, c Config, problems *diag.List) (*Program, error) {
	fset := token.NewFileSet()
	reader := &reader{output: c.Output, fset: fset, files: map[string]*source{}}
	loaded, err := reader.load(ctx, c)
	if err != nil {
		return nil, err
	}
	if len(loaded) == 0 {
		return nil, fmt.Errorf("cachegen/generator: there are no packages in %s", strings.Join(c.Patterns, ", "))
	}
	p := &Program{Fset: fset}
	for _, pkg := range loaded {
		if err := reader.check(c.Dir, pkg, problems); err != nil {
			return nil, err
		}
		built, err := reader.build(pkg, problems)
		if err != nil {
			return nil, err
		}
		p.Packages = append(p.Packages, built)
	}
	slices.SortFunc(p.Packages, func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
	return p, nil
}

// load calls the go command's driver.
func (r *reader) load(ctx context.Context, c Config) (_ []*packages.Package, err error) {
	o, err := newOverlay(c)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.remove()) }()
	loaded, err := packages.Load(&packages.Config{
		Mode: mode, Context: ctx, Dir: c.Dir, Env: c.Env, BuildFlags: o.flags(), Fset: r.fset, ParseFile: r.parse,
	}, c.Patterns...)
	if err != nil {
		return nil, fmt.Errorf("cachegen/generator: load packages: %w", err)
	}
	return loaded, nil
}

// build turns what go/packages knows into a Package, and adds the files that it leaves out.
func (r *reader) build(pkg *packages.Package, problems *diag.List) (*Package, error) {
	p := &Package{Path: pkg.PkgPath, Name: pkg.Name, Dir: pkg.Dir, Types: pkg.Types, TypeErrors: pkg.TypeErrors}
	if pkg.Module != nil {
		p.Module = pkg.Module.Dir
	}
	d := directory{pkg: p, reader: r, problems: problems, compiled: map[string]*ast.File{}}
	for _, f := range pkg.Syntax {
		d.compiled[r.fset.File(f.FileStart).Name()] = f
	}
	if err := d.read(append(slices.Clone(pkg.GoFiles), pkg.IgnoredFiles...)); err != nil {
		return nil, err
	}
	return p, nil
}
