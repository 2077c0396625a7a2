package msgp_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/msgp"
)

var ints = []int64{
	0, 1, 127, 128, 255, 256, 65535, 65536, math.MaxInt32, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64,
	-1, -32, -33, -128, -129, -32768, -32769, math.MinInt32, math.MinInt32 - 1, math.MinInt64,
}

var sizes = []int{0, 1, 2, 4, 8, 15, 16, 17, 31, 32, 255, 256, 65535, 65536}

func TestIntegersAreReadByTheLibraryAndByUs(t *testing.T) {
	for _, n := range ints {
		b := msgp.AppendInt(nil, n)
		v, rest, err := msgp.ReadInt(b, 64)
		require.NoError(t, err)
		require.Empty(t, rest)
		require.Equal(t, n, v)
		var other int64
		require.NoError(t, msgpack.Unmarshal(b, &other))
		require.Equal(t, n, other)
	}
	b := msgp.AppendUint(nil, math.MaxUint64)
	u, _, err := msgp.ReadUint(b, 64)
	require.NoError(t, err)
	require.EqualValues(t, uint64(math.MaxUint64), u)
	_, _, err = msgp.ReadInt(b, 64)
	require.ErrorIs(t, err, msgp.ErrType)
}

func TestIntegersThatDoNotFitAreRefused(t *testing.T) {
	for _, n := range ints {
		b := msgp.AppendInt(nil, n)
		for _, bits := range []int{8, 16, 32, 64} {
			_, _, err := msgp.ReadInt(b, bits)
			fits := n >= -1<<(bits-1) && n <= 1<<(bits-1)-1
			require.Equal(t, fits, err == nil, "%d in %d bits", n, bits)
			_, _, err = msgp.ReadUint(b, bits)
			fits = n >= 0 && (bits == 64 || n < 1<<bits)
			require.Equal(t, fits, err == nil, "%d in %d unsigned bits", n, bits)
		}
	}
}

func TestStringsAndBytesOfEveryLengthForm(t *testing.T) {
	for _, n := range sizes {
		text := strings.Repeat("x", n)
		b := msgp.AppendString(nil, text)
		s, rest, err := msgp.ReadString(b)
		require.NoError(t, err)
		require.Empty(t, rest)
		require.Equal(t, text, string(s))
		want, err := msgpack.Marshal(text)
		require.NoError(t, err)
		require.Equal(t, want, b)

		b = msgp.AppendBytes(nil, []byte(text))
		s, _, err = msgp.ReadBytes(b)
		require.NoError(t, err)
		require.Equal(t, text, string(s))
		want, err = msgpack.Marshal([]byte(text))
		require.NoError(t, err)
		require.Equal(t, want, b)
	}
	require.True(t, msgp.IsNil(msgp.AppendBytes(nil, nil)))
}

func TestHeadersOfEveryLengthForm(t *testing.T) {
	for _, n := range sizes {
		b := append(msgp.AppendArrayHeader(nil, n), make([]byte, n)...)
		got, rest, err := msgp.ReadArrayHeader(b)
		require.NoError(t, err)
		require.Equal(t, n, got)
		require.Len(t, rest, n)
		require.NoError(t, msgp.Scan(b, 1))

		b = append(msgp.AppendMapHeader(nil, n), make([]byte, 2*n)...)
		got, rest, err = msgp.ReadMapHeader(b)
		require.NoError(t, err)
		require.Equal(t, n, got)
		require.Len(t, rest, 2*n)
		require.NoError(t, msgp.Scan(b, 1))

		b = append(msgp.AppendExtHeader(nil, -7, n), make([]byte, n)...)
		ext, data, rest, err := msgp.ReadExt(b)
		require.NoError(t, err)
		require.EqualValues(t, -7, ext)
		require.Len(t, data, n)
		require.Empty(t, rest)
		require.NoError(t, msgp.Scan(b, 1))
	}
}

