package msgp_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// readers reads each kind, and want says what it has to make of a value that the library read: from
// the same family, if it fits.
var readers = map[string]struct {
	read func(r *msgp.Reader) any
	want func(v any) (any, bool)
}{
	"int":     {func(r *msgp.Reader) any { return r.Int() }, signed[int]},
	"int8":    {func(r *msgp.Reader) any { return r.Int8() }, signed[int8]},
	"int16":   {func(r *msgp.Reader) any { return r.Int16() }, signed[int16]},
	"int32":   {func(r *msgp.Reader) any { return r.Int32() }, signed[int32]},
	"int64":   {func(r *msgp.Reader) any { return r.Int64() }, signed[int64]},
	"uint":    {func(r *msgp.Reader) any { return r.Uint() }, unsigned[uint]},
	"uint8":   {func(r *msgp.Reader) any { return r.Uint8() }, unsigned[uint8]},
	"uint16":  {func(r *msgp.Reader) any { return r.Uint16() }, unsigned[uint16]},
	"uint32":  {func(r *msgp.Reader) any { return r.Uint32() }, unsigned[uint32]},
	"uint64":  {func(r *msgp.Reader) any { return r.Uint64() }, unsigned[uint64]},
	"bool":    {func(r *msgp.Reader) any { return r.Bool() }, same[bool]},
	"string":  {func(r *msgp.Reader) any { return r.String() }, same[string]},
	"time":    {func(r *msgp.Reader) any { return r.Time() }, same[time.Time]},
	"float32": {func(r *msgp.Reader) any { return math.Float32bits(r.Float32()) }, float32Bits},
	"float64": {func(r *msgp.Reader) any { return math.Float64bits(r.Float64()) }, float64Bits},
	"bytes":   {func(r *msgp.Reader) any { return r.Bytes() }, bytesOrNil},
}

func same[T any](v any) (any, bool) {
	v, ok := v.(T)
	return v, ok
}

func bytesOrNil(v any) (any, bool) {
	b, ok := v.([]byte)
	return b, ok || v == nil
}

func float32Bits(v any) (any, bool) {
	f, ok := v.(float32)
	return math.Float32bits(f), ok
}

func float64Bits(v any) (any, bool) {
	switch f := v.(type) {
	case float32:
		return math.Float64bits(float64(f)), true
	case float64:
		return math.Float64bits(f), true
	}
	return nil, false
}

// integer returns an integer of any type as 64 bits, and whether it is negative.
func integer(v any) (u uint64, negative, ok bool) {
	switch v := v.(type) {
	case int8:
		return uint64(v), v < 0, true
	case int16:
		return uint64(v), v < 0, true
	case int32:
		return uint64(v), v < 0, true
	case int64:
		return uint64(v), v < 0, true
	case uint8:
		return uint64(v), false, true
	case uint16:
		return uint64(v), false, true
	case uint32:
		return uint64(v), false, true
	case uint64:
		return v, false, true
	}
	return 0, false, false
}

func signed[T int | int8 | int16 | int32 | int64](v any) (any, bool) {
	u, negative, ok := integer(v)
	t := T(u)
	return t, ok && int64(t) == int64(u) && (negative || u <= math.MaxInt64)
}

func unsigned[T uint | uint8 | uint16 | uint32 | uint64](v any) (any, bool) {
	u, negative, ok := integer(v)
	return T(u), ok && !negative && uint64(T(u)) == u
}

// agree checks each reader against what the library makes of b, one well-formed value.
func agree(t *testing.T, b []byte) {
	if ext, _, _, err := msgp.ReadExt(b); err == nil && ext != -1 {
		return // the library keeps some for itself
	}
	v, err := msgpack.NewDecoder(strings.NewReader(string(b))).DecodeInterface()
	if err != nil {
		return // a map that the library does not know
	}
	for name, k := range readers {
		want, ok := k.want(v)
		for _, owned := range []bool{true, false} {
			r := msgp.NewReader(b, owned)
			got := k.read(&r)
			err := r.Done()
			require.Equal(t, ok, err == nil, "%s of %x: %v", name, b, err)
			switch {
			case err != nil:
				var e *msgp.DecodeError
				require.ErrorAs(t, err, &e)
			case name == "time":
				require.True(t, want.(time.Time).Equal(got.(time.Time)), "%x", b)
			default:
				require.Equal(t, want, got, "%s of %x", name, b)
			}
		}
	}
}

