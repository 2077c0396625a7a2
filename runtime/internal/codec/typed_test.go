package codec_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/msgp"
)

// both gives v to the typed functions and to the methods, which have to agree.
func both[V any](t *testing.T, v V, owned bool) (got V, envelope []byte) {
	t.Helper()
	typ, err := codec.For[V]()
	require.NoError(t, err)
	b, err := codec.Append(typ, 0, "k", msgp.Header{}, v)
	require.NoError(t, err)
	slow, err := typ.Append(nil, "k", msgp.Header{}, v)
	require.NoError(t, err)
	require.Equal(t, slow, b)
	h, payload, err := msgp.Open(b, "k")
	require.NoError(t, err)
	got, err = codec.Decode[V](typ, h, payload, owned)
	require.NoError(t, err)
	require.Equal(t, v, got)
	x, err := typ.Decode(h, payload)
	require.NoError(t, err)
	require.Equal(t, any(v), x)
	return got, b
}

// TestRawValues: strings and byte slices are stored as they are, and are parts of the envelope for
// whoever owns it, and only for them.
func TestRawValues(t *testing.T) {
	for _, owned := range []bool{true, false} {
		for _, s := range []string{"", "text", "\x00\xff"} {
			both(t, s, owned)
			both(t, []byte(s), owned)
		}
		both(t, []byte(nil), owned)
		type name string
		both(t, name("named"), owned)

		got, envelope := both(t, []byte("text"), owned)
		text, other := both(t, "text", owned)
		envelope[len(envelope)-1], other[len(other)-1] = 'T', 'T'
		require.Equal(t, owned, string(got) == "texT")
		require.Equal(t, owned, text == "texT")
	}
}

func TestRawValuesOfAnotherEncodingAreErrors(t *testing.T) {
	typ, err := codec.For[string]()
	require.NoError(t, err)
	h := msgp.Header{Type: []byte("string"), Fingerprint: typ.Fingerprint(), Encoding: msgp.EncodingBytes}
	_, err = codec.Decode[string](typ, h, []byte("text"), true)
	require.Error(t, err)
}