func TestFloatsAreKeptBitByBit(t *testing.T) {
	nan64, nan32 := math.Float64frombits(0x7FF8000000001234), math.Float32frombits(0x7FC01234)
	for _, f := range []float64{0, math.Copysign(0, -1), 1.5, math.Inf(1), nan64} {
		v, _, err := msgp.ReadFloat64(msgp.AppendFloat64(nil, f))
		require.NoError(t, err)
		require.Equal(t, math.Float64bits(f), math.Float64bits(v))
	}
	for _, f := range []float32{0, math.MaxFloat32, nan32} {
		v, _, err := msgp.ReadFloat32(msgp.AppendFloat32(nil, f))
		require.NoError(t, err)
		require.Equal(t, math.Float32bits(f), math.Float32bits(v))
	}
}

func TestTimesAreTheLibrarysTimes(t *testing.T) {
	for _, at := range []time.Time{
		{}, time.Unix(0, 0), time.Unix(1, 1), time.Unix(1<<32-1, 0), time.Unix(1<<32, 0), time.Unix(1<<34-1, 999_999_999),
		time.Unix(1<<34, 0), time.Unix(-1, 5), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("x", 3600)),
	} {
		b := msgp.AppendTime(nil, at)
		want, err := msgpack.Marshal(at)
		require.NoError(t, err)
		require.Equal(t, want, b)
		got, rest, err := msgp.ReadTime(b)
		require.NoError(t, err)
		require.Empty(t, rest)
		require.True(t, at.Equal(got), "%v %v", at, got)
		if at.IsZero() {
			require.Equal(t, time.UTC, got.Location())
		} else {
			require.Equal(t, time.Local, got.Location())
		}
	}
}

func TestReadersRefuseWhatIsNotTheirs(t *testing.T) {
	readers := map[string]func([]byte) error{
		"bool":    func(b []byte) error { _, _, err := msgp.ReadBool(b); return err },
		"int":     func(b []byte) error { _, _, err := msgp.ReadInt(b, 64); return err },
		"uint":    func(b []byte) error { _, _, err := msgp.ReadUint(b, 64); return err },
		"float32": func(b []byte) error { _, _, err := msgp.ReadFloat32(b); return err },
		"float64": func(b []byte) error { _, _, err := msgp.ReadFloat64(b); return err },
		"string":  func(b []byte) error { _, _, err := msgp.ReadString(b); return err },
		"bytes":   func(b []byte) error { _, _, err := msgp.ReadBytes(b); return err },
		"array":   func(b []byte) error { _, _, err := msgp.ReadArrayHeader(b); return err },
		"map":     func(b []byte) error { _, _, err := msgp.ReadMapHeader(b); return err },
		"ext":     func(b []byte) error { _, _, _, err := msgp.ReadExt(b); return err },
		"time":    func(b []byte) error { _, _, err := msgp.ReadTime(b); return err },
	}
	good := map[string][]byte{
		"bool": msgp.AppendBool(nil, true), "int": msgp.AppendInt(nil, -1<<40), "uint": msgp.AppendUint(nil, 1<<40),
		"float32": msgp.AppendFloat32(nil, 1), "float64": msgp.AppendFloat64(nil, 1),
		"string": msgp.AppendString(nil, strings.Repeat("s", 300)), "bytes": msgp.AppendBytes(nil, []byte("b")),
		"array": append(msgp.AppendArrayHeader(nil, 20), make([]byte, 20)...), "map": append(msgp.AppendMapHeader(nil, 20), make([]byte, 40)...),
		"ext": append(msgp.AppendExtHeader(nil, 5, 3), 1, 2, 3), "time": msgp.AppendTime(nil, time.Unix(5, 5)),
	}
	for name, read := range readers {
		require.NoError(t, read(good[name]), name)
		for n := range good[name] {
			require.ErrorIs(t, read(good[name][:n]), msgp.ErrShort, "%s: %d bytes", name, n)
		}
		require.ErrorIs(t, read([]byte{0xC0}), msgp.ErrType, "%s: nil", name)
		require.ErrorIs(t, read([]byte{0xC1}), msgp.ErrType, "%s: reserved", name)
	}
	require.ErrorIs(t, readers["time"]([]byte{0xD4, 0xFF, 0}), msgp.ErrType, "a timestamp of one byte")
	require.ErrorIs(t, readers["time"]([]byte{0xD6, 5, 0, 0, 0, 0}), msgp.ErrType, "another ext")
	require.ErrorIs(t, readers["time"]([]byte{0xD7, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0}), msgp.ErrType, "too many nanoseconds")
}
