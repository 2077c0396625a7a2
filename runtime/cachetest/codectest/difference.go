package codectest

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// A comparison tells where two values of one type differ, of what is stored of them.
type comparison struct {
	library bool // vmihailenco/msgpack wrote got: nil for each pointer to what marshals itself to nothing
}

// difference returns where two values of one type differ, or "".
func difference(want, got any) string { return comparison{}.of(want, got) }

func (c comparison) of(want, got any) string {
	return c.differ("value", reflect.ValueOf(want), reflect.ValueOf(got))
}

// differ returns the path of the first difference, and what differs there.
func (c comparison) differ(path string, a, b reflect.Value) string {
	if !a.IsValid() || !b.IsValid() {
		return unequal(path, a, b, a.IsValid() == b.IsValid())
	}
	if a.Type() != b.Type() {
		return fmt.Sprintf("%s: %s instead of %s", path, b.Type(), a.Type())
	}
	if a.Type() == reflect.TypeFor[time.Time]() {
		return unequal(path, a, b, a.Interface().(time.Time).Equal(b.Interface().(time.Time)))
	}
	if isOpaque(a.Type()) {
		return unequal(path, a, b, reflect.DeepEqual(a.Interface(), b.Interface()) || bytes.Equal(encoded(a), encoded(b)))
	}
	switch a.Kind() {
	case reflect.Pointer:
		return c.differPointer(path, a, b)
	case reflect.Interface:
		return c.differ(path, a.Elem(), b.Elem())
	case reflect.Struct:
		return c.differStruct(path, a, b)
	case reflect.Slice, reflect.Array:
		return c.differList(path, a, b)
	case reflect.Map:
		return c.differMap(path, a, b)
	case reflect.Func, reflect.Chan:
		return unequal(path, a, b, a.IsNil() && b.IsNil())
	case reflect.Float32, reflect.Float64:
		x, y := a.Float(), b.Float()
		return unequal(path, a, b, math.Float64bits(x) == math.Float64bits(y) || x != x && y != y)
	}
	return unequal(path, a, b, a.Equal(b))
}

func unequal(path string, a, b reflect.Value, equal bool) string {
	if equal {
		return ""
	}
	return fmt.Sprintf("%s: %#v instead of %#v", path, b, a)
}

// encoded is what a value encodes itself to.
func encoded(v reflect.Value) []byte {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	if j, ok := p.Interface().(jsonPair); ok && goesByJSON(v.Type()) {
		b, _ := j.MarshalJSON()
		return b
	}
	b, _ := msgpack.Marshal(p.Interface())
	return b
}

// differPointer compares pointers. One to what is nil, or writes itself as nil, comes back as nil.
func (c comparison) differPointer(path string, a, b reflect.Value) string {
	switch {
	case a.IsNil() || b.IsNil():
		return unequal(path, a, b, b.IsNil() && (a.IsNil() || isNil(a.Elem()) || c.comesBackNil(a.Elem())))
	}
	return c.differ(path, a.Elem(), b.Elem())
}

// comesBackNil reports whether a pointer to v, which encodes itself, is nil when it has been read.
func (c comparison) comesBackNil(v reflect.Value) bool {
	return isOpaque(v.Type()) && msgp.IsNil(encoded(v)) && (c.library || writesMsgpack(v.Type()))
}

func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
		return v.IsNil()
	}
	return false
}

func (c comparison) differList(path string, a, b reflect.Value) string {
	if a.Len() != b.Len() || a.Kind() == reflect.Slice && a.IsNil() != b.IsNil() {
		return unequal(path, a, b, false)
	}
	for i := range a.Len() {
		if diff := c.differ(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i)); diff != "" {
			return diff
		}
	}
	return ""
}

func (c comparison) differMap(path string, a, b reflect.Value) string {
	if a.Len() != b.Len() || a.IsNil() != b.IsNil() {
		return unequal(path, a, b, false)
	}
	for it := a.MapRange(); it.Next(); {
		at := fmt.Sprintf("%s[%#v]", path, it.Key())
		elem := b.MapIndex(it.Key())
		if !elem.IsValid() {
			return at + ": is missing"
		}
		if diff := c.differ(at, it.Value(), elem); diff != "" {
			return diff
		}
	}
	return ""
}

// differStruct compares the fields that are stored. Of those tagged omitempty, an empty one comes back
// as zero.
func (c comparison) differStruct(path string, a, b reflect.Value) string {
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if !isStored(f) {
			continue
		}
		x, y := a.Field(i), b.Field(i)
		if omitsEmpty(a.Type(), f) && isEmpty(x) && y.IsZero() {
			continue
		}
		if diff := c.differ(path+"."+f.Name, x, y); diff != "" {
			return diff
		}
	}
	return ""
}

func isStored(f reflect.StructField) bool {
	name, _, _ := strings.Cut(f.Tag.Get("msgpack"), ",")
	return name != "-" && (f.IsExported() || f.Anonymous && f.Type.Kind() == reflect.Struct)
}

func omitsEmpty(t reflect.Type, f reflect.StructField) bool {
	all, _ := t.FieldByName("_msgpack")
	return hasOmitEmpty(f.Tag) || hasOmitEmpty(all.Tag)
}

func hasOmitEmpty(tag reflect.StructTag) bool {
	return strings.Contains(tag.Get("msgpack")+",", ",omitempty,")
}

// isEmpty reports whether a field may have been left out.
func isEmpty(v reflect.Value) bool {
	if v.CanInterface() {
		if z, ok := v.Interface().(interface{ IsZero() bool }); ok {
			return isNil(v) || z.IsZero()
		}
	}
	switch v.Kind() {
	case reflect.Array, reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	case reflect.Float32, reflect.Float64:
		return v.Float() == 0
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); isStored(f) && !(omitsEmpty(v.Type(), f) && isEmpty(v.Field(i))) {
				return false
			}
		}
		return true
	}
	return v.IsZero()
}
