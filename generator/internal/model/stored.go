package model

import (
	"go/token"
	"go/types"
)

// checkStored reports the first thing in the cache's value that no store can hold.
func (r *resolver) checkStored() bool {
	if reason := r.hidden(r.cache.Value); reason != "" {
		r.report(r.valuePos, "a value of type "+r.name(r.cache.Value)+" cannot be cached here: "+reason)
		return false
	}
	if isDynamic(r.cache.Value) {
		return true
	}
	w := &storedWalk{builder: r.builder, pos: r.valuePos, seen: map[site]bool{}}
	return w.walk(r.cache.Value, w.start(r.cache.Value), true)
}

// A storedWalk goes through everything that a value holds.
type storedWalk struct {
	*builder
	pos   token.Pos // of the field of the root struct on the way, or of the root
	depth int       // how many structs the walk is in
	seen  map[site]bool
}

// A site is a type and whether its values can be addressed where they stand.
type site struct {
	t           types.Type
	addressable bool
}

// start is how the paths in messages begin.
func (w *storedWalk) start(t types.Type) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	return w.name(t)
}

func (w *storedWalk) refuse(path string, t types.Type, reason string) bool {
	w.report(w.pos, path+": "+w.name(t)+" "+reason)
	return false
}

// walk checks a type that is found at a path, once.
func (w *storedWalk) walk(t types.Type, path string, addressable bool) bool {
	t = types.Unalias(t)
	if w.seen[site{t, addressable}] || isNamed(t, "time", "Time") {
		return true
	}
	w.seen[site{t, addressable}] = true
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return w.pointer(u, path)
	case *types.Interface:
		return w.refuse(path, t, interfaceReason(u))
	}
	if does, reason := marshals(t, addressable); reason != "" {
		return w.refuse(path, t, reason)
	} else if does {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return w.basic(u, t, path)
	case *types.Slice:
		return w.walk(u.Elem(), path+"[]", true)
	case *types.Array:
		return w.walk(u.Elem(), path+"[]", addressable)
	case *types.Map:
		return w.mapKey(u, path) && w.walk(u.Elem(), path+"[]", false)
	case *types.Struct:
		return w.fields(u, t, path, addressable)
	case *types.Chan:
		return w.refuse(path, t, "cannot be stored: a channel exists in one process alone")
	case *types.Signature:
		return w.refuse(path, t, "cannot be stored: a func exists in one process alone")
	}
	return w.refuse(path, t, "cannot be stored")
}

func (w *storedWalk) pointer(p *types.Pointer, path string) bool {
	if _, again := p.Elem().Underlying().(*types.Pointer); again {
		return w.refuse(path, p, "cannot be stored: a pointer to a pointer does not come back as it was; use a single pointer")
	}
	return w.walk(p.Elem(), path, true)
}

func interfaceReason(i *types.Interface) string {
	if i.NumMethods() == 0 {
		return "cannot be stored inside another type, since its bytes would not say which type to make again: use a concrete type"
	}
	return "cannot be stored: the type behind an interface is not known when it is read back; use a concrete type"
}

func (w *storedWalk) basic(b *types.Basic, t types.Type, path string) bool {
	switch {
	case b.Kind() == types.Invalid:
		w.reportInvalid(w.pos, path)
		return false
	case b.Kind() == types.UnsafePointer, b.Kind() == types.Uintptr:
		return w.refuse(path, t, "cannot be stored: an address means nothing to another process")
	case b.Info()&types.IsComplex != 0:
		return w.refuse(path, t, "cannot be stored: the encoding has no complex numbers; use two floats")
	}
	return true
}

// mapKey checks a map's keys, which must come back equal to what they were.
func (w *storedWalk) mapKey(m *types.Map, path string) bool {
	switch m.Key().Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return w.refuse(path+"[key]", m.Key(), "cannot be the key of a stored map, since it does not come back as it was: use another type")
	}
	return w.walk(m.Key(), path+"[key]", false)
}

// fields checks a struct. Unexported fields are not stored; a struct of nothing else is refused,
// since it would come back empty.
func (w *storedWalk) fields(s *types.Struct, t types.Type, path string, addressable bool) bool {
	w.depth++
	defer func(pos token.Pos) { w.pos, w.depth = pos, w.depth-1 }(w.pos)
	kept := s.NumFields() == 0
	for i := range s.NumFields() {
		f, tag := s.Field(i), s.Tag(i)
		if !f.Exported() && !f.Embedded() || skips(tag) {
			kept = kept || skips(tag)
			continue
		}
		kept = true
		if w.depth == 1 && f.Pkg() == w.pkg.Types {
			w.pos = f.Pos()
		}
		if !w.embedded(f, tag, path) || !w.walk(f.Type(), path+"."+f.Name(), addressable) {
			return false
		}
	}
	if !kept {
		return w.refuse(path, t, "cannot be stored: all its fields are unexported; give it MarshalBinary and UnmarshalBinary, or export what matters")
	}
	return true
}

// embedded checks a field that may be written among those of its struct.
func (w *storedWalk) embedded(f *types.Var, tag, path string) bool {
	_, isPointer := f.Type().Underlying().(*types.Pointer)
	_, isStruct := f.Type().Underlying().(*types.Struct)
	does, _ := marshals(f.Type(), true)
	switch {
	case !f.Embedded():
		return true
	case isPointer && !hasOption(tag, "noinline"):
		return w.refuse(path+"."+f.Name(), f.Type(), "cannot be stored embedded, since nil would not come back nil: embed the struct itself, or name the field")
	case !f.Exported() && (!isStruct || does):
		return w.refuse(path+"."+f.Name(), f.Type(), "cannot be stored embedded, since its name is unexported and it cannot be set: export the type, or tag the field msgpack:\"-\"")
	}
	return true
}

// isDynamic reports whether t is any, []any or map[string]any, which are stored with the types of
// what they hold.
func isDynamic(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Slice:
		return isAny(t.Elem())
	case *types.Map:
		return types.Identical(t.Key(), types.Typ[types.String]) && isAny(t.Elem())
	}
	return isAny(t)
}

func isAny(t types.Type) bool {
	i, ok := types.Unalias(t).(*types.Interface)
	return ok && i.Empty()
}
