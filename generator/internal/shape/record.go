package shape

import (
	"go/types"
	"strconv"
	"strings"
)

// A record is what the encoding writes of a struct.
type record struct {
	list    []*written
	names   map[string]bool // all under which it would look for a field
	tuple   bool
	skipped bool // the user left fields out by a tag
	lossy   bool // there are unexported fields, which are not written
	odd     bool // and the encoding would write one of them, though it cannot read it
}

// written is one field of a record.
type written struct {
	*Field
	v    *types.Var
	way  []*types.Var // the embedded fields that lead to it
	text string       // its path from the struct, for people

	private bool // its author keeps it out of JSON
}

// fillStruct fills the shape of a struct from its fields. Unexported ones are not stored; a struct of
// nothing else is refused, since it would come back empty.
func (b *Builder) fillStruct(s *Shape, u *types.Struct, path string) (refusal *Refusal, lossy bool) {
	b.depth++
	defer func(field *types.Var, own bool) { b.field, b.own, b.depth = field, own, b.depth-1 }(b.field, b.own)
	r, refusal := b.record(u, path)
	if refusal != nil {
		return refusal, true
	}
	if len(r.list) == 0 && r.lossy && !r.skipped {
		return b.refuse(path, s.Type, "cannot be stored, since all its fields are unexported", b.ifOwn(s.Type, "give it MarshalBinary and UnmarshalBinary, or export what matters")), true
	}
	*s = Shape{Type: s.Type, Kind: Struct, Tuple: r.tuple, Partial: r.lossy || r.skipped, odd: r.odd}
	for _, w := range r.list {
		b.at(append(w.way, w.v)[0])
		w.Shape, refusal = b.build(w.v.Type(), path+"."+w.text)
		if refusal != nil && w.private && !b.own && mayBeAbsent(w.v.Type()) {
			w.Shape, refusal = &Shape{Type: w.v.Type(), Kind: Absent}, nil
		}
		if refusal == nil {
			refusal = b.reach(s.Type, w, path)
		}
		if refusal != nil {
			return refusal, r.lossy
		}
		s.Fields = append(s.Fields, w.Field)
	}
	if len(s.Fields) > maxFields {
		return b.refuse(path, s.Type, "cannot be stored, since it has more than 256 fields", b.ifOwn(s.Type, "put some of them into a struct of their own")), r.lossy
	}
	return nil, r.lossy
}

// maxFields is how many fields of a struct the runtime can tell apart.
const maxFields = 256

// at notes that the way leads through a field.
func (b *Builder) at(f *types.Var) {
	b.own = f.Pkg() == b.Home
	if b.depth == 1 && f.Pkg() == b.Home {
		b.field = f
	}
}

// record finds out what is written of a struct.
func (b *Builder) record(u *types.Struct, path string) (*record, *Refusal) {
	r, omitAll := &record{names: map[string]bool{}}, false
	for i := range u.NumFields() {
		f, t := u.Field(i), parseTag(u.Tag(i))
		if f.Name() == "_msgpack" {
			r.tuple = t.has("as_array") || t.has("asArray")
			omitAll = t.has("omitempty")
		}
		if t.skips() || b.isUnexported(f) {
			r.skipped = r.skipped || t.skips()
			r.lossy = r.lossy || !t.skips() && !isEmpty(f.Type())
			r.odd = r.odd || !t.skips() && f.Embedded()
			continue
		}
		b.at(f)
		if why, do := refuseField(f, t); why != "" {
			return nil, b.refuse(path+"."+f.Name(), f.Type(), why, do)
		}
		if refusal := b.addField(r, f, t, omitAll, path); refusal != nil {
			return nil, refusal
		}
	}
	return r, nil
}

// mayBeAbsent reports whether a type that cannot be stored has a value that stands for none.
func mayBeAbsent(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Interface, *types.Signature, *types.Chan:
		return true
	}
	return false
}

// isUnexported reports whether a field is passed over since it is not exported. An embedded struct is
// not: its own fields may be. Of what else is embedded, the user is told if it can be helped.
func (b *Builder) isUnexported(f *types.Var) bool {
	return !f.Exported() && (!f.Embedded() || f.Pkg() != b.Home && !isRecord(f.Type()))
}

// isEmpty reports whether values of t hold nothing, so that nothing is lost without them.
func isEmpty(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return u.NumFields() == 0
	case *types.Array:
		return u.Len() == 0
	}
	return false
}

