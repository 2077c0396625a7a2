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
		if src = clause(src); src == nil {
			src = []byte("package _") // go/types passes over a file of the blank name
		}
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

// clause returns src up to the end of its package clause, or nil if it has none.
func clause(src []byte) []byte {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.PackageClauseOnly)
	if err != nil {
		return nil
	}
	return src[:fset.Position(f.Name.End()).Offset]
}

// seen returns what the reader knows of a file, or nil.
func (r *reader) seen(name string) *source {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.files[name]
}
