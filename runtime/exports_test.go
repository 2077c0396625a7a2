package cache_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPackageFitsOnAScreen bounds the exported package-level symbols, so that `go doc` stays readable;
// methods and fields do not count.
func TestPackageFitsOnAScreen(t *testing.T) {
	const most = 45
	var names []string
	for _, f := range sources(t) {
		for _, d := range f.Decls {
			names = append(names, exported(d)...)
		}
	}
	require.Contains(t, names, "NewManager", "the count sees functions")
	require.Contains(t, names, "ErrClosed", "and variables")
	require.LessOrEqual(t, len(names), most, "%v", names)
}

// sources parses the package's files, without its tests.
func sources(t *testing.T) (files []*ast.File) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, f)
	}
	return files
}

func exported(d ast.Decl) (names []string) {
	add := func(ids ...*ast.Ident) {
		for _, id := range ids {
			if id.IsExported() {
				names = append(names, id.Name)
			}
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			add(d.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				add(s.Name)
			case *ast.ValueSpec:
				add(s.Names...)
			}
		}
	}
	return names
}
