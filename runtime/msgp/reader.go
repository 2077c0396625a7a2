package msgp

import "unsafe"

// Reader reads one msgpack value piece by piece, for code that knows what to expect. It keeps the
// first error, which [Reader.Done] returns; after it every method returns at once what is empty:
// zero, an empty string, no elements, and true from Nil, so that code which reads a value need not
// look at errors between its parts, and loops end.
//
// Each kind is read from the forms that vmihailenco/msgpack writes for it and from wider or
// narrower ones of the same family: integers of every width, and a 32-bit float as a 64-bit one, as
// long as the value fits. Nothing else is taken for it: nil stands for pointers, slices and maps
// alone, and a str is no bin. No count is believed that the bytes left cannot hold.
//
// Make one by [NewReader], on the stack; the zero value reads nothing. A Reader is for one goroutine.
type Reader struct {
	b     []byte
	text  string // b once more; empty until a string needs it, unless owned
	pos   int    // of the next byte; the end of b after an error
	depth int
	err   *DecodeError
	owned bool
}

// NewReader returns a Reader of b. If the caller owns b, the strings and byte slices that are read
// are parts of it, and nobody may change b afterwards; it lives as long as the last of them. If not,
// they are parts of one copy of b or copies of their own.
func NewReader(b []byte, owned bool) Reader {
	r := Reader{b: b, owned: owned}
	if owned {
		r.text = unsafe.String(unsafe.SliceData(b), len(b))
	}
	return r
}

// reset makes r a Reader of b. It sets the fields one by one: a copy of the whole would go through the
// write barrier.
func (r *Reader) reset(b []byte, owned bool) {
	r.b, r.text, r.pos, r.depth, r.err, r.owned = b, "", 0, 0, nil, owned
	if owned {
		r.text = unsafe.String(unsafe.SliceData(b), len(b))
	}
}

// Done returns what failed first, as a *[DecodeError], or that there are bytes left, or nil.
func (r *Reader) Done() error {
	if r.pos < len(r.b) {
		r.Fail(r.pos, errTrailing)
	}
	if r.err != nil {
		return r.err
	}
	return nil
}

// Offset returns where the next value begins.
func (r *Reader) Offset() int { return r.pos }

// Fail records that what stands at offset at cannot be read, unless something has failed before.
func (r *Reader) Fail(at int, err error) {
	if r.err == nil {
		r.err = &DecodeError{Offset: at, Err: err}
	}
	r.pos = len(r.b)
}

// Nil reports whether there is nothing to read: nil, which it takes, or an error. Values that may be
// nil begin with it.
func (r *Reader) Nil() bool {
	if r.pos < len(r.b) && r.b[r.pos] == codeNil {
		r.pos++
		return true
	}
	return r.err != nil
}

// Enter begins a value of a type that can hold further values of its type. It reports whether to
// read it: not more than [MaxDepth] deep. Each true wants a [Reader.Leave] in the end. It is not
// inlined: generated code has it in many places.
//
//go:noinline
func (r *Reader) Enter() bool {
	if r.depth >= MaxDepth {
		r.Fail(r.pos, ErrDepth)
	}
	if r.err != nil {
		return false
	}
	r.depth++
	return true
}

// EnterNilable is [Reader.Enter] for a value that may be nil: it is false after nil, which it takes.
//
//go:noinline
func (r *Reader) EnterNilable() bool { return !r.Nil() && r.Enter() }

// Leave ends what [Reader.Enter] or [Reader.EnterNilable] began. Neither is inlined: generated code has
// them in every type that refers to itself.
//
//go:noinline
func (r *Reader) Leave() { r.depth-- }

// Skip passes over one value of any kind, which it checks as [Scan] does.
func (r *Reader) Skip() { r.Raw() }

// Raw returns the bytes of one value of any kind, which it checks as [Scan] does. They are a part of
// what the Reader reads even if the caller does not own that.
func (r *Reader) Raw() []byte {
	start := r.pos
	n, reason := scan(r.b[start:], MaxDepth)
	if reason != "" {
		r.Fail(start+n, scanError(reason))
		return nil
	}
	r.pos = start + n
	return r.b[start:r.pos:r.pos]
}

// left returns the bytes not yet read.
func (r *Reader) left() []byte { return r.b[r.pos:] }

// advance moves on to rest, the end of what is left, or records why a value could not be read.
func (r *Reader) advance(rest []byte, err error) {
	if err != nil {
		r.Fail(r.pos, err)
		return
	}
	r.pos = len(r.b) - len(rest)
}
