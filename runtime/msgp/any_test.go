package msgp_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/msgp"
)

type named string

// dynamic holds a value of every type that AppendAny takes.
var dynamic = []any{
	nil, true, false, "", "text", []byte{}, []byte("bytes"), []byte(nil),
	0, 127, 128, -32, -33, math.MaxInt32, int(math.MaxInt), int(math.MinInt),
	int8(-5), int16(5), int32(-5), int64(5), int64(math.MinInt64),
	uint(0), uint(255), uint(256), uint(math.MaxUint32), uint(math.MaxUint),
	uint8(5), uint16(5), uint32(5), uint64(5), uint64(math.MaxUint64),
	float32(1.5), 1.5, math.Copysign(0, -1), time.Hour, -time.Nanosecond, time.Unix(5, 6), time.Time{},
	[]any{}, []any(nil), map[string]any{}, map[string]any(nil),
	[]any{1, "a", nil, []any{int8(1)}, map[string]any{"x": []string{"y"}}},
	[]string{"a", ""}, []string{}, []string(nil), []int{1, -1, 1 << 30}, []int64{1}, []bool{true}, []float64{0.5},
	[]time.Time{time.Unix(7, 8)}, []time.Duration{time.Second}, [][]byte{{1}, nil, {}}, [][]int{{1}, nil, {}},
	map[string]string{"a": "b"}, map[string]int64{"a": 1}, map[string]uint8{"a": 1}, map[string][]string{"a": {"b"}, "c": nil},
	map[string]map[string]int{"a": {"b": 1}}, []map[string]any{{"a": 1}, nil}, map[string][]byte{"a": nil},
	[][]any{{1, nil}, nil}, map[string]map[string]any{"a": {"b": []int{1}}},
}

func TestAnyGivesTheSameTypeBack(t *testing.T) {
	for _, v := range append(dynamic, dynamic) {
		b, err := msgp.AppendAny([]byte("before"), v)
		require.NoError(t, err, "%#v", v)
		b = b[len("before"):]
		require.NoError(t, msgp.Scan(b, msgp.MaxDepth), "%#v", v)
		require.NoError(t, skip(b), "the library skips %#v", v)
		got, rest, err := msgp.ReadAny(append(b, 0x07))
		require.NoError(t, err, "%#v", v)
		require.Equal(t, []byte{7}, rest)
		require.Equal(t, v, got)
	}
}

