package codec_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/racetest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/msgp"
)

// typeOf returns the Type of v's dynamic type.
func typeOf(t testing.TB, v any) *codec.Type {
	t.Helper()
	typ, err := codec.ForType(reflect.TypeOf(v))
	require.NoError(t, err)
	return typ
}

// encode returns the envelope of v under the key k.
func encode(t testing.TB, typ *codec.Type, v any) []byte {
	t.Helper()
	b, err := typ.Append(nil, "k", msgp.Header{}, v)
	require.NoError(t, err, "%T", v)
	return b
}

// decode opens an envelope and decodes its payload.
func decode(t testing.TB, typ *codec.Type, b []byte) any {
	t.Helper()
	h, payload, err := msgp.Open(b, "k")
	require.NoError(t, err)
	v, err := typ.Decode(h, payload)
	require.NoError(t, err, typ.Name())
	return v
}

func TestEveryValueComesBackAsItWas(t *testing.T) {
	for i, v := range catalogue() {
		t.Run(fmt.Sprintf("%d %T", i, v), func(t *testing.T) {
			typ := typeOf(t, v)
			b := encode(t, typ, v)
			got := decode(t, typ, b)
			require.Equal(t, v, got)
			clear(b)
			require.Equal(t, v, got, "nothing of the value is in the bytes")
		})
	}
}

func TestAnyRootsTakeDynamicValues(t *testing.T) {
	typ, err := codec.For[any]()
	require.NoError(t, err)
	loose, err := codec.For[Loose]()
	require.NoError(t, err)
	for _, v := range []any{nil, 1, uint8(2), "x", []string{"a"}, map[string]any{"t": time.Unix(1, 2)}} {
		require.Equal(t, v, decode(t, typ, encode(t, typ, v)))
		require.Equal(t, v, decode(t, loose, encode(t, loose, v)))
	}
	_, err = typ.Append(nil, "k", msgp.Header{}, Line{})
	var unsupported *msgp.UnsupportedError
	require.ErrorAs(t, err, &unsupported)
	require.ErrorContains(t, err, "codec_test.Line")
}

func TestInstantsComeBackInLocalTime(t *testing.T) {
	at := time.Date(2024, 5, 6, 7, 8, 9, 123, time.FixedZone("elsewhere", 3*3600))
	typ := typeOf(t, at)
	got := decode(t, typ, encode(t, typ, at)).(time.Time)
	require.True(t, at.Equal(got))
	require.Equal(t, time.Local, got.Location())
	zero := decode(t, typ, encode(t, typ, time.Time{}.In(time.Local))).(time.Time)
	require.Equal(t, time.Time{}, zero)

	base := typeOf(t, Base{})
	inside := decode(t, base, encode(t, base, Base{Created: at})).(Base)
	require.True(t, at.Equal(inside.Created))
	require.Equal(t, time.Local, inside.Created.Location())
}

func TestPointersToNilComeBackNil(t *testing.T) {
	empty := []string(nil)
	type Holder struct{ List *[]string }
	typ := typeOf(t, Holder{})
	require.Equal(t, Holder{}, decode(t, typ, encode(t, typ, Holder{&empty})))
}

func TestEmptyFieldsTaggedOmitemptyComeBackNil(t *testing.T) {
	typ := typeOf(t, Line{})
	require.Equal(t, Line{SKU: "a"}, decode(t, typ, encode(t, typ, Line{SKU: "a", Notes: []string{}})))
}

func TestIntegersAreNumbersToDrivers(t *testing.T) {
	for _, v := range []any{41, int8(-41), uint64(math.MaxInt64), Level(7), time.Duration(-5)} {
		n, err := drivers.ParseNumber(encode(t, typeOf(t, v), v))
		require.NoError(t, err)
		require.EqualValues(t, v, reflect.ValueOf(n).Convert(reflect.TypeOf(v)).Interface())
	}
	_, err := drivers.ParseNumber(encode(t, typeOf(t, uint64(0)), uint64(math.MaxUint64)))
	require.ErrorIs(t, err, drivers.ErrOverflow)
	_, err = drivers.ParseNumber(encode(t, typeOf(t, ""), "=42"))
	require.ErrorIs(t, err, drivers.ErrNotNumber)
}

func TestRawPayloads(t *testing.T) {
	for want, v := range map[string]any{"text": "text", "bytes": []byte("bytes"), "=-5": Level(-5), "\xc0": []byte(nil), "": ""} {
		_, payload, err := msgp.Open(encode(t, typeOf(t, v), v), "k")
		require.NoError(t, err)
		require.Equal(t, want, string(payload))
	}
}

