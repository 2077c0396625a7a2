package shape

import "go/types"

// A Refusal is the first thing in a type that keeps its values from being stored.
type Refusal struct {
	Path   string     // where it is, such as Order.Lines[].Hooks
	Type   types.Type // what is there
	Reason string     // what is wrong with it and what to do; empty if go/types does not know the type
	Field  *types.Var // the field of the root struct on the way, or nil
}

func (b *Builder) refuse(path string, t types.Type, reason string) *Refusal {
	return &Refusal{Path: path, Type: t, Reason: reason, Field: b.field}
}

// refuseKind refuses a type that no store can hold, and says how to leave the field out.
func (b *Builder) refuseKind(path string, t types.Type, reason string) *Refusal {
	switch {
	case b.depth > 0 && b.own:
		reason += ", or tag the field msgpack:\"-\""
	case b.depth > 0:
		reason += ", or cache a type of your own without it"
	}
	return b.refuse(path, t, "cannot be stored"+reason)
}

// refuseBasic says which basic types cannot be stored.
func (b *Builder) refuseBasic(u *types.Basic, t types.Type, path string) *Refusal {
	switch {
	case u.Kind() == types.Invalid:
		return b.refuse(path, t, "")
	case u.Kind() == types.UnsafePointer, u.Kind() == types.Uintptr:
		return b.refuseKind(path, t, ": an address means nothing to another process")
	}
	return b.refuseKind(path, t, ": the encoding has no complex numbers; use two floats")
}
