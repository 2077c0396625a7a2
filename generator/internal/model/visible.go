package model

import (
	"cmp"
	"go/token"
	"go/types"
	"strings"

	"github.com/cachegen/cachegen/generator/internal/diag"
)

// hidden says why the package's generated file could not spell t, or "".
func (b *builder) hidden(t types.Type) string {
	return hiddenIn(t, b.pkg.Types)
}

func hiddenIn(t types.Type, from *types.Package) string {
	switch t := t.(type) {
	case *types.Alias:
		return cmp.Or(hiddenName(t.Obj(), from), firstHidden(from, typeArgs(t.TypeArgs())...))
	case *types.Named:
		return cmp.Or(hiddenName(t.Obj(), from), firstHidden(from, typeArgs(t.TypeArgs())...))
	case *types.TypeParam:
		return t.Obj().Name() + " is a type parameter"
	case *types.Map:
		return firstHidden(from, t.Key(), t.Elem())
	case *types.Struct:
		return cmp.Or(hiddenField(t, from), firstHidden(from, fieldTypes(t)...))
	case *types.Signature:
		return firstHidden(from, append(tupleTypes(t.Params()), tupleTypes(t.Results())...)...)
	case interface{ Elem() types.Type }: // pointer, slice, array, channel
		return hiddenIn(t.Elem(), from)
	}
	return ""
}

// hiddenField says why source in package from cannot write a struct type that has no name, or "": its
// unexported fields are those of the package that it stands in.
func hiddenField(s *types.Struct, from *types.Package) string {
	for f := range s.Fields() {
		if !f.Exported() && f.Pkg() != from {
			return "a struct without a name has the field " + f.Name() + " of package " + f.Pkg().Name()
		}
	}
	return ""
}

func firstHidden(from *types.Package, all ...types.Type) string {
	for _, t := range all {
		if reason := hiddenIn(t, from); reason != "" {
			return reason
		}
	}
	return ""
}

// hiddenName says why source in package from cannot name a declared type, or "".
func hiddenName(o *types.TypeName, from *types.Package) string {
	switch pkg := o.Pkg(); {
	case pkg == nil:
		return ""
	case o.Parent() != nil && o.Parent() != pkg.Scope():
		return o.Name() + " is declared inside a function"
	case pkg == from:
		return ""
	case !o.Exported():
		return pkg.Name() + "." + o.Name() + " is unexported"
	case !mayImport(from.Path(), pkg.Path()):
		return pkg.Path() + " is an internal package"
	}
	return ""
}

// mayImport reports whether the rule for internal packages lets one package import another.
func mayImport(from, path string) bool {
	i := strings.LastIndex("/"+path+"/", "/internal/")
	if i < 0 {
		return true
	}
	parent := path[:max(i-1, 0)]
	return from == parent || strings.HasPrefix(from, parent+"/") && parent != ""
}

func typeArgs(list *types.TypeList) []types.Type {
	var all []types.Type
	for t := range list.Types() {
		all = append(all, t)
	}
	return all
}

func tupleTypes(tuple *types.Tuple) []types.Type {
	var all []types.Type
	for v := range tuple.Variables() {
		all = append(all, v.Type())
	}
	return all
}

func fieldTypes(s *types.Struct) []types.Type {
	var all []types.Type
	for f := range s.Fields() {
		all = append(all, f.Type())
	}
	return all
}

// containsInvalid reports whether go/types could not make out t, as spelled, or a type it is
// spelled with.
func containsInvalid(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Named:
		return t.Underlying() == types.Typ[types.Invalid] || anyInvalid(typeArgs(t.TypeArgs()))
	case *types.Map:
		return containsInvalid(t.Key()) || containsInvalid(t.Elem())
	case *types.Struct:
		return anyInvalid(fieldTypes(t))
	case interface{ Elem() types.Type }:
		return containsInvalid(t.Elem())
	}
	return false
}

func anyInvalid(all []types.Type) bool {
	for _, t := range all {
		if containsInvalid(t) {
			return true
		}
	}
	return false
}

// maxNotes bounds how many of a package's type errors explain a type that is not known.
const maxNotes = 5

// reportInvalid reports that a type a declaration needs is not known. The type errors on that line
// say why, or else one of the package's.
func (b *builder) reportInvalid(pos token.Pos, what string) {
	var here, all []diag.Note
	at := b.fset.Position(pos)
	for _, e := range b.pkg.TypeErrors {
		note := b.note(e.Pos, e.Msg)
		if note.Pos.Filename == at.Filename && note.Pos.Line == at.Line {
			here = append(here, note)
		}
		all = append(all, note)
	}
	if len(here) == 0 {
		here = all
	}
	b.report(pos, "the type of "+what+" is not known, because the package does not compile", here[:min(len(here), maxNotes)]...)
}
