//lint:file-ignore U1000 reflection reads the fields that nothing else does

package codec_test

import (
	"math"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/msgp"
)

type (
	// Quiet is a list that marshals itself to nothing when it is empty.
	Quiet []byte

	// Empties has in each place what marshals itself to nothing.
	Empties struct {
		Value   url.URL
		Pointer *url.URL
		None    *url.URL
		List    []*url.URL
		Array   [2]*url.URL
		ByName  map[string]*url.URL
		ByTime  map[time.Time]*url.URL
		ByFloat map[float64][]*url.URL
		Quiet   Quiet
		Silent  Quiet
		Quiets  map[netip.Addr]Quiet
		Maybe   *url.URL `msgpack:",omitempty"`
		Absent  string   `msgpack:",omitempty"`
		Within  EmptyPair
		Before  string
		Last    *url.URL
	}

	EmptyPair struct {
		_msgpack struct{} `msgpack:",as_array"`
		A, B     *url.URL
	}
)

func (q Quiet) MarshalText() ([]byte, error) { return append([]byte(nil), q...), nil }

func (q *Quiet) UnmarshalText(b []byte) error { *q = append(Quiet{}, b...); return nil }

func empties() *Empties {
	full := &url.URL{Host: "example.com"}
	return &Empties{
		Pointer: &url.URL{}, List: []*url.URL{nil, {}, full}, Array: [2]*url.URL{{}, nil},
		ByName: map[string]*url.URL{"a": {}, "b": nil, "c": full, "d": {}},
		ByTime: map[time.Time]*url.URL{time.Unix(5, 0): {}, time.Unix(6, 0): nil}, ByFloat: map[float64][]*url.URL{1: {{}}, math.Inf(1): nil},
		Quiet: Quiet{}, Quiets: map[netip.Addr]Quiet{{}: {}, netip.IPv4Unspecified(): nil}, Maybe: &url.URL{},
		Within: EmptyPair{B: &url.URL{}}, Before: "\xc0", Last: &url.URL{},
	}
}

func TestNothingIsNotNil(t *testing.T) {
	for name, v := range map[string]any{
		"struct": *empties(), "pointer": empties(), "root": &url.URL{}, "nil": (*url.URL)(nil), "value": url.URL{},
		"list": []*url.URL{{}, nil}, "map": map[string]*url.URL{"a": {}, "b": nil}, "quiet": map[string]Quiet{"a": {}, "b": nil},
		"none at all": Empties{},
	} {
		t.Run(name, func(t *testing.T) {
			typ := typeOf(t, v)
			require.Equal(t, v, decode(t, typ, encode(t, typ, v)))
		})
	}
	typ := typeOf(t, Empties{})
	_, payload, err := msgp.Open(encode(t, typ, *empties()), "k")
	require.NoError(t, err)
	var back Empties
	require.NoError(t, msgpack.Unmarshal(payload, &back))
	require.Equal(t, *empties(), back, "the library reads it too")
}

// TestBytesStayThoseOfTheLibrary: only what would be lost is written otherwise.
func TestBytesStayThoseOfTheLibrary(t *testing.T) {
	full := &url.URL{Host: "example.com"}
	for _, v := range []any{&Empties{Pointer: full, List: []*url.URL{full, nil}, Quiet: Quiet("q")}, []*url.URL{nil, full}, []url.URL{{}}} {
		want, err := msgpack.Marshal(v)
		require.NoError(t, err)
		_, payload, err := msgp.Open(encode(t, typeOf(t, v), v), "k")
		require.NoError(t, err)
		require.Equal(t, want, payload)
	}
}

// TestWhatIsThereStays: an envelope is appended, whatever becomes of its bytes.
func TestWhatIsThereStays(t *testing.T) {
	typ, err := codec.For[*url.URL]()
	require.NoError(t, err)
	b, err := typ.Append([]byte("\xc0before"), "k", msgp.Header{}, &url.URL{})
	require.NoError(t, err)
	require.Equal(t, "\xc0before", string(b[:7]))
	require.Equal(t, &url.URL{}, decode(t, typ, b[7:]))
}