func TestDecodeNumber(t *testing.T) {
	v, err := typeOf(t, Level(0)).DecodeNumber(-128)
	require.NoError(t, err)
	require.Equal(t, Level(-128), v)
	for name, typ := range map[string]*codec.Type{
		"too large": typeOf(t, Level(0)), "negative": typeOf(t, uint64(0)), "text": typeOf(t, ""),
	} {
		_, err := typ.DecodeNumber(map[string]int64{"too large": 128, "negative": -1}[name])
		var mismatch *codec.MismatchError
		require.ErrorAs(t, err, &mismatch, name)
		require.Equal(t, typ.Name(), mismatch.Want)
		require.Equal(t, "int64", mismatch.Got)
	}
}

func TestAppendKeepsTheHeaderAndWhatIsThere(t *testing.T) {
	typ := typeOf(t, Line{})
	h := msgp.Header{KeepKey: true, FreshUntil: 99, LoadCost: time.Second}
	b, err := typ.Append([]byte("before"), "k", h, Line{})
	require.NoError(t, err)
	require.Equal(t, "before", string(b[:6]))
	got, _, err := msgp.Open(b[6:], "k")
	require.NoError(t, err)
	h.Type, h.Fingerprint = []byte(typ.Name()), typ.Fingerprint()
	require.Equal(t, h, got)
}

func TestAppendRefusesAnotherType(t *testing.T) {
	for want, v := range map[string]any{"nil": nil, "int": 1, "*github.com/cachegen/cachegen/runtime/internal/codec_test.Line": &Line{}} {
		dst := []byte("before")
		out, err := typeOf(t, Line{}).Append(dst, "k", msgp.Header{}, v)
		var mismatch *codec.MismatchError
		require.ErrorAs(t, err, &mismatch)
		require.Equal(t, want, mismatch.Got)
		require.Equal(t, "before", string(out))
	}
}

func TestDecodeRefusesAnotherTypeAndShape(t *testing.T) {
	b := encode(t, typeOf(t, Line{}), Line{})
	h, payload, err := msgp.Open(b, "k")
	require.NoError(t, err)
	_, err = typeOf(t, Base{}).Decode(h, payload)
	var mismatch *codec.MismatchError
	require.ErrorAs(t, err, &mismatch)
	h.Fingerprint++
	_, err = typeOf(t, Line{}).Decode(h, payload)
	require.ErrorIs(t, err, codec.ErrFingerprint)
}

func TestFailingMarshalersAreErrors(t *testing.T) {
	typ := typeOf(t, Fragile{})
	for _, text := range []string{"error", "panic"} {
		out, err := typ.Append([]byte("before"), "k", msgp.Header{}, Fragile{text})
		var e *codec.EncodeError
		require.ErrorAs(t, err, &e)
		require.ErrorIs(t, err, errFragile)
		require.Equal(t, "before", string(out))
	}
	h, payload, err := msgp.Open(encode(t, typ, Fragile{"break"}), "k")
	require.NoError(t, err)
	_, err = typ.Decode(h, payload)
	var e *codec.DecodeError
	require.ErrorAs(t, err, &e)
	require.ErrorContains(t, err, "panic: broken")
	require.Equal(t, Fragile{"fine"}, decode(t, typ, encode(t, typ, Fragile{"fine"})), "and the next call works")
}

func TestValuesThatReferToThemselvesAreErrors(t *testing.T) {
	n := &Node{}
	n.Next = n
	m := Node{Named: map[string]*Node{}}
	m.Named["self"] = &m
	k := Node{Kids: make([]Node, 1)}
	k.Kids[0].Kids = k.Kids
	for _, v := range []any{n, m, k} {
		_, err := typeOf(t, v).Append(nil, "k", msgp.Header{}, v)
		require.ErrorIs(t, err, msgp.ErrDepth)
	}
}

func TestDeepValuesComeBack(t *testing.T) {
	list := &Node{}
	for range msgp.MaxDepth - 1 {
		list = &Node{Next: list}
	}
	typ := typeOf(t, list)
	require.Equal(t, list.Next.Next.Value, decode(t, typ, encode(t, typ, list)).(*Node).Next.Next.Value)
	_, err := typ.Append(nil, "k", msgp.Header{}, &Node{Next: list})
	require.ErrorIs(t, err, msgp.ErrDepth)
}

func TestEncodingAllocatesOnlyWhatGrowsTheBuffer(t *testing.T) {
	if racetest.Enabled {
		t.Skip("sync.Pool drops encoders at random under the race detector")
	}
	type Plain struct {
		Text  string
		Count int
		Data  []byte
		Next  *Plain
	}
	var v any = &Plain{Text: "text", Data: []byte{1}, Next: &Plain{}}
	typ, buf := typeOf(t, v), make([]byte, 0, 1024)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := typ.Append(buf, "k", msgp.Header{}, v); err != nil {
			t.Fatal(err)
		}
	}))
}
