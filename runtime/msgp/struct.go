package msgp

// Struct is a struct that is being read, as [Reader.Struct] returns it.
type Struct struct {
	fields *Fields
	left   int // how many fields follow
	before int // how many followed when the last pass began
	known  int // how many fields are none of those skipped
	field  int // the last one taken, or -1
	seen   fieldSet
}

// Struct begins a struct that is written as a map of fields. The caller makes passes over all the
// fields that it knows, in their order, for as long as [Struct.Next] says:
//
//	s := r.Struct(fields)
//	for s.Next(r) {
//		if s.Is(r, 0, "\xa2ID") {
//			v.ID = r.Int64()
//		}
//		…
//	}
//
// One pass takes all the fields of a struct that was written in this order, whether some were left
// out or not; any other order takes more passes.
func (r *Reader) Struct(f *Fields) Struct {
	n := r.MapHeader(2)
	return Struct{fields: f, left: n, before: n + 1, known: n, field: -1}
}

// Is takes the name of field i if it is next: the caller reads the value then. key is the name as it
// is written, header and all.
func (s *Struct) Is(r *Reader, i uint, key string) bool {
	end := r.pos + len(key)
	if s.left == 0 || end > len(r.b) || string(r.b[r.pos:end]) != key {
		return false
	}
	r.pos = end
	s.left--
	s.field = int(i)
	s.seen.add(i)
	return true
}

// Next reports whether to make a pass over the fields. It skips a field that the last pass did not
// know. It is false at the end of the struct and after an error; a field that is missing, or that
// stands twice, is one.
func (s *Struct) Next(r *Reader) bool {
	if r.err != nil {
		s.blame(r, s.field)
		return false
	}
	if s.left > 0 && s.left == s.before {
		s.skip(r)
	}
	if s.left == 0 {
		s.finish(r)
		return false
	}
	s.before = s.left
	return r.err == nil
}

// skip passes over a field that nobody knows.
func (s *Struct) skip(r *Reader) {
	_, rest, err := ReadString(r.left())
	r.advance(rest, err)
	r.Skip()
	s.left--
	s.known--
}

// finish checks that each field has been read once.
func (s *Struct) finish(r *Reader) {
	switch {
	case r.err != nil:
	case s.seen.len() != s.known:
		r.Fail(r.pos, errDuplicate)
	default:
		if i := s.fields.required.missing(&s.seen); i >= 0 {
			r.Fail(r.pos, errMissing)
			s.blame(r, i)
		}
	}
}

// blame says that what went wrong did so in field i, if any.
func (s *Struct) blame(r *Reader, i int) {
	if i >= 0 {
		r.err.within(s.fields.names[i])
	}
}
