package codec

import (
	"reflect"
	"strings"
)

// written is one field of a struct as the msgpack library sees it: those of embedded structs stand
// among those of the struct itself.
type written struct {
	name, alias string
	path        string // from the struct, for errors
	index       []int  // from the struct
	typ         reflect.Type
	omitEmpty   bool
}

// fieldSet is what the msgpack library writes of a struct.
type fieldSet struct {
	list    []written
	names   map[string]bool // every name under which the library would look up a field
	asArray bool
	skipped bool // the user left fields out by a tag
}

// tag is a parsed msgpack struct tag.
type tag struct {
	name    string
	options map[string]string
}

func parseTag(s string) tag {
	t := tag{options: map[string]string{}}
	for i, part := range strings.Split(s, ",") {
		key, value, isOption := strings.Cut(part, ":")
		key = strings.TrimSpace(key)
		if i == 0 && !isOption {
			t.name = key
			continue
		}
		t.options[key] = strings.TrimSpace(value)
	}
	return t
}

func (t tag) has(option string) bool {
	_, ok := t.options[option]
	return ok
}

// fieldsOf returns what is written of a struct, or why it would not come back as it was.
func fieldsOf(t reflect.Type, path string) (*fieldSet, error) {
	set := &fieldSet{names: map[string]bool{}}
	omitAll := false
	for i := range t.NumField() {
		f := t.Field(i)
		text := f.Tag.Get("msgpack")
		tag := parseTag(text)
		if f.Name == "_msgpack" {
			set.asArray = tag.has("as_array") || tag.has("asArray")
			omitAll = tag.has("omitempty")
		}
		if tag.name == "-" || !f.IsExported() && !f.Anonymous {
			set.skipped = set.skipped || tag.name == "-"
			continue
		}
		if reason := refuseField(f, text, tag); reason != "" {
			return nil, &UnsupportedError{path + "." + f.Name, f.Type.String(), reason}
		}
		if err := set.add(f, tag, omitAll, path); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// refuseField says which tags and embedded fields cannot be used, and why.
func refuseField(f reflect.StructField, text string, t tag) string {
	switch {
	case strings.ContainsAny(text, `'\(`):
		return "its msgpack tag has quotes, escapes or brackets; use a plain name"
	case t.has("intern"):
		return "interned strings are not supported; remove the option from its msgpack tag"
	case !f.Anonymous:
		return ""
	case f.Type.Kind() == reflect.Pointer && !t.has("noinline"):
		return "a nil embedded pointer would not come back nil; embed the value, or name the field, or tag it `msgpack:\",noinline\"`"
	case t.has("inline") && f.Type.Kind() != reflect.Struct:
		return "only structs can be inlined; remove the option from its msgpack tag"
	case !f.IsExported() && !plainStruct(f.Type):
		return "an embedded field of an unexported type cannot be set; export the type, or tag the field `msgpack:\"-\"`"
	}
	return ""
}

// plainStruct reports whether t is a struct that is written field by field.
func plainStruct(t reflect.Type) bool {
	enc, _ := method(t, false)
	dec, _ := method(t, true)
	return t.Kind() == reflect.Struct && enc == noPair && dec == noPair
}

// add adds a field, or the fields of an embedded struct in its place.
func (s *fieldSet) add(f reflect.StructField, t tag, omitAll bool, path string) error {
	w := written{t.name, t.options["alias"], f.Name, f.Index, f.Type, omitAll || t.has("omitempty")}
	if w.name == "" {
		w.name = f.Name
	}
	if f.Anonymous && !t.has("noinline") && (t.has("inline") || plainStruct(f.Type)) {
		inlined, err := s.inline(w, t.has("inline"), path)
		if inlined || err != nil {
			return err
		}
	}
	for _, name := range []string{w.name, w.alias} {
		if s.names[name] {
			return sameName(w, name, path)
		}
	}
	s.names[w.name] = true
	if w.alias != "" {
		s.names[w.alias] = true
	}
	s.list = append(s.list, w)
	return nil
}

func sameName(w written, name, path string) error {
	return &UnsupportedError{path + "." + w.path, w.typ.String(), "two fields are written under the name " + name + "; give one of them another name by a msgpack tag"}
}

// inline puts the fields of an embedded struct among those of s. It does not, and the embedded
// struct is a field of its own, if one of their names is there already, unless forced.
func (s *fieldSet) inline(w written, forced bool, path string) (bool, error) {
	embedded, err := fieldsOf(w.typ, path+"."+w.path)
	if err != nil {
		return false, err
	}
	if len(embedded.list) == 0 && w.typ.NumField() > 0 && !embedded.skipped {
		return false, nil // refused where its shape is built
	}
	for _, f := range embedded.list {
		switch {
		case s.names[f.name] && !forced:
			return false, nil
		case s.names[f.name], f.name == w.name:
			return false, sameName(w, f.name, path)
		}
	}
	if s.names[w.name] {
		return false, sameName(w, w.name, path)
	}
	for _, f := range embedded.list {
		f.path, f.alias, f.index = w.path+"."+f.path, "", append(w.index[:1:1], f.index...)
		s.names[f.name] = true
		s.list = append(s.list, f)
	}
	s.names[w.name] = true
	return true, nil
}
