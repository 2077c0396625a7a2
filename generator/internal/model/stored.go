package model

import (
	"go/token"
	"go/types"

	"github.com/cachegen/cachegen/generator/internal/shape"
)

// A Codec is what is emitted for the values of one type, however many caches they are in. For those
// that the runtime stores without a codec, as strings, byte slices, integers and any are, Shape is nil.
type Codec struct {
	Value types.Type
	Shape *shape.Shape
	Test  string // the name of the test that is emitted for it
}

// checkStored finds out how the cache's value is stored, or reports the first thing in it that no
// store can hold.
func (r *resolver) checkStored() bool {
	if reason := r.hidden(r.cache.Value); reason != "" {
		r.report(r.valuePos, "a value of type "+r.name(r.cache.Value)+" cannot be cached here: "+reason)
		return false
	}
	if isStoredBare(r.cache.Value) {
		return true
	}
	s, refusal := r.shapes.Build(r.cache.Value)
	if refusal == nil {
		r.cache.shape = s
		return true
	}
	pos := r.valuePos
	if refusal.Field != nil {
		pos = refusal.Field.Pos()
	}
	if refusal.Reason == "" {
		r.reportInvalid(pos, refusal.Path)
	} else {
		r.report(pos, refusal.Path+": "+r.name(refusal.Type)+" "+refusal.Reason)
	}
	return false
}

// isStoredBare reports whether the runtime stores values of t without a codec.
func isStoredBare(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsString|types.IsInteger) != 0 && u.Kind() != types.Uintptr
	case *types.Slice:
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Uint8 {
			return true
		}
	}
	return endsInAny(t)
}

// endsInAny reports whether t is any, or slices and string-keyed maps, unnamed but for the outermost,
// that end in it.
func endsInAny(t types.Type) bool {
	elem := t
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return u.Empty()
	case *types.Slice:
		elem = u.Elem()
	case *types.Map:
		if !types.Identical(u.Key(), types.Typ[types.String]) {
			return false
		}
		elem = u.Elem()
	default:
		return false
	}
	_, named := types.Unalias(elem).(*types.Named)
	return !named && endsInAny(elem)
}

// codecs collects the codecs of all caches, each once, and names what is emitted for them.
func (b *builder) codecs() {
	var roots []*shape.Shape
	var seen []types.Type
	for _, c := range b.out.Caches {
		if c.Value == nil || containsType(seen, c.Value) || c.shape == nil && !isDeclared(c.Value) {
			continue
		}
		seen = append(seen, c.Value)
		b.out.Codecs = append(b.out.Codecs, &Codec{Value: c.Value, Shape: c.shape, Test: b.out.Taken.take("Test" + b.shapes.NameOf(c.Value) + "Codec")})
		if c.shape != nil {
			roots = append(roots, c.shape)
		}
	}
	b.out.Shapes = b.shapes.Link(roots, b.out.Taken.Has)
	for _, s := range b.out.Shapes {
		for _, name := range shape.Declared(s.Name) {
			b.out.Taken[name] = token.Position{}
		}
	}
}

func containsType(all []types.Type, t types.Type) bool {
	for _, other := range all {
		if types.Identical(t, other) {
			return true
		}
	}
	return false
}

// isDeclared reports whether t has a name of its own, which the runtime has to be told.
func isDeclared(t types.Type) bool {
	_, named := types.Unalias(t).(*types.Named)
	return named
}