// refuseField says which tags and embedded fields cannot be used, and why.
func refuseField(f *types.Var, t tag) (why, do string) {
	_, isPointer := f.Type().Underlying().(*types.Pointer)
	_, isStruct := f.Type().Underlying().(*types.Struct)
	switch {
	case strings.ContainsAny(t.text, `'\(`):
		return "has quotes, escapes or brackets in its msgpack tag", "use a plain name"
	case t.has("intern"):
		return "has the option intern in its msgpack tag, which is not supported", "remove it"
	case !f.Embedded():
		return "", ""
	case isPointer && !t.has("noinline"):
		return "cannot be stored embedded, since nil would not come back nil", "embed the struct itself or name the field"
	case t.has("inline") && !isStruct:
		return "is not a struct, so that it cannot be inlined", "remove the option from its msgpack tag"
	case !f.Exported() && !isRecord(f.Type()):
		return "cannot be stored embedded, since its name is unexported and it cannot be set", "export the type"
	}
	return "", ""
}

// isRecord reports whether t is a struct that is written field by field.
func isRecord(t types.Type) bool {
	_, isStruct := t.Underlying().(*types.Struct)
	pair, reason := pairOf(t)
	return isStruct && pair == "" && reason == ""
}

// addField adds a field, or the fields of an embedded struct in its place.
func (b *Builder) addField(r *record, f *types.Var, t tag, omitAll bool, path string) *Refusal {
	w := &written{Field: &Field{Name: t.name, Alias: t.options["alias"], OmitEmpty: omitAll || t.has("omitempty")}, v: f, text: f.Name(), private: t.private}
	if w.Name == "" {
		w.Name = f.Name()
	}
	if f.Embedded() && !t.has("noinline") && (t.has("inline") || isRecord(f.Type())) {
		if inlined, refusal := b.inline(r, w, t.has("inline"), path); inlined || refusal != nil {
			return refusal
		}
	}
	for _, name := range []string{w.Name, w.Alias} {
		if r.names[name] {
			return b.sameName(w, name, path)
		}
	}
	r.names[w.Name] = true
	if w.Alias != "" {
		r.names[w.Alias] = true
	}
	r.list = append(r.list, w)
	return nil
}

func (b *Builder) sameName(w *written, name, path string) *Refusal {
	return b.refuse(path+"."+w.text, w.v.Type(), "is written as "+strconv.Quote(name)+", as another field is", "give one of them another name by a msgpack tag")
}

// inline puts the fields of an embedded struct among those of r. It does not, and the embedded struct
// is a field of its own, if one of their names is there already, unless forced.
func (b *Builder) inline(r *record, w *written, forced bool, path string) (bool, *Refusal) {
	b.depth++
	embedded, refusal := b.record(w.v.Type().Underlying().(*types.Struct), path+"."+w.text)
	b.depth--
	if refusal != nil {
		return false, refusal
	}
	if len(embedded.list) == 0 && embedded.lossy && !embedded.skipped {
		return false, nil // refused as a field
	}
	for _, f := range embedded.list {
		switch {
		case r.names[f.Name] && !forced:
			return false, nil
		case r.names[f.Name], f.Name == w.Name:
			return false, b.sameName(w, f.Name, path)
		}
	}
	if r.names[w.Name] {
		return false, b.sameName(w, w.Name, path)
	}
	for _, f := range embedded.list {
		f.way, f.text, f.Alias = append([]*types.Var{w.v}, f.way...), w.text+"."+f.text, ""
		r.names[f.Name] = true
		r.list = append(r.list, f)
	}
	r.names[w.Name] = true
	r.lossy, r.skipped, r.odd = r.lossy || embedded.lossy, r.skipped || embedded.skipped, r.odd || embedded.odd
	return true, nil
}

// reach finds the selectors that lead from a struct of type t to a field. An embedded field that code
// in Home cannot name is left out: what is in it can be promoted.
func (b *Builder) reach(t types.Type, w *written, path string) *Refusal {
	var last types.Object
	for _, f := range append(w.way, w.v) {
		if !f.Exported() && f.Pkg() != b.Home {
			continue
		}
		last, _, _ = types.LookupFieldOrMethod(t, true, b.Home, f.Name())
		if last == nil {
			break
		}
		t = last.Type()
		w.Path = append(w.Path, f.Name())
	}
	if last != w.v {
		return b.refuse(path+"."+w.text, w.v.Type(), "cannot be stored, since generated code cannot reach the field: it stands in a struct of an unexported type", "")
	}
	return nil
}
