package model

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/cachegen/cachegen/generator/internal/diag"
	"github.com/cachegen/cachegen/generator/internal/load"
	"github.com/cachegen/cachegen/generator/internal/shape"
	"github.com/cachegen/cachegen/generator/internal/syntax"
)

// Build resolves all declarations of a program, and reports to problems what is wrong with them.
// The packages it returns have declarations or generated files; after a problem, they may be
// incomplete.
func Build(p *load.Program, problems *diag.List) ([]*Package, error) {
	var packages []*Package
	for _, pkg := range p.Packages {
		b := &builder{fset: p.Fset, pkg: pkg, problems: problems}
		b.shapes = &shape.Builder{Home: pkg.Types, Name: b.name, Hidden: b.hidden}
		if b.build(); len(b.out.Caches) > 0 || len(b.out.Generated) > 0 {
			packages = append(packages, b.out)
		}
	}
	return packages, checkOverlaps(p, packages, problems)
}

// A builder resolves one package.
type builder struct {
	fset     *token.FileSet
	pkg      *load.Package
	problems *diag.List
	out      *Package
	defaults syntax.Options
	shapes   *shape.Builder
}

// report adds a problem at a position of the source.
func (b *builder) report(pos token.Pos, message string, notes ...diag.Note) {
	b.problems.Add(b.fset.Position(pos), message, notes...)
}

// note makes a note that belongs to a problem.
func (b *builder) note(pos token.Pos, message string) diag.Note {
	return diag.Note{Pos: b.fset.Position(pos), Message: message}
}

func (b *builder) reportAll(errs []syntax.Error) {
	for _, e := range errs {
		b.report(e.Pos, e.Msg)
	}
}

// name spells a type as the package's own source would, more or less.
func (b *builder) name(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == b.pkg.Types {
			return ""
		}
		return p.Name()
	})
}

func (b *builder) build() {
	b.out = &Package{Path: b.pkg.Path, Name: b.pkg.Name, Dir: b.pkg.Dir, Types: b.pkg.Types, Generated: b.pkg.Generated}
	declarations := b.declarations()
	if len(declarations) == 0 || !b.constrain(declarations) {
		return
	}
	for _, d := range declarations {
		if c := b.resolve(d); c != nil {
			b.out.Caches = append(b.out.Caches, c)
		}
	}
	b.guard()
	b.checkNames()
	b.codecs()
}

// resolve resolves one declaration, or reports why it cannot be and returns nil.
func (b *builder) resolve(d declaration) *Cache {
	given, errs := syntax.Check(d.directive)
	b.reportAll(errs)
	options, missing := given.Resolve(b.defaults)
	b.reportAll(missing)
	object := b.typeName(d)
	if object == nil || len(errs)+len(missing) > 0 || isBroken(d.directive) {
		return nil
	}
	r := &resolver{builder: b, given: given, options: options, cache: &Cache{
		Type:    object,
		Doc:     firstSentence(d.doc()),
		Pos:     b.fset.Position(d.directive.Pos),
		Key:     options.Key.Value.Source,
		TTL:     options.TTL.Value,
		Timeout: options.Timeout.Value,
		Store:   options.Store.Value,
		Version: options.Version.Value,
		Share:   options.Copy.Value == syntax.CopyShare,
		Fleet:   options.Sync.Value == syntax.SyncFleet,
		Rate:    options.Limit(),
	}}
	if before := b.problems.Len(); !r.resolve() || b.problems.Len() > before {
		return nil
	}
	return r.cache
}

// isBroken reports whether an argument could not be read, which has been reported.
func isBroken(d syntax.Directive) bool {
	return slices.ContainsFunc(d.Args, func(a syntax.Arg) bool { return a.Broken })
}

// typeName returns the declared type, or reports why there is none.
func (b *builder) typeName(d declaration) *types.TypeName {
	name := d.spec.Name.Name
	object, ok := b.pkg.Types.Scope().Lookup(name).(*types.TypeName)
	switch {
	case d.spec.TypeParams != nil:
		b.report(d.directive.Pos, name+" has type parameters: a cache needs one type; declare it on a type that instantiates "+name)
		return nil
	case !ok || object.Pos() != d.spec.Name.Pos():
		b.report(d.directive.Pos, name+" is not the only declaration of that name in the package: the compiler would refuse it too")
		return nil
	}
	return object
}

// constrain finds the build constraint that the output needs. It reports false if there is nothing
// to generate in this configuration, or if no one constraint would do.
func (b *builder) constrain(declarations []declaration) bool {
	first := declarations[0]
	for _, d := range declarations[1:] {
		if d.file.Constraint != first.file.Constraint {
			b.report(d.directive.Pos, "this file is built "+when(d.file.Constraint)+", another with directives "+when(first.file.Constraint)+
				": the package has one generated file, so the files that hold directives must share one build constraint",
				b.note(first.directive.Pos, "the other directive"))
			return false
		}
	}
	b.out.Constraint = first.file.Constraint
	b.out.Excluded = slices.ContainsFunc(declarations, func(d declaration) bool { return d.file.Excluded })
	return !b.out.Excluded
}

func when(constraint string) string {
	if constraint == "" {
		return "always"
	}
	return "if " + constraint
}

// firstSentence returns the first sentence of a doc comment as one line.
func firstSentence(doc string) string {
	doc, _, _ = strings.Cut(doc, "\n\n")
	doc = strings.Join(strings.Fields(doc), " ")
	if sentence, _, more := strings.Cut(doc, ". "); more {
		return sentence + "."
	}
	return doc
}
