package msgp

// AppendAny appends a dynamically typed value. Beside nil it takes every basic kind (bool, the
// integers of every width, float32, float64, string), []byte, time.Time, time.Duration, and slices
// and string-keyed maps of these and of any, nested as one likes; [ReadAny] gives exactly these
// types back. Maps are written in the order of their keys.
//
// Anything else, named types among it, is an *[UnsupportedError] that names the path, and a value
// nested deeper than [MaxDepth] is [ErrDepth]; dst is then returned as it was.
func AppendAny(dst []byte, v any) ([]byte, error) {
	out, err := appendAny(dst, v, MaxDepth)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// ReadAny reads what [AppendAny] wrote, as [Reader.Any] does. Nothing in v aliases b. An error is a
// *[DecodeError]. The caller need not have scanned b: whatever it holds, ReadAny allocates in
// proportion to it.
func ReadAny(b []byte) (v any, rest []byte, err error) {
	r := NewReader(b, false)
	if v = r.Any(); r.err != nil {
		return nil, nil, r.err
	}
	return v, r.left(), nil
}
