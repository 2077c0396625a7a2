package model

import (
	"go/token"
	"go/types"
)

// checkStored reports the first thing in the cache's value that no store can hold. pos is where the
// value is declared.
func (r *resolver) checkStored(pos token.Pos) bool {
	if reason := r.hidden(r.cache.Value); reason != "" {
		r.report(pos, "a value of type "+r.name(r.cache.Value)+" cannot be cached here: "+reason)
		return false
	}
	w := &storedWalk{builder: r.builder, pos: pos, seen: map[types.Type]bool{}}
	if isDynamic(r.cache.Value) {
		return true
	}
	return w.walk(r.cache.Value, w.start(r.cache.Value))
}

// A storedWalk goes through everything that a value holds.
type storedWalk struct {
	*builder
	pos  token.Pos // of the field of the root struct on the way, or of the root
	seen map[types.Type]bool
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

// walk checks a type that is found at a path. A named type is looked at once.
func (w *storedWalk) walk(t types.Type, path string) bool {
	if named, ok := types.Unalias(t).(*types.Named); ok {
		if w.seen[named] || marshals(named) {
			return true
		}
		w.seen[named] = true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return w.basic(u, t, path)
	case *types.Pointer:
		return w.walk(u.Elem(), path)
	case *types.Slice:
		return w.walk(u.Elem(), path+"[]")
	case *types.Array:
		return w.walk(u.Elem(), path+"[]")
	case *types.Map:
		return w.mapKey(u, path) && w.walk(u.Elem(), path+"[]")
	case *types.Struct:
		return w.fields(u, t, path)
	case *types.Interface:
		return w.refuse(path, t, interfaceReason(u))
	case *types.Chan:
		return w.refuse(path, t, "cannot be stored: a channel exists in one process alone")
	case *types.Signature:
		return w.refuse(path, t, "cannot be stored: a func exists in one process alone")
	}
	return w.refuse(path, t, "cannot be stored")
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

// mapKey checks a map's keys, which must be spelled as themselves.
func (w *storedWalk) mapKey(m *types.Map, path string) bool {
	if basic, ok := m.Key().Underlying().(*types.Basic); ok {
		return w.basic(basic, m.Key(), path+"[key]")
	}
	return w.refuse(path+"[key]", m.Key(), "cannot be the key of a stored map: use a string or an integer")
}

// fields checks a struct. Unexported fields are not stored; a struct of nothing else is refused,
// since it would come back empty.
func (w *storedWalk) fields(s *types.Struct, t types.Type, path string) bool {
	root := w.pos
	stored := 0
	for i := range s.NumFields() {
		f := s.Field(i)
		if !f.Exported() && !f.Embedded() {
			continue
		}
		stored++
		if skips(s.Tag(i)) {
			continue
		}
		if len(w.seen) <= 1 && f.Pkg() == w.pkg.Types {
			w.pos = f.Pos()
		}
		if !w.walk(f.Type(), path+"."+f.Name()) {
			return false
		}
		w.pos = root
	}
	if stored == 0 && s.NumFields() > 0 {
		return w.refuse(path, t, "cannot be stored: all its fields are unexported; give it MarshalBinary and UnmarshalBinary, or export what matters")
	}
	return true
}

// marshals reports whether a type has a pair of methods that the encoding uses, on the type or a
// pointer to it.
func marshals(t types.Type) bool {
	p := types.NewPointer(t)
	for _, pair := range [][2]string{
		{"EncodeMsgpack", "DecodeMsgpack"},
		{"MarshalMsgpack", "UnmarshalMsgpack"},
		{"MarshalBinary", "UnmarshalBinary"},
		{"MarshalText", "UnmarshalText"},
	} {
		if hasMethod(p, pair[0]) && hasMethod(p, pair[1]) {
			return true
		}
	}
	return isNamed(t, "time", "Time")
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
