// Package shape knows how values of Go types are stored: what stands for them on the wire, how they
// are copied, and which types cannot be stored at all. It sees them as vmihailenco/msgpack does.
package shape

import (
	"go/types"

	"github.com/cachegen/cachegen/generator/internal/typeset"
)

// Kind says what stands for the values of a type.
type Kind string

// The kinds. Those up to Time need no func of their own to be written.
const (
	Bool      Kind = "bool"
	Int       Kind = "int"   // an integer of any width, signed
	Uint      Kind = "uint"  // or not
	Float     Kind = "float" // of either width
	String    Kind = "string"
	Bytes     Kind = "bytes"     // a slice of bytes, or nil
	ByteArray Kind = "bytearray" // as many bytes as the array has
	Time      Kind = "time"      // time.Time
	Any       Kind = "any"       // a value of a dynamic type
	Opaque    Kind = "opaque"    // what the type's own methods make of it
	Absent    Kind = "absent"    // a field of another package's type that is kept out of JSON and cannot be stored: nil or an error
	Pointer   Kind = "pointer"   // nil, or the Elem
	Slice     Kind = "slice"     // nil, or an array of Elem
	Array     Kind = "array"     // an array of as many Elem
	Map       Kind = "map"       // nil, or a map of Key to Elem
	Struct    Kind = "struct"    // a map of names to fields, or an array of fields
)

// A Shape is how the values of one type are stored. Shapes refer to each other as types do, in a
// cycle where a type is recursive; types that are identical share one.
type Shape struct {
	Type types.Type // not an alias
	Kind Kind
	Key  *Shape // of a Map
	Elem *Shape // of a Pointer, Slice, Array or Map

	Fields  []*Field // of a Struct, as they are written
	Tuple   bool     // the fields are written as an array
	Partial bool     // the struct has further fields, which are not stored
	odd     bool     // and the encoding would store one of them

	Pair      Pair // of an Opaque
	Addressed bool // the Pair's first method wants a pointer to the value

	// Set by Link.
	Name       string // ends the names of the funcs for the type; "" if it needs none
	Positional bool   // what is read reaches a Tuple
	Apart      bool   // vmihailenco/msgpack would write or read something in a value otherwise
	Recursive  bool   // a value may hold further values of the type
	Counted    bool   // there are slices or maps of the type
	Emptied    bool   // some field of the type, tagged omitempty, may be left out
	Pointed    bool   // of a Struct: everything that leads to it does so through one Pointer
	Fails      bool   // writing a value can fail
	CopyFails  bool   // copying a value can fail
}

// A Field is a field of a Struct. Fields of embedded structs stand among those of the struct itself.
type Field struct {
	Name      string // as it is written
	Alias     string // another name by which it is read, or ""
	Path      []string
	OmitEmpty bool
	Shape     *Shape
}

// Plain reports whether a plain copy of a value shares nothing with it that can be changed, and holds
// no more than what is stored.
func (s *Shape) Plain() bool {
	switch s.Kind {
	case Bytes, Any, Absent, Pointer, Slice, Map:
		return false
	case Opaque:
		return isImmutable(s.Type)
	case Array:
		return s.Elem.Plain()
	case Struct:
		return !s.Partial && all(s.Fields, (*Shape).Plain)
	}
	return true
}

// Whole reports whether a copy of a value may begin as a plain copy: everything in it that is not
// Plain is then replaced. What an Opaque copies itself to has to be zero before.
func (s *Shape) Whole() bool {
	switch s.Kind {
	case Opaque:
		return s.Plain() || s.Nilable()
	case Array:
		return s.Elem.Whole()
	case Struct:
		return !s.Partial && all(s.Fields, (*Shape).Whole)
	}
	return true
}

func all(fields []*Field, has func(*Shape) bool) bool {
	for _, f := range fields {
		if !has(f.Shape) {
			return false
		}
	}
	return true
}

// Shallow reports whether a copy of a slice or map, but not of what is in it, is enough.
func (s *Shape) Shallow() bool {
	switch s.Kind {
	case Bytes:
		return true
	case Slice, Map:
		return s.Elem.Plain()
	}
	u, isSlice := s.Type.Underlying().(*types.Slice)
	return s.Nilable() && isSlice && isImmutable(u.Elem())
}

// immutable holds types of the standard library behind whose pointers nothing can be changed.
var immutable = map[string]bool{"time.Time": true, "net/netip.Addr": true, "net/netip.AddrPort": true, "net/netip.Prefix": true}

// isImmutable reports whether nothing in a value can be changed through a plain copy of it. The bytes
// of a string cannot.
func isImmutable(t types.Type) bool {
	if immutable[types.TypeString(t, nil)] || typeset.IsNamed(t, "unique", "Handle") {
		return true
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Kind() != types.UnsafePointer
	case *types.Array:
		return isImmutable(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if !isImmutable(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}

// Nilable reports whether a value of an Opaque may be nil, which is then written in its stead.
func (s *Shape) Nilable() bool {
	switch s.Type.Underlying().(type) {
	case *types.Slice, *types.Map:
		return s.Kind == Opaque && !s.Addressed
	}
	return false
}

// InPlace reports whether values are read into a variable, and written and copied from one, rather
// than passed around.
func (s *Shape) InPlace() bool {
	switch s.Kind {
	case ByteArray, Array, Struct:
		return true
	case Opaque:
		return !s.Nilable()
	}
	return false
}

// shortest holds how many bytes a value of each kind takes at least, where that is more than one.
var shortest = map[Kind]int{Float: 5, Time: 6}

// maxMin is where Min stops counting.
const maxMin = 1 << 16

// Min returns how many bytes a value takes at least, if the reader is to accept it.
func (s *Shape) Min() int {
	n := max(1, shortest[s.Kind])
	switch s.Kind {
	case ByteArray:
		n += 1 + int(min(s.Len(), maxMin))
	case Array:
		n += int(min(s.Len(), maxMin)) * s.Elem.Min()
	case Struct:
		for _, f := range s.Fields {
			n += s.minField(f)
		}
	}
	return min(n, maxMin)
}

func (s *Shape) minField(f *Field) int {
	name := len(f.Name)
	if f.Alias != "" {
		name = min(name, len(f.Alias))
	}
	switch {
	case s.Tuple:
		return f.Shape.Min()
	case f.OmitEmpty:
		return 0
	}
	return 1 + name + f.Shape.Min()
}

// Len returns how many elements an array has.
func (s *Shape) Len() int64 { return s.Type.Underlying().(*types.Array).Len() }
