package shape

import "go/types"

// A Refusal is the first thing in a type that keeps its values from being stored.
type Refusal struct {
	Path   string     // where it is, such as Order.Lines[].Hooks
	Type   types.Type // what is there
	Reason string     // what is wrong with it and what to do; empty if go/types does not know the type
	Field  *types.Var // the field of the root struct on the way, or nil
}

// refuse says why t cannot be stored, and what to do: as said, or what is left to do where t stands.
func (b *Builder) refuse(path string, t types.Type, why, do string) *Refusal {
	switch {
	case b.depth > 0 && !b.own:
		do = "cache a type of your own without it"
	case b.depth > 0 && do == "":
		do = "tag the field msgpack:\"-\""
	case b.depth > 0:
		do += ", or tag the field msgpack:\"-\""
	}
	if do != "" {
		why += ": " + do
	}
	return &Refusal{Path: path, Type: t, Reason: why, Field: b.field}
}

// unknown refuses a type that go/types could not make out.
func (b *Builder) unknown(path string, t types.Type) *Refusal {
	return &Refusal{Path: path, Type: t, Field: b.field}
}

// ifOwn returns what to do to a type, or what else to do where the type is another package's.
func (b *Builder) ifOwn(t types.Type, do string) string {
	if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != b.Home {
		return "keep what matters of it in a type of your own"
	}
	return do
}

// refuseBasic says which basic types cannot be stored.
func (b *Builder) refuseBasic(u *types.Basic, t types.Type, path string) *Refusal {
	switch {
	case u.Kind() == types.Invalid:
		return b.unknown(path, t)
	case u.Kind() == types.UnsafePointer, u.Kind() == types.Uintptr:
		return b.refuse(path, t, "cannot be stored, since an address means nothing to another process", "")
	}
	return b.refuse(path, t, "cannot be stored, since the encoding has no complex numbers", "use two floats")
}
