// Package emit renders the generated file of a package. It takes a model that has been checked, and
// decides nothing but how things are written.
package emit

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/model"
	"github.com/cachegen/cachegen/generator/internal/output"
)

// The packages that generated code imports.
const (
	contextPath = "context"
	errorsPath  = "errors"
	timePath    = "time"
	runtimePath = "github.com/cachegen/cachegen/runtime"
	keysPath    = runtimePath + "/keys"
	msgpPath    = runtimePath + "/msgp"
	vmPath      = msgpPath + "/vm"

	testingPath   = "testing"
	codectestPath = runtimePath + "/cachetest/codectest"
)

// Render returns the generated file of a package, formatted. The same package gives the same bytes.
func Render(p *model.Package) ([]byte, error) {
	f := newFile(p)
	f.gate()
	for _, c := range p.Caches {
		f.accessor(c)
		f.end()
	}
	f.codecs()
	f.guards()
	src, err := f.render()
	if err != nil {
		return nil, fmt.Errorf("cachegen/generator: format the output for %s: %w", p.Path, err)
	}
	return src, nil
}

// gate makes the compiler say so if the runtime is older than the generated code.
func (f *file) gate() {
	f.comment("If this line does not compile, the generated code is newer than the runtime: go get -u github.com/cachegen/cachegen")
	f.add(jen.Const().Id("_").Op("=").Add(f.qual(runtimePath, "RuntimeSupportsGeneratedCode1")), jen.Line())
}

// guards pins the shapes of the cached structs.
func (f *file) guards() {
	if len(f.pkg.Guards) == 0 {
		return
	}
	f.comment("The shapes of the structs that the caches above store. If one of these conversions does not compile, a field has changed since: run cachegen again.")
	f.add(jen.Var().DefsFunc(func(g *jen.Group) {
		for _, guard := range f.pkg.Guards {
			g.Id("_").Op("=").Parens(jen.Op("*").Id(guard.Name)).Call(jen.Parens(jen.Op("*").Add(f.typ(guard.Type))).Call(jen.Nil()))
		}
	}), jen.Line())
	f.add(jen.Type().DefsFunc(func(g *jen.Group) {
		for _, guard := range f.pkg.Guards {
			g.Id(guard.Name).StructFunc(func(g *jen.Group) { f.fields(g, guard.Type.Underlying().(*types.Struct)) })
		}
	}))
}

func (f *file) fields(g *jen.Group, s *types.Struct) {
	for field := range s.Fields() {
		if field.Embedded() {
			g.Add(f.typ(field.Type()))
			continue
		}
		g.Id(field.Name()).Add(f.typ(field.Type()))
	}
}

// header is what stands above the package clause.
func (f *file) header() []string {
	if f.pkg.Constraint == "" {
		return []string{output.Header}
	}
	return []string{output.Header, "//go:build " + f.pkg.Constraint}
}

// wrap breaks prose into lines of at most width bytes, if its words allow.
func wrap(prose string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(prose) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return slices.Concat(lines, []string{line})
}
