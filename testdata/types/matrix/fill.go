package matrix

import (
	"encoding"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

// budget is how many values within one value are filled; the rest stays zero.
const budget = 4000

// filler fills values at random.
type filler struct {
	t    *testing.T
	r    *rand.Rand
	full bool                 // nothing is left nil or empty, but for recursive types
	most int                  // how many entries maps have at most
	left int                  // of the budget
	open map[reflect.Type]int // how often the way leads through a type
}

// sorted reports whether maps of the value of a seed have one entry at most, so that there is one way
// to write it.
func sorted(seed uint64) bool { return seed%2 == 1 }

// Fill returns the value of a seed, always the same one. It is not nil, since nil is not stored.
func Fill[V any](t *testing.T, seed uint64) (v V) {
	t.Helper()
	f := filler{t: t, r: rand.New(rand.NewPCG(seed, 0)), full: seed == 1, most: 3, left: budget, open: map[reflect.Type]int{}}
	if sorted(seed) {
		f.most = 1
	}
	if seed == 0 {
		f.left = 1 // for the root itself
	}
	f.fill(reflect.ValueOf(&v).Elem(), 0)
	return v
}

// fill fills v, which is zero and lies depth levels below the root.
func (f *filler) fill(v reflect.Value, depth int) {
	if maker, ok := makers[v.Type()]; ok {
		v.Set(reflect.ValueOf(maker(f.r)))
		return
	}
	if f.left--; f.left < 0 {
		return
	}
	f.open[v.Type()]++
	defer func() { f.open[v.Type()]-- }()
	switch v.Kind() {
	case reflect.Struct:
		f.fillStruct(v, depth)
	case reflect.Array:
		f.fillList(v, depth)
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		if f.present(v.Type(), depth) {
			f.fillReference(v, depth)
		}
	default:
		f.fillScalar(v)
	}
}

// present decides whether what may be nil is not: never for long where types are recursive.
func (f *filler) present(t reflect.Type, depth int) bool {
	if f.open[t] > 2 {
		return false
	}
	return f.full || depth == 0 || f.r.IntN(4+depth) < 3
}

func (f *filler) fillReference(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fillPointer(v.Elem(), depth+1)
	case reflect.Slice:
		n := f.length(3)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		f.fillList(v, depth+1)
	case reflect.Map:
		f.fillMap(v, depth+1)
	case reflect.Interface:
		f.fillAny(v)
	}
}

// fillPointer fills what a pointer points to. That is not nil again: there is one nil alone in what is
// stored.
func (f *filler) fillPointer(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	}
	f.fill(v, depth)
}

// length returns how many elements something has, at most most.
func (f *filler) length(most int) int {
	if f.full {
		return 1
	}
	return f.r.IntN(most + 1)
}

func (f *filler) fillList(v reflect.Value, depth int) {
	for i := range v.Len() {
		f.fill(v.Index(i), depth)
	}
}

func (f *filler) fillMap(v reflect.Value, depth int) {
	v.Set(reflect.MakeMap(v.Type()))
	for range f.length(f.most) {
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, depth)
		f.fill(elem, depth)
		if key.Equal(key) { // is not NaN
			v.SetMapIndex(key, elem)
		}
	}
}

// fillStruct fills the fields that are stored.
func (f *filler) fillStruct(v reflect.Value, depth int) {
	if encodesHidden(v.Type()) {
		f.t.Fatalf("matrix: %v encodes fields that are not exported: add to makers how it is made", v.Type())
	}
	for i := range v.NumField() {
		if isStored(v.Type().Field(i)) {
			f.fill(v.Field(i), depth)
		}
	}
}

// isStored reports whether a field may have a value. An interface that is kept out of JSON may not.
func isStored(f reflect.StructField) bool {
	if f.Tag.Get("msgpack") == "-" || f.Type.Kind() == reflect.Interface && f.Type.NumMethod() > 0 && f.Tag.Get("json") == "-" {
		return false
	}
	return f.IsExported() || f.Anonymous && f.Type.Kind() == reflect.Struct
}

// encodesHidden reports whether a struct has fields that are not exported, and either nothing else or
// methods by which it encodes itself.
func encodesHidden(t reflect.Type) bool {
	hidden := 0
	for i := range t.NumField() {
		if field := t.Field(i); !field.IsExported() && !field.Anonymous && field.Type.Size() > 0 {
			hidden++
		}
	}
	p := reflect.PointerTo(t)
	encodes := p.Implements(reflect.TypeFor[json.Marshaler]()) || p.Implements(reflect.TypeFor[encoding.TextMarshaler]()) || p.Implements(reflect.TypeFor[encoding.BinaryMarshaler]())
	return hidden > 0 && (encodes || hidden == t.NumField())
}
