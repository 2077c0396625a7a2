package msgp

// Struct is a struct that is being read, as [Reader.Struct] returns it.
type Struct struct {
	fields *Fields
	left   int // how many fields follow
	field  int // the last one taken, or -1
	seen   fieldSet
}

// Struct begins a struct that is written as a map of fields, in whatever order. The caller reads the
// value of one field after the other, for as long as [Struct.Next] says:
//
//	s := r.Struct(fields)
//	for s.Next(r) {
//		switch s.Field() {
//		case 0:
//			v.ID = r.Int64()
//		…
//		}
//	}
func (r *Reader) Struct(f *Fields) Struct {
	return Struct{fields: f, left: r.MapHeader(2), field: -1}
}

// Field returns the number of the field whose value is next.
func (s *Struct) Field() int { return s.field }

// Next takes the name of the next field, and reports whether there is one. It skips fields that are not
// known. It is false at the end of the struct and after an error; a field that is missing, or that
// stands twice, is one.
func (s *Struct) Next(r *Reader) bool {
	if i := s.field + 1; i < len(s.fields.keys) && s.left > 0 {
		if k := &s.fields.keys[i]; k.begins(r.left()) && s.seen.add(uint(i)) {
			r.pos += len(k.text)
			s.left--
			s.field = i
			return true
		}
	}
	return s.search(r)
}

// search is Next where the next field is not the one that follows the last in the order of the fields.
func (s *Struct) search(r *Reader) bool {
	if r.err != nil {
		s.blame(r, s.field)
		return false
	}
	for ; s.left > 0; s.left-- {
		name, rest, err := ReadString(r.left())
		r.advance(rest, err)
		if i := s.fields.find(name, s.field+1); i >= 0 && err == nil {
			return s.take(r, i)
		}
		if r.Skip(); r.err != nil {
			return false
		}
	}
	if i := s.fields.required.missing(&s.seen); i >= 0 {
		r.Fail(r.pos, errMissing)
		s.blame(r, i)
	}
	return false
}

// take begins the value of field i, unless it has had one.
func (s *Struct) take(r *Reader, i int) bool {
	s.left--
	s.field = i
	if !s.seen.add(uint(i)) {
		r.Fail(r.pos, errDuplicate)
		s.blame(r, i)
		return false
	}
	return true
}

// blame says that what went wrong did so in field i, if any.
func (s *Struct) blame(r *Reader, i int) {
	if i >= 0 {
		r.err.within(s.fields.names[i])
	}
}
