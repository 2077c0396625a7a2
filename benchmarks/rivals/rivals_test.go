package rivals

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/benchmarks/payload"
	"github.com/cachegen/cachegen/internal/redistest"
)

func TestMemory(t *testing.T) {
	for _, r := range Shared() {
		t.Run("shared/"+r.Name, func(t *testing.T) {
			l := new(Loader)
			get := r.Open(t, l.Load)
			testHits(t, get, l)
			require.Same(t, user(t, get, 7), user(t, get, 7))
		})
	}
	for _, r := range Copying() {
		t.Run("copying/"+r.Name, func(t *testing.T) {
			l := new(Loader)
			get := r.Open(t, l.Load)
			testHits(t, get, l)
			testCopies(t, get)
		})
	}
}

func TestRedis(t *testing.T) {
	server := redistest.Start(t)
	for i, r := range OnRedis() {
		t.Run(r.Name, func(t *testing.T) {
			l := new(Loader)
			get := r.Open(t, Address{server, i}, l.Load)
			testHits(t, get, l)
			testCopies(t, get)
		})
	}
}

// testHits holds a cache to what it is measured for: the right values, and from the cache.
func testHits(t *testing.T, get Get, l *Loader) {
	const users = 100
	Warm(t, get, l, users)
	warm := l.Calls()
	require.GreaterOrEqual(t, warm, int64(users))
	for id := range int64(users) {
		require.Equal(t, payload.NewUser(id), user(t, get, id))
	}
	require.Equal(t, warm, l.Calls(), "loads after all values were stored")
	require.Equal(t, payload.NewUser(users), user(t, get, users))
	require.Equal(t, warm+1, l.Calls(), "loads of a value that was not")
}

// testCopies changes what a hit returned, all the way down, and looks at the next hit.
func testCopies(t *testing.T, get Get) {
	first := user(t, get, 7)
	first.Name, first.Roles[0], first.Prefs["pref0"], first.Address.City = "x", "x", "x", "x"
	require.Equal(t, payload.NewUser(7), user(t, get, 7))
}

func user(t *testing.T, get Get, id int64) *payload.User {
	u, err := get(t.Context(), id)
	require.NoError(t, err)
	return u
}

// TestErrors: what a loader reports reaches the caller, also through adapters that load by themselves.
func TestErrors(t *testing.T) {
	fail := func(context.Context, int64) (*payload.User, error) { return nil, errNotRead }
	for _, r := range append(Shared(), Copying()...) {
		_, err := r.Open(t, fail)(t.Context(), 1)
		require.ErrorIs(t, err, errNotRead, r.Name)
	}
	server := redistest.Start(t)
	for i, r := range OnRedis() {
		_, err := r.Open(t, Address{server, i}, fail)(t.Context(), 1)
		require.ErrorIs(t, err, errNotRead, r.Name)
	}
}

func TestMany(t *testing.T) {
	stored := map[int64]*payload.User{3: payload.NewUser(3), 8: payload.NewUser(8)}
	server := redistest.Start(t)
	for i, r := range ManyOnRedis() {
		t.Run(r.Name, func(t *testing.T) {
			get := r.Open(t, Address{server, i}, []*payload.User{stored[3], stored[8]})
			found, err := get(t.Context(), []int64{8, 5, 3})
			require.NoError(t, err)
			require.Equal(t, stored, found)
		})
	}
}

func TestCodecs(t *testing.T) {
	testCodecs(t, Users(t), payload.NewUser(SampleID))
	testCodecs(t, Products(t), payload.NewProduct(SampleID))
	testCodecs(t, Feeds(t), payload.NewFeed(SampleID))
	testCodecs(t, Blobs(t), payload.NewBlob(SampleID))
}

func testCodecs[T any](t *testing.T, codecs []Codec[T], v T) {
	for _, c := range codecs {
		for range 2 { // the second time with what pools kept
			b, err := c.Encode(make([]byte, 10, 1000), v)
			require.NoError(t, err, c.Name)
			got, err := c.Decode(b)
			require.NoError(t, err, c.Name)
			require.Equal(t, canonical(t, v), canonical(t, got), c.Name)
		}
	}
}

// canonical is equal for equal values. It holds instants without their zones, in which codecs differ.
func canonical(t *testing.T, v any) []byte {
	var b bytes.Buffer
	e := msgpack.NewEncoder(&b)
	e.SetSortMapKeys(true)
	require.NoError(t, e.Encode(v))
	return b.Bytes()
}
