package hand

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// codec is one of the codecs written by hand, with values that it has to carry.
type codec[T any] struct {
	append func([]byte, T) []byte
	decode func([]byte) (T, error)
	values []T
}

var (
	userCodec = codec[*payload.User]{AppendUser, DecodeUser, []*payload.User{
		payload.NewUser(0), payload.NewUser(42), {}, {
			ID: -1, Name: string(make([]byte, 40)), Email: string(make([]byte, 300)),
			Created: time.Unix(1_700_000_000, 0), Roles: make([]string, 20), Prefs: map[string]string{"a": "b"},
		},
		{Name: string(make([]byte, 70_000)), Created: time.Unix(-1, 5), Roles: []string{}, Prefs: map[string]string{}},
	}}
	productCodec = codec[*payload.Product]{AppendProduct, DecodeProduct, []*payload.Product{
		payload.NewProduct(0), payload.NewProduct(42), {}, {Stock: -1, Rating: -0.5, Variants: make([]payload.Variant, 20)},
	}}
	feedCodec = codec[payload.Feed]{AppendFeed, DecodeFeed, []payload.Feed{payload.NewFeed(0), payload.NewFeed(42), {}}}
	blobCodec = codec[[]byte]{AppendBlob, DecodeBlob, [][]byte{
		payload.NewBlob(0), payload.NewBlob(42), {}, make([]byte, 300), make([]byte, 70_000),
	}}
)

// TestHandCodecs compares the codecs written by hand with vmihailenco/msgpack, in both directions.
func TestHandCodecs(t *testing.T) {
	t.Run("User", func(t *testing.T) { agree(t, userCodec) })
	t.Run("Product", func(t *testing.T) { agree(t, productCodec) })
	t.Run("Feed", func(t *testing.T) { agree(t, feedCodec) })
	t.Run("Blob", func(t *testing.T) { agree(t, blobCodec) })
}

func agree[T any](t *testing.T, c codec[T]) {
	for _, v := range c.values {
		b := c.append([]byte("before"), v)[len("before"):]
		var theirs T
		require.NoError(t, msgpack.Unmarshal(b, &theirs))
		ours, err := c.decode(b)
		require.NoError(t, err)
		require.Equal(t, theirs, ours)

		b, err = msgpack.Marshal(v)
		require.NoError(t, err)
		ours, err = c.decode(b)
		require.NoError(t, err)
		require.Equal(t, theirs, ours)
	}
}

// TestHandBytes compares the bytes themselves, where the order of a map leaves no choice.
func TestHandBytes(t *testing.T) {
	user := payload.NewUser(42)
	user.Prefs = map[string]string{"only": "one"}
	require.Equal(t, marshal(t, user), AppendUser(nil, user))
	require.Equal(t, marshal(t, payload.NewProduct(42)), AppendProduct(nil, payload.NewProduct(42)))
	require.Equal(t, marshal(t, payload.NewFeed(42)), AppendFeed(nil, payload.NewFeed(42)))
	require.Equal(t, marshal(t, payload.NewBlob(42)), AppendBlob(nil, payload.NewBlob(42)))
}

func marshal(t *testing.T, v any) []byte {
	b, err := msgpack.Marshal(v)
	require.NoError(t, err)
	return b
}

// TestHandDecodesCompactNumbers reads the short forms, which others write.
func TestHandDecodesCompactNumbers(t *testing.T) {
	for _, cents := range []int64{0, 127, 200, 60_000, 1 << 20, 1 << 40, -32, -33, -128, -129, -40_000, -1 << 40} {
		var b bytes.Buffer
		e := msgpack.NewEncoder(&b)
		e.UseCompactInts(true)
		require.NoError(t, e.Encode(&payload.Product{Cents: cents}))
		p, err := DecodeProduct(b.Bytes())
		require.NoError(t, err)
		require.Equal(t, cents, p.Cents)
	}
}

// TestHandRefusesDamage cuts encodings short and breaks each of their bytes: a codec that does not
// look where it reads would be no floor to compare with.
func TestHandRefusesDamage(t *testing.T) {
	t.Run("User", func(t *testing.T) { damage(t, userCodec) })
	t.Run("Product", func(t *testing.T) { damage(t, productCodec) })
	t.Run("Feed", func(t *testing.T) { damage(t, feedCodec) })
	t.Run("Blob", func(t *testing.T) { damage(t, blobCodec) })
}

func damage[T any](t *testing.T, c codec[T]) {
	whole := c.append(nil, c.values[1])
	for i := range whole {
		_, err := c.decode(whole[:i])
		require.Error(t, err, "the first %d bytes", i)
		broken := bytes.Clone(whole)
		broken[i] ^= 0xff
		_, _ = c.decode(broken) // may succeed, must not panic
	}
	_, err := c.decode(append(whole, 0))
	require.Error(t, err, "a byte too many")
}
