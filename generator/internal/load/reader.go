package load

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"path/filepath"
	"sync"

	"github.com/cachegen/cachegen/generator/internal/output"
)

// marker is in every file that holds a directive.
var marker = []byte("cachegen:")

const parserMode = parser.ParseComments | parser.AllErrors | parser.SkipObjectResolution

// A reader parses the files of a run, and remembers what it saw of each.
type reader struct {
	fset   *token.FileSet
	output string // the base name of generated files

	mu    sync.Mutex // go/packages parses files at the same time
	files map[string]*source
}

// A source is what a reader remembers of a file.
type source struct {
	generated bool // by cachegen
	marked    bool // holds the marker
	errors    scanner.ErrorList
}

// parse is the ParseFile hook of go/packages. Of a file that cachegen generated it keeps the package
// clause alone, so that it does not matter whether that file is stale, cut short, or imports what
// is no more.
func (r *reader) parse(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	seen := &source{generated: r.generated(name, src)}
	if seen.generated {
		src = clause(src)
	}
	seen.marked = bytes.Contains(src, marker)
	file, err := parser.ParseFile(fset, name, src, parserMode)
	errors.As(err, &seen.errors)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files[name] = seen
	return file, err
}

func (r *reader) generated(name string, src []byte) bool {
	return output.Mine(src) || filepath.Base(name) == r.output && output.Remains(src)
}

// clauseEnd returns where the package clause of src ends, or 0 if it has none.
func clauseEnd(src []byte) int {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.PackageClauseOnly)
	if err != nil {
		return 0
	}
	return fset.Position(f.Name.End()).Offset
}

// clause returns the package clause of src. If it has none, the blank name makes go/types pass the
// file over.
func clause(src []byte) []byte {
	name := "_"
	if f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.PackageClauseOnly); err == nil {
		name = f.Name.Name
	}
	return []byte("package " + name + "\n")
}

// seen returns what the reader knows of a file, or nil.
func (r *reader) seen(name string) *source {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.files[name]
}
