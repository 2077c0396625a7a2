package codec_test

import (
	"bytes"
	"reflect"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/msgp"
)

// hostile holds payloads that no encoder writes.
var hostile = [][]byte{
	{}, {0xC0}, {0xC1}, {0x00}, {0x80}, {0x90}, {0xA0}, {0xC4, 0}, {0xFF}, []byte("{}"),
	[]byte("="), []byte("=+1"), []byte("=1_0"), []byte("=99999999999999999999"),
	{0xDD, 0xFF, 0xFF, 0xFF, 0xFF}, {0xDF, 0xFF, 0xFF, 0xFF, 0xFF}, {0xDC, 0x03, 0xE8}, // lengths without end
	{0xDB, 0xFF, 0xFF, 0xFF, 0xFF}, {0xC6, 0xFF, 0xFF, 0xFF, 0xFF}, {0xC9, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
	{0x91, 0xDD, 0xFF, 0xFF, 0xFF, 0xFF}, {0x81, 0xA0, 0xDF, 0xFF, 0xFF, 0xFF, 0xFF},
	{0xD4, 0x80, 0x00}, {0xC7, 0, 0xFF}, // an interned string, an empty timestamp
	bytes.Repeat([]byte{0x91}, 1<<17), bytes.Repeat([]byte{0x81}, 1<<17), bytes.Repeat([]byte("\x82\xA4Next"), 1<<13), // nested without end
	arrayOf(0x80, 1<<16), arrayOf(0x90, 1<<16), arrayOf(0xC0, 1<<16), arrayOf(0x01, 1<<16), mapOf(0x01, 1<<15), // many of the smallest
}

func arrayOf(code byte, n int) []byte {
	return append(msgp.AppendArrayHeader(nil, n), bytes.Repeat([]byte{code}, n)...)
}

func mapOf(code byte, n int) []byte {
	return append(msgp.AppendMapHeader(nil, n), bytes.Repeat([]byte{code}, 2*n)...)
}

// TestHostilePayloads feeds every type what no encoder writes, and what another type's encoder did,
// under a header that says that all is well.
func TestHostilePayloads(t *testing.T) {
	payloads := hostile
	for _, v := range catalogue() {
		_, payload, err := msgp.Open(encode(t, typeOf(t, v), v), "k")
		require.NoError(t, err)
		payloads = append(payloads, payload)
	}
	for _, v := range catalogue() {
		typ := typeOf(t, v)
		for _, p := range payloads {
			allocated := allocation(func() { decodeTrusted(typ, v, p) })
			require.LessOrEqual(t, allocated, uint64(64<<10+64*len(p)), "%T from %d bytes %.32x", v, len(p), p)
		}
	}
}

// TestFlippedPayloads feeds every type its own payload with one bit flipped or the end missing,
// past the checksum that would have caught it.
func TestFlippedPayloads(t *testing.T) {
	for _, v := range catalogue() {
		typ := typeOf(t, v)
		b := encode(t, typ, v)
		_, payload, err := msgp.Open(b, "k")
		require.NoError(t, err)
		for bit := range len(payload) * 8 {
			payload[bit/8] ^= 1 << (bit % 8)
			_, _, err := msgp.Open(b, "k")
			require.Error(t, err, "%T: bit %d", v, bit)
			decodeTrusted(typ, v, payload)
			payload[bit/8] ^= 1 << (bit % 8)
		}
		for n := range payload {
			decodeTrusted(typ, v, payload[:n])
		}
	}
}

func TestIntegersAreNotWrapped(t *testing.T) {
	typ := typeOf(t, []int8{})
	h := msgp.Header{Type: []byte(typ.Name()), Fingerprint: typ.Fingerprint()}
	for _, payload := range [][]byte{{0x91, 0xCC, 0x80}, {0x91, 0xD1, 0xFF, 0x7F}, {0x91, 0xCF, 0, 0, 1, 0, 0, 0, 0, 0}} {
		_, err := typ.Decode(h, payload)
		require.ErrorIs(t, err, msgp.ErrType)
	}
	v, err := typ.Decode(h, []byte{0x91, 0xD0, 0x80})
	require.NoError(t, err)
	require.Equal(t, []int8{-128}, v)
}

func TestFieldsHaveToBeThere(t *testing.T) {
	typ := typeOf(t, Line{})
	h := msgp.Header{Type: []byte(typ.Name()), Fingerprint: typ.Fingerprint()}
	fields := func(names ...string) []byte {
		b := msgp.AppendMapHeader(nil, len(names))
		for _, n := range names {
			b = msgp.AppendString(b, n)
			switch n {
			case "Count":
				b = msgp.AppendInt(b, 1)
			case "notes":
				b = msgp.AppendNil(b)
			default:
				b = msgp.AppendString(b, "x")
			}
		}
		return b
	}
	for _, names := range [][]string{{"SKU", "Count"}, {"SKU", "Count", "notes"}} {
		_, err := typ.Decode(h, fields(names...))
		require.NoError(t, err, "%v", names)
	}
	for _, names := range [][]string{{}, {"SKU"}, {"Count"}, {"SKU", "Count", "more"}, {"SKU", "SKU", "Count"}, {"SKU", "Count", "notes", "notes"}} {
		_, err := typ.Decode(h, fields(names...))
		require.Error(t, err, "%v", names)
	}
}

// decodeTrusted decodes a payload under every encoding that a header may name.
func decodeTrusted(typ *codec.Type, v any, payload []byte) {
	h := msgp.Header{Type: []byte(typ.Name()), Fingerprint: typ.Fingerprint()}
	for e := msgp.EncodingMsgpack; e <= msgp.EncodingNumber; e++ {
		h.Encoding = e
		if got, err := typ.Decode(h, payload); err == nil && reflect.TypeOf(got) != reflect.TypeOf(v) {
			panic("decoded another type")
		}
	}
}

// allocation returns how many bytes f allocates.
func allocation(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzDecode(f *testing.F) {
	values := catalogue()
	for i, v := range values {
		_, payload, err := msgp.Open(encode(f, typeOf(f, v), v), "k")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), payload)
	}
	f.Fuzz(func(t *testing.T, i uint8, payload []byte) {
		v := values[int(i)%len(values)]
		typ := typeOf(t, v)
		decodeTrusted(typ, v, payload)
		h := msgp.Header{Type: []byte(typ.Name()), Fingerprint: typ.Fingerprint()}
		got, err := typ.Decode(h, payload)
		if _, fails := v.(Fragile); err != nil || fails {
			return
		}
		require.IsType(t, got, decode(t, typ, encode(t, typ, got)), "what was read can be written and read")
	})
}
