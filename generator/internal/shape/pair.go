package shape

import (
	"go/types"

	"github.com/cachegen/cachegen/generator/internal/typeset"
)

// Pair is a pair of methods by which a type encodes and decodes itself.
type Pair string

// The pairs.
const (
	Custom  Pair = "Custom"  // EncodeMsgpack and DecodeMsgpack
	Msgpack Pair = "Msgpack" // MarshalMsgpack and UnmarshalMsgpack
	Binary  Pair = "Binary"  // MarshalBinary and UnmarshalBinary
	Text    Pair = "Text"    // MarshalText and UnmarshalText
	JSON    Pair = "JSON"    // MarshalJSON and UnmarshalJSON
)

// pairs holds the pairs that the encoding knows, in the order in which it tries them.
var pairs = [...]Pair{Custom, Msgpack, Binary, Text}

// encode is the name of the method that encodes.
func (p Pair) encode() string {
	if p == Custom {
		return "EncodeMsgpack"
	}
	return "Marshal" + string(p)
}

// decode is the name of the method that decodes.
func (p Pair) decode() string {
	if p == Custom {
		return "DecodeMsgpack"
	}
	return "Unmarshal" + string(p)
}

// in reports whether both methods can be called on a pointer to t.
func (p Pair) in(t types.Type) bool {
	pointer := types.NewPointer(t)
	return typeset.HasMethod(pointer, p.encode()) && typeset.HasMethod(pointer, p.decode())
}

// pairOf returns the pair by which values of t are stored, "" if they are stored as what they are made
// of. If half a pair is in the way, it says why t cannot be stored at all.
func pairOf(t types.Type) (p Pair, reason string) {
	for _, p := range append(pairs[:], JSON) {
		if p.in(t) && (p != JSON || half(t) != "") {
			return p, promotion(t, p)
		}
	}
	return "", half(t)
}

// half explains a type that has a method of a pair and not the other: the encoding would use it all
// the same.
func half(t types.Type) string {
	pointer := types.NewPointer(t)
	for _, p := range pairs {
		switch encodes, decodes := typeset.HasMethod(pointer, p.encode()), typeset.HasMethod(pointer, p.decode()); {
		case encodes && !decodes:
			return "has " + p.encode() + " but no " + p.decode()
		case decodes && !encodes:
			return "has " + p.decode() + " but no " + p.encode()
		}
	}
	return ""
}

// promotion explains a type whose methods are those of an embedded field, while it has other fields
// too.
func promotion(t types.Type, p Pair) string {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || s.NumFields() < 2 {
		return ""
	}
	for _, name := range []string{p.encode(), p.decode()} {
		if _, index, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, nil, name); len(index) > 1 {
			return "has " + name + " from an embedded field, which would drop the other fields"
		}
	}
	return ""
}

// library returns the pair of which vmihailenco/msgpack would call a method, to encode a t or to decode
// one. Methods of t itself come first.
func library(t types.Type, method func(Pair) string) Pair {
	for _, receiver := range []types.Type{t, types.NewPointer(t)} {
		for _, p := range pairs {
			if typeset.HasMethod(receiver, method(p)) {
				return p
			}
		}
	}
	return ""
}

// opaque makes s a shape of values that encode themselves.
func (s *Shape) opaque(p Pair) {
	*s = Shape{Type: s.Type, Kind: Opaque, Pair: p, Addressed: !typeset.HasMethod(s.Type, p.encode())}
}
