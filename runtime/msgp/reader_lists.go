package msgp

// ArrayHeader reads the beginning of an array and returns how many values follow: never more than
// the bytes left can hold if each takes at least size bytes, so that it is safe to allocate for.
func (r *Reader) ArrayHeader(size int) int {
	n, rest, err := ReadArrayHeader(r.left())
	return r.count(n, size, rest, err)
}

// MapHeader reads the beginning of a map and returns how many keys and values follow in turn: never
// more than the bytes left can hold if each pair takes at least size bytes.
func (r *Reader) MapHeader(size int) int {
	if b := r.left(); len(b) > 0 && b[0]&0xF0 == codeFixMap && int(b[0]&0x0F)*size < len(b) {
		r.pos++
		return int(b[0] & 0x0F)
	}
	n, rest, err := ReadMapHeader(r.left())
	return r.count(n, size, rest, err)
}

func (r *Reader) count(n, size int, rest []byte, err error) int {
	if err == nil && n > len(rest)/size {
		err = ErrShort
	}
	r.advance(rest, err)
	if err != nil {
		return 0
	}
	return n
}

// FixedArray reads the beginning of an array of exactly n values.
func (r *Reader) FixedArray(n int) {
	at := r.pos
	if r.ArrayHeader(1) != n {
		r.Fail(at, errLength)
	}
}

// Distinct checks that a map of n keys has become a Go map of n keys: none stood twice.
func (r *Reader) Distinct(got, n int) {
	if got != n {
		r.Fail(r.pos, errDuplicate)
	}
}
