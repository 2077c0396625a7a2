package model

import (
	"fmt"
	"go/types"

	"github.com/cachegen/cachegen/generator/internal/typeset"
)

// Kind is how a part is spelled in a key.
type Kind string

// The kinds of key parts.
const (
	Int         Kind = "int"
	Uint        Kind = "uint"
	Bool        Kind = "bool"
	String      Kind = "string"
	Hex         Kind = "hex"  // [N]byte
	Time        Kind = "time" // time.Time
	AppendText  Kind = "text"
	MarshalText Kind = "marshaltext" // text, of a type without AppendText
)

// Fallible reports whether spelling a part of this kind can fail.
func (k Kind) Fallible() bool { return k == Time || k == AppendText || k == MarshalText }

// Escaped reports whether the spelling is percent-escaped.
func (k Kind) Escaped() bool { return k == String || k == AppendText || k == MarshalText }

// spelling is the kind in a pattern as package keys reads it.
func (p *Param) spelling() string {
	switch p.Kind {
	case MarshalText:
		return string(AppendText)
	case Hex:
		return fmt.Sprintf("hex%d", types.Unalias(p.Type).Underlying().(*types.Array).Len())
	default:
		return string(p.Kind)
	}
}

// unmarshals reports whether a pointer to the part's type has UnmarshalText.
func (p *Param) unmarshals() bool {
	return typeset.HasMethod(types.NewPointer(p.Type), "UnmarshalText")
}

// kindOf returns the kind of a part of type t, or why it cannot be a part. A text marshaler wins
// over the type it is made of: its author has said how it reads.
func kindOf(t types.Type) (Kind, string) {
	if typeset.IsNamed(t, "time", "Time") {
		return Time, ""
	}
	if kind, reason := textKind(t); kind != "" || reason != "" {
		return kind, reason
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicKind(u)
	case *types.Array:
		if types.Identical(u.Elem(), types.Typ[types.Byte]) && u.Len() > 0 {
			return Hex, ""
		}
		return "", "is an array of something else than bytes, whose spelling in a key is not defined: give the type a MarshalText method"
	case *types.Struct:
		return "", "is a struct, whose spelling in a key is not defined: use its fields, or give the type a MarshalText method"
	}
	return "", "is " + describe(t) + ", which does not identify a value by its contents: use an integer, a string, or a type with MarshalText"
}

// textKind returns the kind of a type that has text methods, and nothing for others.
func textKind(t types.Type) (Kind, string) {
	_, isPointer := t.Underlying().(*types.Pointer)
	_, isInterface := t.Underlying().(*types.Interface)
	switch {
	case isPointer, isInterface:
		return "", ""
	case !typeset.HasMethod(t, "AppendText") && !typeset.HasMethod(t, "MarshalText"):
		if typeset.HasMethod(types.NewPointer(t), "MarshalText") || typeset.HasMethod(types.NewPointer(t), "AppendText") {
			return "", "has its text methods on a pointer receiver, which a key part is not: declare them on the value"
		}
		return "", ""
	case !types.Comparable(t):
		return "", "is not comparable, so it cannot tell keys apart"
	case typeset.HasMethod(t, "AppendText"):
		return AppendText, ""
	}
	return MarshalText, ""
}

func basicKind(b *types.Basic) (Kind, string) {
	switch info := b.Info(); {
	case b.Kind() == types.Uintptr, b.Kind() == types.UnsafePointer:
		return "", "is an address, which means nothing to another process: use an integer or a string"
	case info&types.IsUnsigned != 0:
		return Uint, ""
	case info&types.IsInteger != 0:
		return Int, ""
	case info&types.IsBoolean != 0:
		return Bool, ""
	case info&types.IsString != 0:
		return String, ""
	}
	return "", "is " + describe(b) + ", of which equal values need not be spelled alike: use an integer or a string"
}

// describe names the kind of a type in prose.
func describe(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsComplex != 0 {
			return "a complex number"
		}
		return "a float"
	case *types.Pointer:
		return "a pointer"
	case *types.Slice:
		return "a slice"
	case *types.Map:
		return "a map"
	case *types.Chan:
		return "a channel"
	case *types.Signature:
		return "a func"
	case *types.Interface:
		return "an interface"
	}
	return "of another kind"
}
