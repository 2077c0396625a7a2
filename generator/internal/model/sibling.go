package model

import (
	"cmp"
	"go/ast"
	"go/token"
	"strings"

	"github.com/cachegen/cachegen/generator/internal/load"
	"github.com/cachegen/cachegen/generator/internal/syntax"
	"github.com/cachegen/cachegen/runtime/keys"
)

// claimsElsewhere reads the patterns of the packages in the module that this run has not loaded.
// What is wrong there is for a run on those packages to report.
func claimsElsewhere(p *load.Program) ([]claim, error) {
	siblings, err := p.Siblings()
	if err != nil {
		return nil, err
	}
	var claims []claim
	for _, s := range siblings {
		r := sourceReader{fset: p.Fset, types: map[string]ast.Expr{}, texts: map[string]bool{}}
		for _, file := range s.Files {
			r.collect(file)
		}
		for _, file := range s.Files {
			claims = append(claims, r.claims(file)...)
		}
	}
	return claims, nil
}

// A sourceReader finds out from the source of a package what its patterns are, without types.
type sourceReader struct {
	fset     *token.FileSet
	types    map[string]ast.Expr // the package's declared types
	texts    map[string]bool     // those with text methods
	defaults syntax.Options
	guessed  bool // some kind was a guess
}

// collect takes in what a file declares.
func (r *sourceReader) collect(file *ast.File) {
	directives, _ := syntax.Directives(file)
	for _, d := range directives {
		if d.Name == syntax.Defaults {
			r.defaults, _ = syntax.Check(d)
		}
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv != nil && (decl.Name.Name == "MarshalText" || decl.Name.Name == "AppendText") {
				if base, ok := decl.Recv.List[0].Type.(*ast.Ident); ok {
					r.texts[base.Name] = true
				}
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					r.types[spec.Name.Name] = spec.Type
				}
			}
		}
	}
}

// claims returns the patterns that a file declares, as far as they are well-formed.
func (r *sourceReader) claims(file *ast.File) []claim {
	var claims []claim
	directives, _ := syntax.Directives(file)
	for _, d := range directives {
		_, spec, reason := owner(file, d.Comment)
		given, errs := syntax.Check(d)
		if reason != "" || len(errs) > 0 || d.Name == syntax.Defaults {
			continue
		}
		options, _ := given.Resolve(r.defaults)
		r.guessed = false
		if pattern, err := keys.ParsePattern(r.pattern(options.Key.Value, spec.Type)); err == nil {
			claims = append(claims, claim{
				key: options.Key.Value.Source, pattern: pattern, store: options.Store.Value,
				limit: d.Name == syntax.Limit, pos: r.fset.Position(d.Pos), outside: true, guessed: r.guessed,
			})
		}
	}
	return claims
}

// pattern spells a pattern with the kinds of its parts.
func (r *sourceReader) pattern(p syntax.Pattern, declared ast.Expr) string {
	var b strings.Builder
	for _, s := range p.Segments {
		if !s.IsPart() {
			b.WriteString(s.Literal)
			continue
		}
		b.WriteString("{" + strings.Join(s.Path, ".") + " " + r.kind(r.part(declared, s.Path)) + "}")
	}
	return b.String()
}

// part finds the type of a part: a field of a struct, or a parameter of a func. It is nil if that
// takes more than this package's source.
func (r *sourceReader) part(t ast.Expr, path []string) ast.Expr {
	for _, name := range path {
		if ident, ok := t.(*ast.Ident); ok {
			t = r.types[ident.Name]
		}
		var fields *ast.FieldList
		switch declared := t.(type) {
		case *ast.StructType:
			fields = declared.Fields
		case *ast.FuncType:
			fields = declared.Params
		}
		t = fieldType(fields, name)
	}
	return t
}

func fieldType(list *ast.FieldList, name string) ast.Expr {
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		for _, ident := range field.Names {
			if ident.Name == name {
				return field.Type
			}
		}
	}
	return nil
}

// basicKinds holds the kinds of the predeclared types.
var basicKinds = map[string]Kind{
	"bool": Bool, "string": String,
	"int": Int, "int8": Int, "int16": Int, "int32": Int, "int64": Int, "rune": Int,
	"uint": Uint, "uint8": Uint, "uint16": Uint, "uint32": Uint, "uint64": Uint, "byte": Uint,
}

// kind spells the kind of a part by the source of its type. Whatever it cannot make out counts as a
// string, which overlaps with most.
func (r *sourceReader) kind(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.Ident:
		return r.named(t.Name)
	case *ast.SelectorExpr:
		if pkg, ok := t.X.(*ast.Ident); ok && pkg.Name == "time" && t.Sel.Name == "Time" {
			return string(Time)
		}
	case *ast.ArrayType:
		n, isLiteral := t.Len.(*ast.BasicLit)
		if elem, ok := t.Elt.(*ast.Ident); ok && isLiteral && elem.Name == "byte" {
			return string(Hex) + n.Value
		}
	}
	r.guessed = true
	return string(String)
}

// named spells the kind of a type that is predeclared or of this package.
func (r *sourceReader) named(name string) string {
	for range len(r.types) + 1 { // no type is declared by way of more names
		declared, ours := r.types[name]
		next, isName := declared.(*ast.Ident)
		switch {
		case r.texts[name]:
			return string(AppendText)
		case !ours:
			r.guessed = r.guessed || basicKinds[name] == ""
			return string(cmp.Or(basicKinds[name], String))
		case !isName:
			return r.kind(declared)
		}
		name = next.Name
	}
	return string(String)
}
