package shape

import (
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/cachegen/cachegen/generator/internal/typeset"
)

// A Builder makes the shapes of the values of one package's caches.
type Builder struct {
	Home   *types.Package
	Name   func(types.Type) string // spells a type for people
	Hidden func(types.Type) string // why code in Home cannot spell a type, or ""

	shapes typeutil.Map // *Shape by type
	built  []types.Type // the keys of shapes, in order
	field  *types.Var   // of the root struct, on the way
	depth  int          // how many structs the way leads through
	own    bool         // the last of them is declared in Home
}

// Build returns the shape of a type, or what in it keeps its values from being stored.
func (b *Builder) Build(t types.Type) (*Shape, *Refusal) {
	b.field, b.depth = nil, 0
	root := t
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		root = p.Elem()
	}
	return b.build(t, b.Name(root))
}

// build returns the shape of a type that is found at a path. A shape that turns out to be refused, and
// those below it, are forgotten.
func (b *Builder) build(t types.Type, path string) (*Shape, *Refusal) {
	if known, ok := b.shapes.At(t).(*Shape); ok {
		return known, nil
	}
	s, before := &Shape{Type: types.Unalias(t)}, len(b.built)
	b.shapes.Set(t, s)
	b.built = append(b.built, t)
	refusal := b.fill(s, path)
	if refusal != nil {
		for _, t := range b.built[before:] {
			b.shapes.Delete(t)
		}
		b.built = b.built[:before]
	}
	return s, refusal
}

// fill finds out how values of s.Type are stored. Where that would lose something, a type's JSON
// methods are used if it has them.
func (b *Builder) fill(s *Shape, path string) *Refusal {
	refusal, lossy := b.fillOwn(s, path)
	if (refusal != nil || lossy) && isDeclared(s.Type) && JSON.in(s.Type) && promotion(s.Type, JSON) == "" {
		s.opaque(JSON)
		refusal = nil
	}
	if refusal == nil && (s.Kind != Opaque || s.Nilable()) {
		if reason := b.Hidden(s.Type); reason != "" {
			return b.refuse(path, s.Type, "cannot be stored, since generated code cannot make one ("+reason+")", "")
		}
	}
	return refusal
}

// isDeclared reports whether t is declared under a name and may have methods of its own.
func isDeclared(t types.Type) bool {
	named, ok := t.(*types.Named)
	return ok && !types.IsInterface(named)
}

// fillOwn fills s from the type's methods or from what it is made of. It is lossy if the type has
// unexported fields.
func (b *Builder) fillOwn(s *Shape, path string) (refusal *Refusal, lossy bool) {
	switch u := s.Type.Underlying().(type) {
	case *types.Pointer:
		return b.fillPointer(s, u, path), false
	case *types.Interface:
		return b.fillInterface(s, u, path), false
	}
	if typeset.IsNamed(s.Type, "time", "Time") {
		s.Kind = Time
		return nil, false
	}
	pair, reason := pairOf(s.Type)
	switch {
	case reason != "":
		return b.refuse(path, s.Type, reason, b.ifOwn(s.Type, "give it EncodeMsgpack and DecodeMsgpack of its own")), false
	case pair != "":
		s.opaque(pair)
		return nil, false
	}
	if u, ok := s.Type.Underlying().(*types.Struct); ok {
		return b.fillStruct(s, u, path)
	}
	return b.fillKind(s, path), false
}

func (b *Builder) fillKind(s *Shape, path string) *Refusal {
	switch u := s.Type.Underlying().(type) {
	case *types.Basic:
		return b.fillBasic(s, u, path)
	case *types.Slice:
		return b.fillElem(s, u.Elem(), Slice, Bytes, path)
	case *types.Array:
		return b.fillElem(s, u.Elem(), Array, ByteArray, path)
	case *types.Map:
		return b.fillMap(s, u, path)
	case *types.Chan:
		return b.refuse(path, s.Type, "cannot be stored, since a channel exists in one process alone", "")
	case *types.Signature:
		return b.refuse(path, s.Type, "cannot be stored, since a func exists in one process alone", "")
	}
	return b.refuse(path, s.Type, "cannot be stored", "")
}

func (b *Builder) fillBasic(s *Shape, u *types.Basic, path string) *Refusal {
	switch info := u.Info(); {
	case u.Kind() == types.Uintptr, u.Kind() == types.UnsafePointer, u.Kind() == types.Invalid, info&types.IsComplex != 0:
		return b.refuseBasic(u, s.Type, path)
	case info&types.IsBoolean != 0:
		s.Kind = Bool
	case info&types.IsUnsigned != 0:
		s.Kind = Uint
	case info&types.IsInteger != 0:
		s.Kind = Int
	case info&types.IsFloat != 0:
		s.Kind = Float
	default:
		s.Kind = String
	}
	return nil
}

func (b *Builder) fillPointer(s *Shape, u *types.Pointer, path string) (refusal *Refusal) {
	s.Kind = Pointer
	if _, again := u.Elem().Underlying().(*types.Pointer); again {
		return b.refuse(path, s.Type, "cannot be stored, since a pointer to a pointer does not come back as it was", "use a single pointer")
	}
	s.Elem, refusal = b.build(u.Elem(), path)
	return refusal
}

func (b *Builder) fillInterface(s *Shape, u *types.Interface, path string) *Refusal {
	s.Kind = Any
	if !u.Empty() {
		return b.refuse(path, s.Type, "cannot be stored, since the type behind an interface is not known when it is read back", "use a concrete type")
	}
	return nil
}

// fillElem fills the shape of a list, or of one of bytes.
func (b *Builder) fillElem(s *Shape, elem types.Type, list, bytes Kind, path string) (refusal *Refusal) {
	s.Kind = list
	if basic, ok := elem.Underlying().(*types.Basic); ok && basic.Kind() == types.Uint8 {
		s.Kind = bytes
		return nil
	}
	s.Elem, refusal = b.build(elem, path+"[]")
	return refusal
}

// fillMap fills the shape of a map, whose keys must come back equal to what they were.
func (b *Builder) fillMap(s *Shape, u *types.Map, path string) (refusal *Refusal) {
	s.Kind = Map
	switch u.Key().Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return b.refuse(path+"[key]", u.Key(), "cannot be the key of a stored map, since it does not come back as it was", "use another type")
	}
	if s.Key, refusal = b.build(u.Key(), path+"[key]"); refusal == nil {
		s.Elem, refusal = b.build(u.Elem(), path+"[]")
	}
	return refusal
}
