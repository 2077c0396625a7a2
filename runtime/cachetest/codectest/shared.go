package codectest

import (
	"fmt"
	"reflect"
	"time"
)

// sharedIn returns the path of some memory that can be changed through both values, or "".
func sharedIn(a, b any) string {
	ours, theirs := memory{}, memory{}
	ours.walk("value", reflect.ValueOf(a))
	theirs.walk("value", reflect.ValueOf(b))
	for address, path := range theirs {
		if _, ok := ours[address]; ok {
			return path
		}
	}
	return ""
}

// memory is what a value refers to: paths by address.
type memory map[uintptr]string

// walk adds what can be reached from v, but not what only the methods of a type can change.
func (m memory) walk(path string, v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() || isOpaque(v.Type()) && v.Kind() == reflect.Struct {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			m.add(path, v, v.Type().Elem())
			m.walk(path, v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			m.walk(path, v.Elem())
		}
	case reflect.Slice:
		if v.Cap() > 0 {
			m.add(path, v, v.Type().Elem())
		}
		m.walkElements(path, v)
	case reflect.Array:
		m.walkElements(path, v)
	case reflect.Map:
		m.walkMap(path, v)
	case reflect.Struct:
		for i := range v.NumField() {
			m.walk(path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
}

// add adds the memory that v points to, unless it has no room for anything.
func (m memory) add(path string, v reflect.Value, elem reflect.Type) {
	if elem.Size() > 0 {
		m[v.Pointer()] = path
	}
}

func (m memory) walkElements(path string, v reflect.Value) {
	for i := range v.Len() {
		m.walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
	}
}

func (m memory) walkMap(path string, v reflect.Value) {
	if v.IsNil() {
		return
	}
	m[v.Pointer()] = path
	for it := v.MapRange(); it.Next(); {
		m.walk(fmt.Sprintf("%s[%v]", path, it.Key()), it.Value())
	}
}
