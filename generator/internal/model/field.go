package model

import (
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"github.com/cachegen/cachegen/generator/internal/syntax"
	"github.com/cachegen/cachegen/runtime/registry"
)

// field resolves a part of the struct form: a path of fields, from the value on.
func (r *resolver) field(s syntax.Segment) *Param {
	t := r.cache.Type.Type()
	for i, name := range s.Path {
		if _, isPointer := t.Underlying().(*types.Pointer); isPointer {
			r.report(s.Elems[i], "a key cannot reach "+name+" through a pointer, which may be nil: copy the field into "+r.cache.Type.Name())
			return nil
		}
		f := r.step(t, name, s.Elems[i])
		if f == nil {
			return nil
		}
		t = f.Type()
	}
	p := &Param{Base: LowerCamel(s.Path[len(s.Path)-1]), Path: s.Path, Type: t}
	r.cache.Params = append(r.cache.Params, p)
	return p
}

// step looks one field up in t, or reports why there is none that would do.
func (r *resolver) step(t types.Type, name string, pos token.Pos) *types.Var {
	object, index, indirect := types.LookupFieldOrMethod(t, true, r.pkg.Types, name)
	if containsInvalid(t) && object == nil {
		r.reportInvalid(pos, r.name(t))
		return nil
	}
	f, isField := object.(*types.Var)
	switch {
	case object == nil && index != nil:
		r.report(pos, name+" is ambiguous: "+r.name(t)+" embeds several structs with that field; write the path, such as "+r.paths(t, name))
	case object == nil:
		r.report(pos, r.name(t)+" has no field "+name+didYouMean(name, fieldNames(t, r.pkg.Types)))
	case !isField:
		r.report(pos, name+" is a method of "+r.name(t)+": a key part must be a field")
	case !f.Exported():
		r.report(pos, name+" is an unexported field, which would not survive the store: export it")
	case indirect:
		r.report(pos, "a key cannot reach "+name+" through an embedded pointer, which may be nil: embed the struct itself, or copy the field into "+r.cache.Type.Name())
	case isSkipped(t, index):
		r.report(pos, name+` is tagged msgpack:"-", so it would not survive the store: remove the tag`)
	default:
		return f
	}
	return nil
}

// paths gives an example of a path to an ambiguous field.
func (r *resolver) paths(t types.Type, name string) string {
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if object, _, _ := types.LookupFieldOrMethod(f.Type(), true, r.pkg.Types, name); f.Embedded() && object != nil {
				return "{" + f.Name() + "." + name + "}"
			}
		}
	}
	return "{Embedded." + name + "}"
}

// fieldNames returns the names of all fields of a struct, promoted ones included.
func fieldNames(t types.Type, pkg *types.Package) []string {
	var names []string
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for f := range s.Fields() {
		if !f.Exported() && f.Pkg() != pkg {
			continue
		}
		names = append(names, f.Name())
		if _, isStruct := f.Type().Underlying().(*types.Struct); isStruct && f.Embedded() {
			names = append(names, fieldNames(f.Type(), pkg)...)
		}
	}
	return names
}

// isSkipped reports whether a field on the way to the one at index is left out of the store.
func isSkipped(t types.Type, index []int) bool {
	for _, i := range index {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		s := t.Underlying().(*types.Struct)
		if skips(s.Tag(i)) {
			return true
		}
		t = s.Field(i).Type()
	}
	return false
}

// skips reports whether a struct tag leaves its field out of the store.
func skips(tag string) bool {
	name, _, _ := strings.Cut(reflect.StructTag(tag).Get("msgpack"), ",")
	return strings.TrimSpace(name) == "-"
}

// didYouMean ends a sentence about an unknown name with the nearest known one, or all of few.
func didYouMean(name string, known []string) string {
	if near := registry.Nearest(name, known); near != "" {
		return ": did you mean " + near + "?"
	}
	if len(known) == 0 {
		return ": it has none"
	}
	return ": it has " + strings.Join(known[:min(len(known), 8)], ", ")
}
