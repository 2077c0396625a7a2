package codec

import (
	"encoding"
	"reflect"

	"github.com/vmihailenco/msgpack/v5"
)

// pair is a way in which a type encodes and decodes itself, in the order of preference.
type pair byte

const (
	noPair pair = iota
	customPair
	msgpackPair
	binaryPair
	textPair
)

// pairs holds, for each pair, its two interfaces and the names of their methods.
var pairs = [...]struct {
	encode, decode         reflect.Type
	encodeName, decodeName string
}{
	customPair:  {reflect.TypeFor[msgpack.CustomEncoder](), reflect.TypeFor[msgpack.CustomDecoder](), "EncodeMsgpack", "DecodeMsgpack"},
	msgpackPair: {reflect.TypeFor[msgpack.Marshaler](), reflect.TypeFor[msgpack.Unmarshaler](), "MarshalMsgpack", "UnmarshalMsgpack"},
	binaryPair:  {reflect.TypeFor[encoding.BinaryMarshaler](), reflect.TypeFor[encoding.BinaryUnmarshaler](), "MarshalBinary", "UnmarshalBinary"},
	textPair:    {reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](), "MarshalText", "UnmarshalText"},
}

// method returns how the msgpack library would encode (or decode) a t by a method of its own, and
// whether it would call it on a pointer. Methods of t itself come before those of *t.
func method(t reflect.Type, decode bool) (p pair, viaPointer bool) {
	for _, recv := range []reflect.Type{t, reflect.PointerTo(t)} {
		for p := customPair; p <= textPair; p++ {
			iface := pairs[p].encode
			if decode {
				iface = pairs[p].decode
			}
			if recv.Implements(iface) {
				return p, recv != t
			}
		}
	}
	return noPair, false
}

// first returns the pair that the library would choose for a pointer to t.
func first(t reflect.Type, decode bool) pair {
	p, _ := method(reflect.PointerTo(t), decode)
	return p
}

// fillOpaque decides whether values of s encode themselves.
func (b *builder) fillOpaque(s *shape, path string, addressable bool) (done bool, err error) {
	t := s.typ
	enc, viaPointer := method(t, false)
	dec, _ := method(t, true)
	if enc == noPair && dec == noPair || t.Kind() == reflect.Interface {
		return false, nil
	}
	if path == "" {
		path = shortName(t)
	}
	refuse := func(reason string) (bool, error) {
		return false, &UnsupportedError{path, t.String(), reason}
	}
	switch {
	case enc != dec:
		return refuse(half(enc, dec))
	case first(t, false) != enc || first(t, true) != dec:
		return refuse("some of its marshalers have value receivers and some pointer receivers; give it EncodeMsgpack with a value receiver and DecodeMsgpack")
	case promoted(t, enc):
		return refuse(pairs[enc].encodeName + " is promoted from an embedded field, and would drop the others; give the type EncodeMsgpack and DecodeMsgpack of its own, or name the field")
	case viaPointer && !addressable:
		return refuse(pairs[enc].encodeName + " has a pointer receiver, but the value is in a map; use a map of pointers")
	}
	b.addressed = b.addressed || viaPointer
	s.kind, s.pair = opaque, enc
	return true, nil
}

// half explains a type that encodes itself in one way and decodes itself in another, or not at all.
func half(enc, dec pair) string {
	if enc == noPair {
		return "it has " + pairs[dec].decodeName + " but no " + pairs[dec].encodeName + "; add it"
	}
	return "it has " + pairs[enc].encodeName + " but " + pairs[enc].decodeName + " is missing or comes second; add both of a pair, best EncodeMsgpack and DecodeMsgpack"
}

// promoted reports whether the methods of a pair may be an embedded field's, while t has other
// fields that would be lost. Reflection cannot tell a promoted method from one that t declares
// beside such a field, so that both are refused.
func promoted(t reflect.Type, p pair) bool {
	if t.Kind() != reflect.Struct || t.NumField() < 2 {
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && implements(f.Type, pairs[p].encode) {
			return true
		}
	}
	return false
}

func implements(t, iface reflect.Type) bool {
	return t.Implements(iface) || t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(iface)
}
