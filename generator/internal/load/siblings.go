package load

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Sibling is a package of the same module that holds directives and was not loaded. Only its
// source is known.
type Sibling struct {
	Dir   string
	Files []*ast.File // without tests and generated files; a file that does not parse is left out
}

// Siblings returns the packages in the modules of p that hold directives and are not in p, sorted
// by directory. Nothing is type-checked.
func (p *Program) Siblings() ([]Sibling, error) {
	s := siblings{reader: &reader{fset: p.Fset, files: map[string]*source{}}, loaded: map[string]bool{}}
	var modules []string
	for _, pkg := range p.Packages {
		s.loaded[pkg.Dir] = true
		if pkg.Module != "" && !slices.Contains(modules, pkg.Module) {
			modules = append(modules, pkg.Module)
		}
	}
	for _, module := range modules {
		s.module = module
		if err := filepath.WalkDir(module, s.visit); err != nil {
			return nil, fmt.Errorf("cachegen/generator: look for directives in the module: %w", err)
		}
	}
	return s.found, nil
}

// siblings is a walk through a module.
type siblings struct {
	reader *reader
	loaded map[string]bool
	module string
	found  []Sibling
}

// visit looks at one directory, as the go command would for ./... .
func (s *siblings) visit(dir string, d fs.DirEntry, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return filepath.SkipDir
	case err != nil:
		return err
	case !d.IsDir():
		return nil
	case dir != s.module && !isPackageDir(dir):
		return filepath.SkipDir
	case s.loaded[dir]:
		return nil
	}
	return s.read(dir)
}

// isPackageDir reports whether the go command looks for packages of the outer module there.
func isPackageDir(dir string) bool {
	base := filepath.Base(dir)
	if base == "testdata" || base == "vendor" || base[0] == '.' || base[0] == '_' {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err != nil
}

// read parses the files of one directory, if one of them holds the marker.
func (s *siblings) read(dir string) error {
	names, err := filepath.Glob(filepath.Join(quoteGlob(dir), "*.go"))
	if err != nil {
		return err
	}
	sources := map[string][]byte{}
	marked := false
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, "_test.go") || s.reader.generated(name, src) {
			continue
		}
		sources[name] = src
		marked = marked || bytes.Contains(src, marker)
	}
	if marked {
		s.found = append(s.found, s.parse(dir, names, sources))
	}
	return nil
}

func (s *siblings) parse(dir string, names []string, sources map[string][]byte) Sibling {
	found := Sibling{Dir: dir}
	for _, name := range names {
		if src, ok := sources[name]; ok {
			if f, err := s.reader.parse(s.reader.fset, name, src); err == nil {
				found.Files = append(found.Files, f)
			}
		}
	}
	return found
}

// quoteGlob escapes what filepath.Glob would take for a pattern.
func quoteGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
