package shape

import (
	"go/types"

	"github.com/cachegen/cachegen/generator/internal/typeset"
)

// Emptiness says when a field that is tagged omitempty is left out.
type Emptiness string

// The values of [Emptiness].
const (
	NeverEmpty  Emptiness = "never"
	AlwaysEmpty Emptiness = "always"
	EmptyIfZero Emptiness = "zero" // if its method IsZero says so, or it is nil
	EmptyIfNil  Emptiness = "nil"
	EmptyIfLen0 Emptiness = "len0"
	EmptyIf0    Emptiness = "0"
	EmptyUnless Emptiness = "unless" // unless it is true
	EmptyFields Emptiness = "fields" // if all its fields are left out
)

// Empty says when a value of the shape is empty, as the encoding has it.
func (s *Shape) Empty() Emptiness {
	switch {
	case typeset.HasMethod(s.Type, "IsZero"):
		return EmptyIfZero
	case s.Kind == Opaque:
		return emptyKind(s.Type.Underlying())
	case s.Kind == Struct:
		return s.emptyStruct()
	}
	return emptyKind(s.Type.Underlying())
}

func (s *Shape) emptyStruct() Emptiness {
	empty := AlwaysEmpty
	for _, f := range s.Fields {
		switch {
		case !f.OmitEmpty || f.Shape.Empty() == NeverEmpty:
			return NeverEmpty
		case f.Shape.Empty() != AlwaysEmpty:
			empty = EmptyFields
		}
	}
	return empty
}

// emptyKind is the answer for what a type is made of. An opaque struct is never empty: how many of its
// fields would be, only the encoding's own view of it could tell.
func emptyKind(t types.Type) Emptiness {
	switch t := t.(type) {
	case *types.Basic:
		switch info := t.Info(); {
		case info&types.IsBoolean != 0:
			return EmptyUnless
		case info&types.IsString != 0:
			return EmptyIfLen0
		}
		return EmptyIf0
	case *types.Slice, *types.Map:
		return EmptyIfLen0
	case *types.Array:
		if t.Len() == 0 {
			return AlwaysEmpty
		}
		return NeverEmpty
	case *types.Pointer, *types.Interface:
		return EmptyIfNil
	}
	return NeverEmpty
}
