package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
)

// reader parses packages of the standard library from the Go installation's source.
type reader struct{}

// parses counts the calls of the loader.
var parses atomic.Int64

// read is the loader: it parses every file of the package and extracts what go/doc finds. It takes
// tens of milliseconds for a large package.
func (reader) read(ctx context.Context, path string) (*Package, error) {
	parses.Add(1)
	dir, err := find(path)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	files := make([]*ast.File, 0, len(dir.GoFiles))
	for _, name := range dir.GoFiles {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(fset, filepath.Join(dir.Dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	parsed, err := doc.NewFromFiles(fset, files, path)
	if err != nil {
		return nil, err
	}
	return extract(fset, parsed), nil
}

// find locates a package of the standard library.
func find(path string) (*build.Package, error) {
	dir, err := build.Default.Import(path, "", 0)
	if err != nil || !dir.Goroot {
		return nil, fmt.Errorf("package %q of the standard library: %w", path, ErrNotFound)
	}
	return dir, nil
}

func extract(fset *token.FileSet, p *doc.Package) *Package {
	x := extractor{fset: fset, path: p.ImportPath}
	x.values("const", p.Consts)
	x.values("var", p.Vars)
	x.funcs("func", "", p.Funcs)
	for _, t := range p.Types {
		x.add("type", t.Name, t.Decl, t.Doc)
		x.values("const", t.Consts)
		x.values("var", t.Vars)
		x.funcs("func", "", t.Funcs)
		x.funcs("method", t.Name+".", t.Methods)
	}
	slices.SortStableFunc(x.symbols, func(a, b Symbol) int { return cmp.Compare(a.Name, b.Name) })
	return &Package{
		Path: p.ImportPath, Name: p.Name, Synopsis: p.Synopsis(p.Doc), Doc: p.Doc,
		Files: len(p.Filenames), Symbols: x.symbols,
	}
}

// extractor collects the symbols of one package.
type extractor struct {
	fset    *token.FileSet
	path    string
	symbols []Symbol
}

func (x *extractor) add(kind, name string, decl ast.Node, text string) {
	x.symbols = append(x.symbols, Symbol{
		Path: x.path, Name: name, Kind: kind, Decl: x.source(decl), Doc: strings.TrimSpace(text),
	})
}

func (x *extractor) values(kind string, values []*doc.Value) {
	for _, v := range values {
		for _, name := range v.Names {
			x.add(kind, name, v.Decl, v.Doc)
		}
	}
}

func (x *extractor) funcs(kind, prefix string, funcs []*doc.Func) {
	for _, f := range funcs {
		x.add(kind, prefix+f.Name, f.Decl, f.Doc)
	}
}

func (x *extractor) source(decl ast.Node) string {
	var b bytes.Buffer
	if err := format.Node(&b, x.fset, decl); err != nil {
		return fmt.Sprintf("// %v", err)
	}
	return b.String()
}
