package msgp

// Walk is what code that appends or copies a value has to remember where that can fail: how deep it
// is, and what failed first. After an error such code may go on: what it appends is of no use, but
// nothing breaks. The zero value is ready for use, for one value and one goroutine.
type Walk struct {
	depth int
	err   error
}

// Err returns what failed first, or nil: an *[AppendError], or an *[UnsupportedError] for something
// in an any.
func (w *Walk) Err() error { return w.err }

// Fail records that what path names cannot be appended, unless something has failed before.
func (w *Walk) Fail(path string, err error) {
	if w.err == nil {
		w.err = &AppendError{path, err}
	}
}

// check is Fail unless err is nil.
func (w *Walk) check(path string, err error) {
	if err != nil {
		w.Fail(path, err)
	}
}

// Enter begins a value of a type that can hold further values of its type; path names the type. It
// reports whether to go on: not more than [MaxDepth] deep, where a value surely holds itself, nor
// after an error. Each true wants a [Walk.Leave] in the end. It is not inlined: generated code has it in
// many places.
//
//go:noinline
func (w *Walk) Enter(path string) bool {
	if w.depth >= MaxDepth {
		w.Fail(path, ErrDepth)
	}
	if w.err != nil {
		return false
	}
	w.depth++
	return true
}

// Leave ends what [Walk.Enter] began. It is not inlined: generated code has it in many places.
//
//go:noinline
func (w *Walk) Leave() { w.depth-- }

// Any appends a dynamically typed value as [AppendAny] does.
func (w *Walk) Any(dst []byte, path string, v any) []byte {
	out, err := appendAny(dst, v, MaxDepth-w.depth)
	w.failAny(path, err)
	return out
}

// CloneAny returns a copy of a value that [AppendAny] takes: it shares nothing with v that can be
// changed.
func (w *Walk) CloneAny(path string, v any) any {
	c, err := cloneAny(v, MaxDepth-w.depth)
	w.failAny(path, err)
	return c
}

// failAny records an error of a value in an any, in which path leads to the value.
func (w *Walk) failAny(path string, err error) {
	u, unsupported := err.(*UnsupportedError)
	switch {
	case err == nil || w.err != nil:
	case unsupported:
		u.Path = path + u.Path
		w.err = u
	default:
		w.Fail(path, err)
	}
}