// wire holds every form of msgpack, and the edges of each.
func wire() (all [][]byte) {
	for c := range 256 {
		for _, tail := range [][]byte{make([]byte, 40), slices.Repeat([]byte{0xFF}, 40), slices.Repeat([]byte{0x7F}, 40), slices.Repeat([]byte{0x80}, 40)} {
			for n := range tail {
				b := append([]byte{byte(c)}, tail[:n]...)
				if msgp.Scan(b, 10) == nil {
					all = append(all, b)
				}
			}
		}
	}
	for _, n := range sizes {
		all = append(all, msgp.AppendString(nil, strings.Repeat("s", n)), msgp.AppendBytes(nil, make([]byte, n)))
	}
	for _, n := range ints {
		all = append(all, msgp.AppendInt(nil, n), msgp.AppendInt64(nil, n), msgp.AppendUint64(nil, uint64(n)), msgp.AppendFloat64(nil, float64(n)))
	}
	return append(all, msgp.AppendTime(nil, time.Time{}), msgp.AppendTime(nil, time.Unix(1<<40, 1)), msgp.AppendTime(nil, time.Unix(5, 0)))
}

func TestReaderTakesWhatTheLibraryTakesIfItFits(t *testing.T) {
	for _, b := range wire() {
		if !strangeTime(b) {
			agree(t, b)
		}
	}
}

// strangeTime reports whether b is a timestamp of more than a second of nanoseconds, which the
// library takes and we refuse.
func strangeTime(b []byte) bool {
	_, _, err := msgp.ReadTime(b)
	ext, _, _, extErr := msgp.ReadExt(b)
	return err != nil && extErr == nil && ext == -1
}

func FuzzReader(f *testing.F) {
	for _, v := range []any{1, -1, int64(1 << 40), uint64(math.MaxUint64), "text", []byte("bytes"), 1.5, float32(2.5), true, nil, time.Unix(1, 2), []int{1}} {
		b, err := msgpack.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if msgp.Scan(b, 100) == nil && !strangeTime(b) {
			agree(t, b)
		}
		for name, k := range readers {
			r := msgp.NewReader(b, true)
			k.read(&r)
			if r.Done() == nil {
				require.NoError(t, msgp.Scan(b, 1), "%s takes what is well-formed only", name)
			}
		}
	})
}

func TestReaderStopsAtTheFirstError(t *testing.T) {
	b := msgp.AppendString(nil, "not a number")
	b = msgp.AppendInt(b, 5)
	r := msgp.NewReader(b, true)
	require.Zero(t, r.Int64())
	require.Zero(t, r.Int())
	require.Zero(t, r.Float64())
	require.Empty(t, r.String())
	require.Nil(t, r.Bytes())
	require.Nil(t, r.Any())
	require.Nil(t, r.Raw())
	require.Zero(t, r.Time())
	require.Zero(t, r.ArrayHeader(1))
	require.Zero(t, r.MapHeader(2))
	require.True(t, r.Nil(), "so that nothing is allocated for what follows")
	require.False(t, r.Enter())
	require.False(t, r.EnterNilable())
	s := r.Struct(addressFields)
	require.False(t, s.Next(&r))
	var e *msgp.DecodeError
	require.ErrorAs(t, r.Done(), &e)
	require.Equal(t, msgp.DecodeError{Offset: 0, Err: msgp.ErrType}, *e)
	require.EqualError(t, e, "cachegen/msgp: offset 0: unexpected type on the wire; treat the value as damaged")
}

func TestReaderEntersWhatIsNotNil(t *testing.T) {
	r := msgp.NewReader([]byte{0xC0, 1}, true)
	require.False(t, r.EnterNilable())
	require.Equal(t, 1, r.Offset(), "the nil is taken")
	require.True(t, r.EnterNilable())
	require.Equal(t, 1, r.Int())
	r.Leave()
	require.NoError(t, r.Done())

	deep := msgp.NewReader(make([]byte, 1), true)
	for range msgp.MaxDepth {
		require.True(t, deep.EnterNilable())
	}
	require.False(t, deep.EnterNilable())
	require.ErrorIs(t, deep.Done(), msgp.ErrDepth)
}

func TestReaderWantsAllOfTheBytes(t *testing.T) {
	r := msgp.NewReader([]byte{1, 2}, true)
	require.Equal(t, 1, r.Int())
	require.ErrorContains(t, r.Done(), "offset 1: bytes after the value")
	var none msgp.Reader
	require.NoError(t, none.Done())
	require.Zero(t, none.Int())
	require.ErrorIs(t, none.Done(), msgp.ErrShort)
}

