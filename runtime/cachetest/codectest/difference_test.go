package codectest

import (
	"math"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type optional struct {
	List []int      `msgpack:",omitempty"`
	At   *time.Time `msgpack:",omitempty"`
	Sub  sub        `msgpack:",omitempty"`
	Off  func()     `msgpack:"-"`
	priv int
}

type sub struct {
	N float64 `msgpack:",omitempty"`
}

func TestEqualValuesDoNotDiffer(t *testing.T) {
	at := time.Now()
	empty := []string(nil)
	for _, pair := range [][2]any{
		{at, at.UTC()},
		{math.NaN(), math.NaN()},
		{[]any{1, nil}, []any{1, nil}},
		{map[string][]int{"a": {}}, map[string][]int{"a": {}}},
		{&empty, (*[]string)(nil)},
		{optional{List: []int{}, At: new(time.Time), Sub: sub{math.Copysign(0, -1)}, Off: func() {}, priv: 1}, optional{}},
		{netip.MustParseAddr("::1"), netip.MustParseAddr("::1")},
	} {
		require.Empty(t, difference(pair[0], pair[1]))
	}
}

func TestDifferencesAreFound(t *testing.T) {
	type pair struct{ A, B any }
	for path, values := range map[string]pair{
		"value: ":            {1, 2},
		"value: 0 ":          {math.Copysign(0, -1), 0.0},
		"value: int8":        {int16(1), int8(1)},
		"value[1]: ":         {[]int{1, 2}, []int{1, 3}},
		"value: []int{}":     {[]int(nil), []int{}},
		`value["a"].N: `:     {map[string]sub{"a": {1}}, map[string]sub{"a": {2}}},
		`value["b"]: is mis`: {map[string]int{"b": 1}, map[string]int{"a": 1}},
		"value: map":         {map[string]int{"b": 1}, map[string]int{}},
		"value.List: ":       {optional{List: []int{1}}, optional{}},
		"value.F: ":          {struct{ F func() }{func() {}}, struct{ F func() }{}},
		"value.At: ":         {optional{At: new(time.Now())}, optional{}},
		"value.Sub.N: ":      {optional{Sub: sub{1}}, optional{}},
		"value: (*int)(nil)": {new(int), (*int)(nil)},
		"value: netip.Addr":  {netip.MustParseAddr("::1"), netip.MustParseAddr("::2")},
		"value: <invalid":    {[]any{1}[0], nil},
		"value: (*url.URL)":  {&url.URL{}, (*url.URL)(nil)},
	} {
		require.Contains(t, difference(values.A, values.B), path)
	}
}

// TestTheLibraryLosesNothing: it writes nil for a pointer to what marshals itself to nothing.
func TestTheLibraryLosesNothing(t *testing.T) {
	library := comparison{library: true}
	require.Empty(t, library.of([]*url.URL{{}}, []*url.URL{nil}))
	require.NotEmpty(t, library.of([]*url.URL{{Host: "a"}}, []*url.URL{nil}))
	require.NotEmpty(t, library.of([]*url.URL{nil}, []*url.URL{{}}))
	require.Empty(t, difference([]*absent{{}}, []*absent{nil}), "it says itself that it is nil")
}

// absent writes itself as nil.
type absent struct{}

func (*absent) MarshalMsgpack() ([]byte, error) { return []byte{0xC0}, nil }
func (*absent) UnmarshalMsgpack([]byte) error   { return nil }

func TestSharedMemoryIsFound(t *testing.T) {
	n, list, table := 1, []int{1}, map[string]*int{"a": new(int)}
	type holder struct {
		Ptr  *int
		List []int
		Any  any
		In   [1]struct{ Map map[string]*int }
	}
	require.Empty(t, sharedIn(holder{Ptr: new(int), List: []int{1}}, holder{Ptr: new(int), List: []int{1}}))
	require.Empty(t, sharedIn(struct{ P *struct{} }{&struct{}{}}, struct{ P *struct{} }{&struct{}{}}))
	require.Equal(t, "value.Ptr", sharedIn(holder{Ptr: &n}, holder{Ptr: &n}))
	require.Equal(t, "value.List", sharedIn(holder{List: list}, holder{List: list[:0]}))
	require.Equal(t, "value.Any", sharedIn(holder{List: list}, holder{Any: list}))
	var a, b holder
	a.In[0].Map, b.In[0].Map = table, map[string]*int{"b": table["a"]}
	require.Equal(t, "value.In[0].Map[b]", sharedIn(a, b))
	b.In[0].Map = table
	require.Contains(t, sharedIn(a, b), "value.In[0].Map")
}
