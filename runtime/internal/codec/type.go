// Package codec knows how values of a Go type are stored: the type's name and fingerprint, and how
// a value becomes an envelope and comes back.
//
// Values are written by vmihailenco/msgpack. Its reflective decoder can be made to exhaust memory or
// stack by a few bytes, wraps integers in silence and panics on some types. So it never sees stored
// bytes before a scan and a check against the type's shape have passed them, and types that it
// would not give back as they were are refused before anything is stored.
//
// What comes back equals what was stored, with these rules: an instant is exact but its zone is
// time.Local (UTC for the zero time), whatever the driver; a pointer to a nil slice, map or pointer
// comes back as a nil pointer; an empty slice or map tagged omitempty comes back nil; unexported
// fields beside exported ones are not stored.
package codec

import (
	"hash/fnv"
	"math"
	"reflect"
	"sync"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// Type is how values of one Go type are stored. It is immutable and shared; the zero value is of no
// use, [For] makes them. All methods are safe for concurrent use.
type Type struct {
	name        string
	digest      uint64 // of the name
	wireName    []byte // what stands for the name in envelopes
	fingerprint uint64
	rtype       reflect.Type
	plain       reflect.Type // of formAny: rtype without its name
	form        form
	shape       *shape   // of formMsgpack
	emitted     *emitted // the generated codec of formMsgpack, or nil
	flat        bool
	recursive   bool // a value may refer to itself
	addressed   bool // to be encoded through a pointer, for methods that need one
	nothing     bool // something in a value may marshal itself to nothing and still not be nil
}

// form is how the payload is written.
type form byte

const (
	formMsgpack form = iota // msgpack of the type's shape
	formBytes               // a byte slice, raw
	formString              // a string, raw
	formNumber              // an integer, '=' and its digits
	formAny                 // something with an any in it: msgp.AppendAny
)

// For returns the Type of T. The error is an *[UnsupportedError] if values of T cannot be stored.
func For[T any]() (*Type, error) { return ForType(reflect.TypeFor[T]()) }

// ForType returns the Type of t, the same one each time. The error is an *[UnsupportedError] if
// values of t cannot be stored.
func ForType(t reflect.Type) (*Type, error) {
	if r, ok := known.Load(t); ok {
		return r.(*lookup).get()
	}
	r := &lookup{}
	r.typ, r.err = newType(t)
	actual, _ := known.LoadOrStore(t, r)
	return actual.(*lookup).get()
}

// known remembers what ForType returned, by reflect.Type.
var known sync.Map

type lookup struct {
	typ *Type
	err error
}

func (l *lookup) get() (*Type, error) { return l.typ, l.err }

func newType(t reflect.Type) (*Type, error) {
	name := typeName(t)
	if len(name) > msgp.MaxTypeName {
		return nil, &UnsupportedError{Type: name[:64] + "…", Reason: "its name is too long; declare a named type"}
	}
	typ := &Type{name: name, digest: msgp.Digest(name), wireName: []byte(name), rtype: t, form: formOf(t), flat: isFlat(t)}
	if typ.form == formAny {
		typ.plain = plain(t)
	}
	s := &shape{kind: scalar, typ: t}
	if typ.form == formMsgpack {
		typ.emitted = codecOf(t)
		b := builder{shapes: map[site]*shape{}, open: map[site]bool{}, emitted: typ.emitted != nil}
		built, err := b.build(t, "", true)
		if err != nil {
			return nil, err
		}
		s, typ.shape, typ.recursive, typ.addressed, typ.nothing = built, built, b.recursive, b.addressed, b.nothing
	}
	typ.abbreviate()
	typ.fingerprint = fingerprint(typ.form, s)
	return typ, nil
}

// formOf returns the form of root values of t. Strings, byte slices and integers are stored raw even
// if the type has a marshaler of its own: nothing is more exact.
func formOf(t reflect.Type) form {
	switch {
	case holdsAny(t):
		return formAny
	case t.Kind() == reflect.String:
		return formString
	case isBytes(t):
		return formBytes
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64:
		return formNumber
	}
	return formMsgpack
}

// holdsAny reports whether t is any, or a slice or string-keyed map that ends in it.
func holdsAny(t reflect.Type) bool {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map && t.Key() == reflect.TypeFor[string]() {
		if t = t.Elem(); t.Name() != "" {
			return false
		}
	}
	return t.Kind() == reflect.Interface && t.NumMethod() == 0
}

// plain returns the unnamed type under t, which is an interface, a slice or a string-keyed map.
func plain(t reflect.Type) reflect.Type {
	switch t.Kind() {
	case reflect.Slice:
		return reflect.SliceOf(t.Elem())
	case reflect.Map:
		return reflect.MapOf(t.Key(), t.Elem())
	}
	return t
}

func isBytes(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}

// Name returns the type's name as envelopes carry it: the import path and the name, composed for
// unnamed types, as in "[]*github.com/acme/shop.Order".
func (t *Type) Name() string { return t.name }

// Fingerprint returns a hash of the type's shape in its high half: of everything that decides how its
// values are written. It is the same in every process, and two types of one shape share it whatever
// their names. The low half is that of the version, 0 without one.
func (t *Type) Fingerprint() uint64 { return t.fingerprint }

// Flat reports whether a plain copy of a value is a deep one: no pointer, slice, map or interface
// is reachable from it. Strings and time.Time count as flat.
func (t *Type) Flat() bool { return t.flat }

// WithVersion returns a Type that differs from t in its fingerprint, so that neither reads what the
// other wrote. With an empty version it is t itself.
func (t *Type) WithVersion(version string) *Type {
	if version == "" {
		return t
	}
	h := fnv.New32a()
	h.Write([]byte(version))
	versioned := *t
	versioned.fingerprint = t.fingerprint&^math.MaxUint32 | uint64(max(h.Sum32(), 1))
	return &versioned
}
