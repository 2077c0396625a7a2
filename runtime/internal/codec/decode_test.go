package codec_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/msgp"
)

// taken appends v, and decodes it for one who owns the payload or does not.
func taken[V any](t *testing.T, v V, owned bool) (got V, envelope []byte) {
	t.Helper()
	typ, err := codec.For[V]()
	require.NoError(t, err)
	b, err := typ.Append(nil, "k", msgp.Header{}, v)
	require.NoError(t, err)
	h, payload, err := msgp.Open(b, "k")
	require.NoError(t, err)
	decode := typ.Decode
	if owned {
		decode = typ.DecodeOwned
	}
	x, err := decode(h, payload)
	require.NoError(t, err)
	require.Equal(t, any(v), x)
	return x.(V), b
}

// TestRawValues: strings and byte slices are stored as they are, and are parts of the envelope for
// whoever owns it, and only for them.
func TestRawValues(t *testing.T) {
	for _, owned := range []bool{true, false} {
		for _, s := range []string{"", "text", "\x00\xff"} {
			taken(t, s, owned)
			taken(t, []byte(s), owned)
		}
		taken(t, []byte(nil), owned)
		type name string
		taken(t, name("named"), owned)

		got, envelope := taken(t, []byte("text"), owned)
		text, other := taken(t, "text", owned)
		envelope[len(envelope)-1], other[len(other)-1] = 'T', 'T'
		require.Equal(t, owned, string(got) == "texT")
		require.Equal(t, owned, text == "texT")
	}
}

func TestRawValuesOfAnotherEncodingAreErrors(t *testing.T) {
	typ, err := codec.For[string]()
	require.NoError(t, err)
	h := msgp.Header{Type: []byte("string"), Fingerprint: typ.Fingerprint(), Encoding: msgp.EncodingBytes}
	_, err = typ.DecodeOwned(h, []byte("text"))
	require.Error(t, err)
}