func TestHeadersAreNoBombs(t *testing.T) {
	arrays := map[string][]byte{
		"32 bits of 4 billion":     {0xDD, 0xFF, 0xFF, 0xFF, 0xFF},
		"as many as bytes":         {0x93, 0, 0, 0},
		"16 bits and one too many": append([]byte{0xDC, 0, 20}, make([]byte, 39)...),
		"a map":                    {0x81, 0, 0, 0, 0, 0},
		"another kind":             {0x05},
		"nil":                      {0xC0},
		"nothing":                  {},
		"half a header":            {0xDC, 0},
		"a header alone":           {0x91},
	}
	for name, b := range arrays {
		r := msgp.NewReader(b, true)
		require.Zero(t, r.ArrayHeader(2), name)
		require.Error(t, r.Done(), name)
	}
	maps := map[string][]byte{
		"32 bits of 4 billion":     {0xDF, 0xFF, 0xFF, 0xFF, 0xFF},
		"as many as bytes":         {0x82, 0, 0, 0, 0},
		"16 bits and one too many": append([]byte{0xDE, 0, 20}, make([]byte, 99)...),
		"an array":                 {0x91, 0, 0, 0, 0, 0},
		"another kind":             {0x05},
		"nil":                      {0xC0},
		"nothing":                  {},
		"half a header":            {0xDE, 0},
		"a header alone":           {0x81},
	}
	for name, b := range maps {
		r := msgp.NewReader(b, true)
		require.Zero(t, r.MapHeader(5), name)
		require.Error(t, r.Done(), name)
	}
	for _, b := range [][]byte{{0x92, 0, 0, 0, 0}, {0xDC, 0, 2, 0, 0, 0, 0}, {0xDD, 0, 0, 0, 2, 0, 0, 0, 0}} {
		r := msgp.NewReader(b, true)
		require.Equal(t, 2, r.ArrayHeader(2))
	}
	for _, b := range [][]byte{{0x82, 1, 1, 1, 1, 1, 1}, {0xDE, 0, 2, 1, 1, 1, 1, 1, 1}, {0xDF, 0, 0, 0, 2, 1, 1, 1, 1, 1, 1}} {
		r := msgp.NewReader(b, true)
		require.Equal(t, 2, r.MapHeader(3))
	}
}

func TestArraysHaveTheirLength(t *testing.T) {
	read := func(b []byte) error {
		var v tuple
		r := msgp.NewReader(b, true)
		readTuple(&r, &v)
		return r.Done()
	}
	require.NoError(t, read([]byte{0x92, 1, 0xC0}))
	require.ErrorContains(t, read([]byte{0x91, 1}), "another length")
	require.ErrorContains(t, read([]byte{0x93, 1, 0xC0, 1}), "another length")
	r := msgp.NewReader([]byte{0xC4, 3, 1, 2, 3}, true)
	var hash digest
	msgp.ReadArray(&r, hash[:])
	require.ErrorContains(t, r.Done(), "another length")
	require.Zero(t, hash)
	empty := msgp.NewReader([]byte{0xC4, 0}, true)
	msgp.ReadArray(&empty, []byte{})
	require.NoError(t, empty.Done())
}

func TestStringsAndBytesAreCopiedUnlessOwned(t *testing.T) {
	b := msgp.AppendBytes(msgp.AppendString(msgp.AppendString(nil, ""), strings.Repeat("text", 10)), []byte("bytes"))
	b = append(b, 5)
	read := func(owned bool) (string, []byte) {
		r := msgp.NewReader(b, owned)
		require.Empty(t, r.String())
		s, data := r.String(), r.Bytes()
		_ = append(data, 9)
		require.Equal(t, 5, r.Int(), "appending harms nobody")
		require.NoError(t, r.Done())
		return s, data
	}
	ownText, ownData := read(true)
	text, data := read(false)
	clear(b)
	require.Equal(t, strings.Repeat("text", 10), text)
	require.Equal(t, []byte("bytes"), data)
	require.Equal(t, strings.Repeat("\x00", 40), ownText)
	require.Equal(t, make([]byte, 5), ownData)
}

func TestRawIsOneCheckedValue(t *testing.T) {
	b := []byte{0x92, 1, 0x81, 2, 3, 9}
	r := msgp.NewReader(b, true)
	require.Equal(t, b[:5], r.Raw())
	require.Equal(t, 5, r.Offset())
	r.Skip()
	require.NoError(t, r.Done())
	for want, b := range map[error][]byte{
		msgp.ErrShort: {0x92, 1},
		msgp.ErrType:  {0x91, 0xC1},
		msgp.ErrDepth: slices.Repeat([]byte{0x91}, msgp.MaxDepth+2),
	} {
		r := msgp.NewReader(b, true)
		r.Skip()
		require.ErrorIs(t, r.Done(), want)
	}
}

func TestFailKeepsTheFirstError(t *testing.T) {
	first := errors.New("first")
	r := msgp.NewReader([]byte{1}, true)
	r.Fail(7, first)
	r.Fail(8, msgp.ErrType)
	require.ErrorIs(t, r.Done(), first)
	require.ErrorContains(t, r.Done(), "offset 7")
}

func TestReadUsesAReaderAgain(t *testing.T) {
	b := appendUser(nil, sampleUser())
	for range 2 {
		v, err := msgp.Read(b, false, readUserPtr)
		require.NoError(t, err)
		require.Equal(t, sampleUser(), v)
		v, err = msgp.Read(b[:10], true, readUserPtr)
		require.ErrorIs(t, err, msgp.ErrShort)
		require.Nil(t, v)
	}
}
