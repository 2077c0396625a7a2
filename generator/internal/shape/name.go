package shape

import (
	"go/types"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Declared returns what may be declared for a type whose [Shape.Name] is name.
func Declared(name string) []string {
	return []string{"append" + name, "read" + name, "copy" + name, "clone" + name, "empty" + name, "min" + name, FieldsVar(name)}
}

// FieldsVar is the name of the variable that describes the fields of a struct.
func FieldsVar(name string) string {
	r, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + name[size:] + "Fields"
}

// freeName returns name, or name with the least number behind it that is not taken.
func freeName(name string, taken func(string) bool) string {
	if !taken(name) {
		return name
	}
	for i := 2; ; i++ {
		if numbered := name + strconv.Itoa(i); !taken(numbered) {
			return numbered
		}
	}
}

// NameOf makes a name of a type, for what belongs to it.
func (b *Builder) NameOf(t types.Type) string { return namer{b.Home, "Struct"}.name(t) }

// A namer makes names of types.
type namer struct {
	home  *types.Package
	place string // the name of a struct type that has none
}

// name makes a name of a type, such as UserPtr of *User: []string is a StringSlice, map[string]int64 a
// StringInt64Map, Page[Post] a PagePost, big.Int a BigInt, url.URL a URL.
func (n namer) name(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		name := n.declared(t.Obj())
		for arg := range t.TypeArgs().Types() {
			name += n.name(arg)
		}
		return name
	case *types.Basic:
		return upperFirst(t.Name())
	case *types.Pointer:
		return n.name(t.Elem()) + "Ptr"
	case *types.Slice:
		return n.name(t.Elem()) + "Slice"
	case *types.Array:
		return n.name(t.Elem()) + "Array" + strconv.FormatInt(t.Len(), 10)
	case *types.Map:
		return n.name(t.Key()) + n.name(t.Elem()) + "Map"
	case *types.Struct:
		return n.place
	}
	return "Any"
}

// declared makes a name of a declared type's. That of another package has the package's name before
// it, unless it begins with that anyway.
func (n namer) declared(o *types.TypeName) string {
	name := upperFirst(o.Name())
	if o.Pkg() == nil || o.Pkg() == n.home || strings.HasPrefix(strings.ToLower(name), o.Pkg().Name()) {
		return name
	}
	return upperFirst(o.Pkg().Name()) + name
}

// upperFirst makes an exported name of any.
func upperFirst(name string) string {
	name = strings.TrimLeft(name, "_")
	r, size := utf8.DecodeRuneInString(name)
	if !unicode.IsLetter(r) {
		return "X" + name
	}
	return string(unicode.ToUpper(r)) + name[size:]
}
