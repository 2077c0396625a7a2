package model

import "go/types"

// pairs are the ways in which a type can encode and decode itself, in the order in which the
// encoding tries them.
var pairs = [...]struct{ encode, decode string }{
	{"EncodeMsgpack", "DecodeMsgpack"},
	{"MarshalMsgpack", "UnmarshalMsgpack"},
	{"MarshalBinary", "UnmarshalBinary"},
	{"MarshalText", "UnmarshalText"},
}

// noPair is the way of a type without such methods.
const noPair = -1

// chosen returns the pair of which the encoding would call a method, to encode a t or to decode one,
// and whether it would call it on a pointer. Methods of t itself come first.
func chosen(t types.Type, decode bool) (pair int, onPointer bool) {
	for _, receiver := range []types.Type{t, types.NewPointer(t)} {
		for i, p := range pairs {
			name := p.encode
			if decode {
				name = p.decode
			}
			if hasMethod(receiver, name) {
				return i, receiver != t
			}
		}
	}
	return noPair, false
}

// marshals reports whether values of t encode themselves. If they do so in a way that would not
// bring them back, it says why. In a map, values cannot be addressed, so methods of *t do not count.
func marshals(t types.Type, addressable bool) (does bool, reason string) {
	encode, onPointer := chosen(t, false)
	decode, _ := chosen(t, true)
	switch {
	case encode == noPair && decode == noPair:
		return false, ""
	case encode == noPair:
		return true, "has " + pairs[decode].decode + " but no " + pairs[decode].encode + ": add it"
	case encode != decode:
		return true, "has " + pairs[encode].encode + ", but " + pairs[encode].decode + " is missing or comes second: add both of a pair, best EncodeMsgpack and DecodeMsgpack"
	case onPointer && !addressable:
		return true, "has " + pairs[encode].encode + " on a pointer receiver, but stands in a map: use a map of pointers"
	case promotes(t, pairs[encode].encode):
		return true, "has " + pairs[encode].encode + " from an embedded field, which would drop the other fields: give it EncodeMsgpack and DecodeMsgpack of its own, or name the field"
	}
	return true, ""
}

// promotes reports whether a method of a struct may be an embedded field's while the struct has other
// fields too.
func promotes(t types.Type, method string) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || s.NumFields() < 2 {
		return false
	}
	for f := range s.Fields() {
		if f.Embedded() && (hasMethod(f.Type(), method) || hasMethod(types.NewPointer(f.Type()), method)) {
			return true
		}
	}
	return false
}
