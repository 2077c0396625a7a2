package codec

import (
	"reflect"
	"strconv"
	"strings"
)

// typeName returns the name under which values of t travel.
func typeName(t reflect.Type) string {
	if t.Name() != "" {
		if t.PkgPath() == "" {
			return t.Name()
		}
		return t.PkgPath() + "." + t.Name()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + typeName(t.Elem())
	case reflect.Slice:
		return "[]" + typeName(t.Elem())
	case reflect.Array:
		return "[" + strconv.Itoa(t.Len()) + "]" + typeName(t.Elem())
	case reflect.Map:
		return "map[" + typeName(t.Key()) + "]" + typeName(t.Elem())
	case reflect.Struct:
		return structName(t)
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return "any"
		}
	}
	return t.String()
}

func structName(t reflect.Type) string {
	fields := make([]string, t.NumField())
	for i := range fields {
		f := t.Field(i)
		fields[i] = typeName(f.Type)
		if !f.Anonymous {
			fields[i] = f.Name + " " + fields[i]
		}
	}
	return "struct{" + strings.Join(fields, "; ") + "}"
}
