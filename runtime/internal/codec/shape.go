package codec

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// kind says how values of a shape are written.
type kind byte

const (
	scalar    kind = iota // a bool, integer, float, string or byte slice, by its reflect.Kind
	instant               // time.Time
	byteArray             // [N]byte: the bytes
	opaque                // whatever the type's own marshaler writes
	pointer               // nil, or elem
	list                  // nil, or an array of elem
	array                 // an array of exactly typ.Len() elem
	dict                  // nil, or a map of key to elem
	record                // a struct: a map of field names to values, or an array of values
)

// shape is how values of a type are written. Shapes refer to each other as the types do, in a cycle
// where a type is recursive.
type shape struct {
	kind    kind
	typ     reflect.Type
	pair    pair // of an opaque
	key     *shape
	elem    *shape
	fields  []field // of a record, in the order in which they are written
	asArray bool
}

// field is one field of a record as it is written.
type field struct {
	name      string
	index     []int // from the struct
	omitEmpty bool
	shape     *shape
}

// site is a type and whether its values can be addressed where they stand, which decides whether
// methods with pointer receivers are called.
type site struct {
	typ         reflect.Type
	addressable bool
}

// builder makes the shape of one root type and refuses what would not come back as it was.
type builder struct {
	shapes    map[site]*shape
	open      map[site]bool // being built: meeting one again means recursion
	recursive bool
	addressed bool // some marshaler needs an addressable value
	nothing   bool // some value may be written as nil without being it
	emitted   bool // a generated codec writes the values: what is refused here is its business
}

// build returns the shape of t. path leads from the root to t.
func (b *builder) build(t reflect.Type, path string, addressable bool) (*shape, error) {
	at := site{t, addressable}
	if s, ok := b.shapes[at]; ok {
		b.recursive = b.recursive || b.open[at]
		return s, nil
	}
	s := &shape{typ: t}
	b.shapes[at], b.open[at] = s, true
	defer delete(b.open, at)
	err := b.fill(s, path, addressable)
	b.nothing = b.nothing || err == nil && s.mayBeNothing()
	if err != nil && b.emitted {
		*s, err = shape{typ: t, kind: opaque}, nil
	}
	return s, err
}

func (b *builder) fill(s *shape, path string, addressable bool) (err error) {
	if s.typ == reflect.TypeFor[time.Time]() {
		s.kind = instant
		return nil
	}
	if s.typ.Kind() == reflect.Pointer {
		return b.fillPointer(s, path)
	}
	if done, err := b.fillOpaque(s, path, addressable); done || err != nil {
		return err
	}
	switch s.typ.Kind() {
	case reflect.Struct:
		return b.fillRecord(s, path, addressable)
	case reflect.Slice:
		return b.fillSlice(s, path)
	case reflect.Array:
		return b.fillArray(s, path, addressable)
	case reflect.Map:
		return b.fillMap(s, path)
	}
	return refuseKind(s.typ, path)
}

func (b *builder) fillPointer(s *shape, path string) (err error) {
	s.kind = pointer
	if s.typ.Elem().Kind() == reflect.Pointer {
		return &UnsupportedError{path, s.typ.String(), "a pointer to a pointer does not come back as it was; use a single pointer"}
	}
	s.elem, err = b.build(s.typ.Elem(), path, true)
	return err
}

func (b *builder) fillSlice(s *shape, path string) (err error) {
	if isBytes(s.typ) {
		return nil
	}
	s.kind = list
	s.elem, err = b.build(s.typ.Elem(), path+"[]", true)
	return err
}

func (b *builder) fillArray(s *shape, path string, addressable bool) (err error) {
	if s.typ.Elem().Kind() == reflect.Uint8 {
		s.kind = byteArray
		return nil
	}
	s.kind = array
	s.elem, err = b.build(s.typ.Elem(), path+"["+strconv.Itoa(s.typ.Len())+"]", addressable)
	return err
}

func (b *builder) fillMap(s *shape, path string) (err error) {
	s.kind = dict
	if k := s.typ.Key().Kind(); k == reflect.Pointer || k == reflect.Interface {
		return &UnsupportedError{path, s.typ.String(), "a map key that is a pointer or an interface does not come back as it was; use another key type"}
	}
	if s.key, err = b.build(s.typ.Key(), path+"[key]", false); err != nil {
		return err
	}
	s.elem, err = b.build(s.typ.Elem(), path+"[]", false)
	return err
}

func (b *builder) fillRecord(s *shape, path string, addressable bool) error {
	if path == "" {
		path = shortName(s.typ)
	}
	set, err := fieldsOf(s.typ, path)
	if err != nil {
		return err
	}
	if len(set.list) == 0 && s.typ.NumField() > 0 && !set.skipped {
		return &UnsupportedError{path, s.typ.String(), "it has unexported fields only, and no marshaler; export fields or give it EncodeMsgpack and DecodeMsgpack"}
	}
	s.kind, s.asArray = record, set.asArray
	for _, f := range set.list {
		child, err := b.build(f.typ, path+"."+f.path, addressable)
		if err != nil {
			return err
		}
		s.fields = append(s.fields, field{f.name, f.index, f.omitEmpty, child})
	}
	return nil
}

// shortName is how paths begin: with the name of the type, without its package.
func shortName(t reflect.Type) string {
	if t.Name() == "" {
		return "struct"
	}
	name, _, _ := strings.Cut(t.Name(), "[")
	return name
}

// refuseKind is nil for the kinds that are scalars, and says of others why they cannot be stored.
func refuseKind(t reflect.Type, path string) error {
	reason := ""
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Uintptr:
		reason = "it has no meaning outside this process"
	case reflect.Complex64, reflect.Complex128:
		reason = "msgpack has no complex numbers"
	case reflect.Interface:
		reason = "the concrete type would be lost; use a concrete type"
	default:
		return nil
	}
	if strings.Contains(path, ".") {
		reason += ", or tag the field `msgpack:\"-\"`"
	}
	return &UnsupportedError{path, t.String(), reason}
}

// isFlat reports whether nothing that could be changed through a copy is reachable from a t.
func isFlat(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			return true
		}
		for i := range t.NumField() {
			if !isFlat(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Array:
		return t.Len() == 0 || isFlat(t.Elem())
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return false
	}
	return true
}
