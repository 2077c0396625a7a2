package model

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/cachegen/cachegen/generator/internal/load"
	"github.com/cachegen/cachegen/generator/internal/syntax"
)

// A declaration is a directive and the type in whose doc comment it stands.
type declaration struct {
	directive syntax.Directive
	file      *load.File
	decl      *ast.GenDecl
	spec      *ast.TypeSpec
}

// doc returns the text of the type's doc comment.
func (d declaration) doc() string {
	if d.spec.Doc != nil {
		return d.spec.Doc.Text()
	}
	return d.decl.Doc.Text()
}

// declarations returns the package's declarations in source order, sets its defaults, and reports
// every directive that is neither.
func (b *builder) declarations() []declaration {
	var all []declaration
	for _, file := range b.pkg.Files {
		directives, errs := syntax.Directives(file.Syntax)
		b.reportAll(errs)
		for _, d := range directives {
			if d, ok := b.declaration(file, d); ok {
				all = append(all, d)
			}
		}
	}
	return all
}

// declaration returns what a directive declares. It is false for the package's defaults, and for a
// directive that stands where it must not.
func (b *builder) declaration(file *load.File, d syntax.Directive) (declaration, bool) {
	if reason := misplacedFile(file); reason != "" {
		b.report(d.Pos, reason)
		return declaration{}, false
	}
	switch d.Name {
	case syntax.Defaults:
		b.setDefaults(d)
		return declaration{}, false
	case syntax.Cache, syntax.Counter, syntax.Limit:
		decl, spec, reason := owner(file.Syntax, d.Comment)
		if reason != "" {
			b.report(d.Pos, "this directive "+reason)
		}
		return declaration{d, file, decl, spec}, reason == ""
	default:
		_, errs := syntax.Check(d)
		b.reportAll(errs)
		return declaration{}, false
	}
}

// misplacedFile says why a file cannot hold directives, or "".
func misplacedFile(file *load.File) string {
	switch {
	case file.Test:
		return "a test file cannot declare a cache, since the generated file is not one: move the type to a file whose name does not end in _test.go"
	case file.Cgo():
		return `a file that imports "C" cannot declare a cache: move the type to a file that does not`
	}
	return ""
}

func (b *builder) setDefaults(d syntax.Directive) {
	options, errs := syntax.Check(d)
	b.reportAll(errs)
	if first := b.defaults.Directive.Pos; first.IsValid() {
		b.report(d.Pos, "the package has two cachegen:defaults: merge them", b.note(first, "the first"))
		return
	}
	b.defaults = options
}

// owner returns the type declaration whose doc comment holds c, or says where c stands instead.
func owner(file *ast.File, c *ast.Comment) (*ast.GenDecl, *ast.TypeSpec, string) {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if reason := inFunc(decl, c); reason != "" {
				return nil, nil, reason
			}
		case *ast.GenDecl:
			if holds(decl.Doc, c) || decl.Pos() <= c.Pos() && c.Pos() < decl.End() {
				return inDecl(decl, c)
			}
		}
	}
	return nil, nil, "belongs to no declaration: put it right above a type, without a blank line between"
}

func inFunc(decl *ast.FuncDecl, c *ast.Comment) string {
	switch {
	case holds(decl.Doc, c) && decl.Recv != nil:
		return "stands on a method: put it above a type"
	case holds(decl.Doc, c):
		return "stands on a function: declare a func type with its signature, and put it above that"
	case decl.Pos() <= c.Pos() && c.Pos() < decl.End():
		return "stands inside a function: put it above a type at package level"
	}
	return ""
}

// inDecl returns the type of decl whose doc comment holds c.
func inDecl(decl *ast.GenDecl, c *ast.Comment) (*ast.GenDecl, *ast.TypeSpec, string) {
	switch {
	case decl.Tok != token.TYPE:
		return nil, nil, "stands on " + article[decl.Tok] + " declaration: put it above a type"
	case holds(decl.Doc, c) && decl.Lparen.IsValid():
		return nil, nil, "stands above a group of types: put it above the one that it means"
	}
	for _, spec := range decl.Specs {
		spec := spec.(*ast.TypeSpec)
		if holds(spec.Doc, c) || holds(decl.Doc, c) {
			return decl, spec, ""
		}
	}
	return nil, nil, "stands inside a type declaration, or behind it: put it above the type"
}

var article = map[token.Token]string{token.VAR: "a var", token.CONST: "a const", token.IMPORT: "an import"}

func holds(group *ast.CommentGroup, c *ast.Comment) bool {
	return group != nil && slices.Contains(group.List, c)
}
