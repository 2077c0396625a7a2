package codec

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// abbreviate has the digest stand for the name in envelopes, where that is shorter: names with import
// paths are often longer than what they name. Only generated codecs do so, because these are known by
// both in each process that has them.
func (t *Type) abbreviate() {
	if b := binary.BigEndian.AppendUint64(nil, t.digest); t.emitted != nil && len(b) < len(t.name) {
		t.wireName = b
	}
}

func (t *Type) abbreviated() bool { return len(t.wireName) < len(t.name) }

// named reports whether an envelope is that of a t, abbreviated or not.
func (t *Type) named(h msgp.Header) bool {
	if h.TypeDigest {
		return binary.BigEndian.Uint64(h.Type) == t.digest
	}
	return string(h.Type) == t.name
}

// NameIn returns the name of the type in an envelope, or what there is to say of one that this process
// does not know.
func NameIn(h msgp.Header) string {
	if !h.TypeDigest {
		return string(h.Type)
	}
	if name, ok := byDigest.Load(binary.BigEndian.Uint64(h.Type)); ok {
		return name.(string)
	}
	return fmt.Sprintf("(unknown here, digest %x)", h.Type)
}

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
