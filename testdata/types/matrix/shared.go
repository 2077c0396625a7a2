package matrix

import (
	"fmt"
	"reflect"
	"time"
)

// shared returns the way to memory that can be changed and that two values have in common, or "".
func shared(a, b any) string {
	w := walker{seen: map[uintptr]string{}}
	w.walk(reflect.ValueOf(a), "")
	w.again = true
	w.walk(reflect.ValueOf(b), "")
	return w.found
}

// walker notes the addresses that the first value reaches, and looks for them in the second.
type walker struct {
	seen  map[uintptr]string
	again bool // this is the second value
	found string
}

// immutable are types behind whose pointers nothing is ever changed.
var immutable = map[string]bool{"*time.Location": true, "netip.Addr": true, "*regexp.Regexp": true, "*impl.MessageInfo": true}

func (w *walker) walk(v reflect.Value, path string) {
	if !v.IsValid() || immutable[v.Type().String()] || v.Type() == reflect.TypeFor[time.Time]() {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.Type().Elem().Size() > 0 && w.note(v.Pointer(), path) {
			w.walk(v.Elem(), path)
		}
	case reflect.Interface:
		w.walk(v.Elem(), path)
	case reflect.Struct:
		for i := range v.NumField() {
			w.walk(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		if v.Cap() > 0 && v.Type().Elem().Size() > 0 {
			w.note(v.Pointer(), path)
		}
		w.walkList(v, path)
	case reflect.Array:
		w.walkList(v, path)
	case reflect.Map:
		w.walkMap(v, path)
	}
}

func (w *walker) walkList(v reflect.Value, path string) {
	for i := range v.Len() {
		w.walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
}

func (w *walker) walkMap(v reflect.Value, path string) {
	if !v.IsNil() {
		w.note(v.Pointer(), path)
	}
	for entries := v.MapRange(); entries.Next(); {
		w.walk(entries.Value(), path+"[…]")
	}
}

// note reports whether an address has not been met in this value. A slice and a pointer to its first
// element have one address, which is then shared twice: no harm.
func (w *walker) note(address uintptr, path string) bool {
	_, met := w.seen[address]
	switch {
	case address == 0:
		return false
	case w.again && met && w.found == "":
		w.found = path
	case !w.again && !met:
		w.seen[address] = path
	}
	return !met || w.again
}
