package msgp

import "sync"

// Read reads one value, all of b, by a function that is known at run time only: on the stack of such
// a caller a Reader could not be. owned is as in [NewReader]. After an error the value is zero.
func Read[V any](b []byte, owned bool, read func(*Reader) V) (V, error) {
	r := readers.Get().(*Reader)
	r.reset(b, owned)
	v := read(r)
	err := r.Done()
	r.reset(nil, false)
	readers.Put(r)
	if err != nil {
		var zero V
		return zero, err
	}
	return v, nil
}

var readers = sync.Pool{New: func() any { return new(Reader) }}
