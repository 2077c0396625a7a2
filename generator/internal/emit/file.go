package emit

import (
	"bytes"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/model"
)

// A file is a generated file while it is written. Everything that needs package jen's own idea of
// imports and names is here, and avoided: jen would let an import take a name that the package has
// already, and a parameter the name of an import.
type file struct {
	pkg     *model.Package
	imports map[string]string // the names that imports would have, by path
	used    map[string]bool   // the paths that are imported in the end
	spelled map[types.Type]spelling
	body    []jen.Code // of the section that is being put together
	done    *sections
}

func newFile(p *model.Package) *file {
	f := &file{pkg: p, imports: map[string]string{}, used: map[string]bool{}, spelled: map[types.Type]spelling{}, done: newSections(p.Name)}
	f.nameImport(contextPath, "context")
	f.nameImport(timePath, "time")
	f.nameImport(runtimePath, "cache")
	f.nameImport(keysPath, "keys")
	f.nameImport(msgpPath, "msgp")
	f.nameImport(vmPath, "vm")
	f.nameImport(errorsPath, "errors")
	for _, imported := range reached(p) {
		f.nameImport(imported.Path(), imported.Name())
	}
	if hasLimits(p) {
		f.nameImport(driversPath, "drivers")
	}
	return f
}

// nameImport gives a package the name by which the file would import it.
func (f *file) nameImport(path, name string) {
	if f.imports[path] == "" {
		f.imports[path] = free(name, func(s string) bool {
			_, taken := f.pkg.Taken[s]
			return taken || reserved(s) || f.isImport(s)
		})
	}
}

func (f *file) isImport(name string) bool {
	for _, used := range f.imports {
		if used == name {
			return true
		}
	}
	return false
}

// reached returns the packages whose types the file may have to name, sorted by path.
func reached(p *model.Package) []*types.Package {
	all := map[string]*types.Package{}
	collect := func(t types.Type) { maps.Copy(all, packagesIn(t, p.Types)) }
	for _, c := range p.Caches {
		if c.Value != nil {
			collect(c.Value)
		}
		for _, param := range c.Params {
			collect(param.Type)
		}
	}
	for _, s := range p.Shapes {
		collect(s.Type)
		for _, child := range s.Children() {
			collect(child.Type)
		}
	}
	for _, g := range p.Guards {
		collect(g.Type)
		collect(g.Type.Underlying())
	}
	return slices.SortedFunc(maps.Values(all), func(a, b *types.Package) int { return strings.Compare(a.Path(), b.Path()) })
}

// qual refers to a name in another package.
func (f *file) qual(path, name string) *jen.Statement {
	f.used[path] = true
	return jen.Id(f.imports[path]).Dot(name)
}

// A spelling is a type as the file writes it, and the packages that it names.
type spelling struct {
	text  string
	paths []string
}

// spell writes a type as the file would. Most types are written many times.
func (f *file) spell(t types.Type) spelling {
	s, known := f.spelled[t]
	if !known {
		s.text = types.TypeString(t, func(other *types.Package) string {
			if other == f.pkg.Types {
				return ""
			}
			s.paths = append(s.paths, other.Path())
			return f.imports[other.Path()]
		})
		f.spelled[t] = s
	}
	return s
}

// typ refers to a type.
func (f *file) typ(t types.Type) *jen.Statement {
	s := f.spell(t)
	for _, path := range s.paths {
		f.used[path] = true
	}
	return jen.Id(s.text)
}

// convert converts code from one type to another, if they differ.
func (f *file) convert(code *jen.Statement, from, to types.Type) *jen.Statement {
	if types.Identical(from, to) {
		return code
	}
	return f.typ(to).Call(code)
}

// packagesIn returns the packages other than home that the spelling of t names, by path.
func packagesIn(t types.Type, home *types.Package) map[string]*types.Package {
	all := map[string]*types.Package{}
	types.TypeString(t, func(other *types.Package) string {
		if other != home {
			all[other.Path()] = other
		}
		return ""
	})
	return all
}

func (f *file) add(code ...jen.Code) { f.body = append(f.body, code...) }

// comment adds prose as a comment; each string is a paragraph.
func (f *file) comment(paragraphs ...string) {
	for i, p := range paragraphs {
		if i > 0 {
			f.add(jen.Comment("//"))
		}
		for _, line := range wrap(p, 97) {
			f.add(jen.Comment("// " + line))
		}
	}
}

// end ends a section of the file, and has it rendered.
func (f *file) end() {
	f.done.add(f.body)
	f.body = nil
}

// render returns the whole file. Only now is it known what it imports.
func (f *file) render() ([]byte, error) {
	f.end()
	head := jen.NewFile(f.pkg.Name)
	for _, line := range f.header() {
		head.HeaderComment(line)
	}
	head.Id("import").DefsFunc(func(g *jen.Group) {
		f.importGroup(g, func(path string) bool { return !isExternal(path) })
		g.Line()
		f.importGroup(g, isExternal)
	})
	var b bytes.Buffer
	if err := head.Render(&b); err != nil {
		return nil, err
	}
	return f.done.join(b.Bytes())
}

// isExternal reports whether a package is outside the standard library.
func isExternal(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

func (f *file) importGroup(g *jen.Group, in func(path string) bool) {
	var paths []string
	for p := range f.used {
		if in(p) {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	for _, p := range paths {
		if name := f.imports[p]; name != path.Base(p) {
			g.Id(name).Lit(p)
		} else {
			g.Lit(p)
		}
	}
}
