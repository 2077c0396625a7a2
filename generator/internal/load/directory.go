package load

import (
	"bytes"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cachegen/cachegen/generator/internal/diag"
)

// A directory collects the Go files of one package.
type directory struct {
	pkg      *Package
	reader   *reader
	problems *diag.List
	compiled map[string]*ast.File // by absolute name
	marked   bool                 // one of the files holds the marker
	rest     []rest
}

// rest is a file that the package was not compiled from.
type rest struct {
	file *File
	src  []byte
}

// read fills the package's lists from its directory. belongs holds the files that the go command
// counts to the package, tests aside.
func (d *directory) read(belongs []string) error {
	entries, err := os.ReadDir(d.pkg.Dir)
	if err != nil {
		return fmt.Errorf("cachegen/generator: list the package's files: %w", err)
	}
	for _, e := range entries {
		name := filepath.Join(d.pkg.Dir, e.Name())
		test := strings.HasSuffix(name, "_test.go") && e.Name()[0] != '_' && e.Name()[0] != '.'
		if strings.HasSuffix(name, ".go") && (test || slices.Contains(belongs, name)) {
			if err := d.add(&File{Name: name, Test: test}); err != nil {
				return err
			}
		}
	}
	if d.marked {
		d.parseRest()
	}
	return nil
}

// add puts a file where it belongs: with the generated files, the compiled ones, or the rest.
func (d *directory) add(f *File) error {
	if seen := d.reader.seen(f.Name); seen != nil && d.compiled[f.Name] != nil {
		if seen.generated {
			d.pkg.Generated = append(d.pkg.Generated, f.Name)
			return nil
		}
		f.Syntax = d.compiled[f.Name]
		f.Constraint = constraintOf(f.Name, f.Syntax)
		d.pkg.Files = append(d.pkg.Files, f)
		d.marked = d.marked || seen.marked
		return nil
	}
	src, err := os.ReadFile(f.Name)
	if err != nil {
		return fmt.Errorf("cachegen/generator: read the package's files: %w", err)
	}
	if d.reader.generated(f.Name, src) {
		d.pkg.Generated = append(d.pkg.Generated, f.Name)
		return nil
	}
	d.marked = d.marked || bytes.Contains(src, marker)
	d.rest = append(d.rest, rest{f, src})
	return nil
}

// parseRest parses what the go command did not compile: tests, excluded files, and files with cgo.
// Syntax errors matter only where there is a directive.
func (d *directory) parseRest() {
	for _, r := range d.rest {
		syntax, err := d.reader.parse(d.reader.fset, r.file.Name, r.src)
		if err != nil {
			if d.reader.seen(r.file.Name).marked {
				d.reader.report(r.file.Name, d.problems)
			}
			continue
		}
		r.file.Syntax = syntax
		r.file.Constraint = constraintOf(r.file.Name, syntax)
		r.file.Excluded = !r.file.Test && !r.file.Cgo()
		d.pkg.Files = append(d.pkg.Files, r.file)
	}
	slices.SortFunc(d.pkg.Files, func(a, b *File) int { return strings.Compare(a.Name, b.Name) })
}