func TestAnyIsWrittenInOneOrder(t *testing.T) {
	v := map[string]any{"z": 1, "a": map[string]int{"y": 2, "b": 3}, "m": nil, "q": map[string]any{"2": 1, "1": 2}}
	first, err := msgp.AppendAny(nil, v)
	require.NoError(t, err)
	for range 20 {
		again, err := msgp.AppendAny(nil, v)
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
}

func TestAnyKeepsNoMemoryOfTheBytes(t *testing.T) {
	b, err := msgp.AppendAny(nil, dynamic)
	require.NoError(t, err)
	v, _, err := msgp.ReadAny(b)
	require.NoError(t, err)
	clear(b)
	require.Equal(t, dynamic, v)
}

func TestAnyRefusesWithThePath(t *testing.T) {
	for message, v := range map[string]any{
		"cachegen/msgp: value: chan int":                   make(chan int),
		"cachegen/msgp: value: msgp_test.named":            named("x"),
		`cachegen/msgp: ["x"][3]: func()`:                  map[string]any{"x": []any{1, 2, 3, func() {}}},
		`cachegen/msgp: ["x"]: []msgp_test.named`:          map[string]any{"x": []named{}},
		`cachegen/msgp: ["y"][0]["z"]: struct {}`:          map[string][]any{"y": {map[string]any{"z": struct{}{}}}},
		`cachegen/msgp: [1]: map[int]string`:               []any{0, map[int]string{}},
		`cachegen/msgp: [0]: *int`:                         []any{new(int)},
		`cachegen/msgp: value: [][][][][][][][]int`:        [][][][][][][][]int{},
		`cachegen/msgp: ["a b\"c"]: complex128`:            map[string]any{`a b"c`: 1i},
		`cachegen/msgp: [0]: map[msgp_test.named]string`:   []any{map[named]string{}},
		`cachegen/msgp: value: [2]int cannot be stored in`: [2]int{},
	} {
		dst := []byte("before")
		out, err := msgp.AppendAny(dst, v)
		var e *msgp.UnsupportedError
		require.ErrorAs(t, err, &e)
		require.ErrorContains(t, err, message)
		require.Equal(t, "before", string(out), "dst is returned as it was")
	}
}

func TestAnyEndsWhereAValueRefersToItself(t *testing.T) {
	m := map[string]any{}
	m["self"] = m
	_, err := msgp.AppendAny(nil, m)
	require.ErrorIs(t, err, msgp.ErrDepth)
	s := make([]any, 1)
	s[0] = s
	_, err = msgp.AppendAny(nil, s)
	require.ErrorIs(t, err, msgp.ErrDepth)
	typed := []map[string]any{{}}
	typed[0]["self"] = typed
	_, err = msgp.AppendAny(nil, typed)
	require.ErrorIs(t, err, msgp.ErrDepth)
}

func TestReadAnyRefusesHostileBytes(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing":                  {},
		"reserved":                 {0xC1},
		"array 32 of 4 billion":    {0xDD, 0xFF, 0xFF, 0xFF, 0xFF},
		"map 32 of 4 billion":      {0xDF, 0xFF, 0xFF, 0xFF, 0xFF},
		"10 MB of arrays":          bytes.Repeat([]byte{0x91}, 10<<20),
		"10 MB of maps":            bytes.Repeat([]byte{0x81, 0xA0}, 5<<20),
		"key that is no string":    {0x81, 1, 1},
		"unknown ext":              {0xD4, 77, 1},
		"int of three bytes":       {0xC7, 3, 100, 1, 2, 3},
		"int of none":              {0xC7, 0, 100},
		"short duration":           {0xD6, 102, 1, 2, 3, 4},
		"type without a value":     {0xC7, 2, 103, 'L', 's'},
		"no type":                  {0xC7, 0, 103},
		"type that does not end":   append([]byte{0xC7, 40, 103}, bytes.Repeat([]byte{'L'}, 40)...),
		"unknown type letter":      {0xC7, 3, 103, 'L', '?', 0x90},
		"type that needs none":     {0xC7, 2, 103, 'i', 1},
		"element of another type":  {0xC7, 4, 103, 'L', 's', 0x91, 1},
		"bytes after typed value":  {0xC7, 4, 103, 'L', 's', 0x90, 0},
		"typed array of 4 billion": {0xC7, 7, 103, 'L', 'L', 0xDD, 0xFF, 0xFF, 0xFF, 0xFF},
		"typed map of 4 billion":   {0xC7, 7, 103, 'M', 'a', 0xDF, 0xFF, 0xFF, 0xFF, 0xFF},
	} {
		t.Run(name, func(t *testing.T) {
			allocated := allocation(func() {
				v, _, err := msgp.ReadAny(b)
				require.Error(t, err, "%v", v)
			})
			require.Less(t, allocated, uint64(4<<20))
		})
	}
}

func TestReadAnyBoundsTheNestingOfTypedValues(t *testing.T) {
	nested := func(levels int) (b []byte) {
		const level = 9 // the bytes of one: an ext header of 6, its type of 2, an array header
		for left := levels - 1; left >= 0; left-- {
			b = binary.BigEndian.AppendUint32(append(b, 0xC9), uint32(3+left*level+1))
			b = append(b, 103, 'L', 'a', 0x91)
		}
		return append(b, 0xC0)
	}
	_, _, err := msgp.ReadAny(nested(msgp.MaxDepth))
	require.NoError(t, err)
	_, _, err = msgp.ReadAny(nested(msgp.MaxDepth + 1))
	require.ErrorIs(t, err, msgp.ErrDepth)
}

func TestAnyBoundsTheNesting(t *testing.T) {
	deep := map[string]any{}
	for range msgp.MaxDepth - 1 {
		deep = map[string]any{"d": deep}
	}
	b, err := msgp.AppendAny(nil, deep)
	require.NoError(t, err)
	_, _, err = msgp.ReadAny(b)
	require.NoError(t, err, "what was written can be read")
	_, err = msgp.AppendAny(nil, []any{deep})
	require.ErrorIs(t, err, msgp.ErrDepth)
}

// allocation returns how many bytes f allocates.
func allocation(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzReadAny(f *testing.F) {
	for _, v := range dynamic {
		b, err := msgp.AppendAny(nil, v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, rest, err := msgp.ReadAny(b)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(rest), len(b))
		again, err := msgp.AppendAny(nil, v)
		require.NoError(t, err, "what was read can be written")
		back, _, err := msgp.ReadAny(again)
		require.NoError(t, err)
		twice, err := msgp.AppendAny(nil, back)
		require.NoError(t, err)
		require.Equal(t, again, twice)
	})
}
