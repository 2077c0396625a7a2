//lint:file-ignore U1000 reflection reads the fields that nothing else does

package codec_test

import (
	"errors"
	"math/big"
	"net/netip"
	"net/url"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// The types of the catalogue: whatever users may put into a cache. Those that snapshots use cannot
// change any more.
type (
	Level  int8
	Names  []string
	Digest [4]byte
	Extra  map[string]any
	Loose  any
	Ref    *Line

	Kinds struct {
		Bool  bool
		Int   int
		Int8  int8
		Int16 int16
		Int32 int32
		Int64 int64
		Uint  uint
		U8    uint8
		U16   uint16
		U32   uint32
		U64   uint64
		F32   float32
		F64   float64
		Text  string
		Data  []byte
		Level Level
		Took  time.Duration
		At    time.Time
	}

	Base struct {
		ID      int64
		Created time.Time
	}

	inner struct{ Hidden string }

	Order struct {
		Base
		inner
		Lines   []Line
		ByName  map[string]Line
		ByID    map[int64]*Line
		Matrix  [2][3]int
		Hash    Digest
		Parent  *Order
		Names   Names
		Counts  map[Level]uint16
		Flags   map[string]bool
		Labels  map[string]string
		Anon    struct{ X, Y float64 }
		Addr    netip.Addr
		Total   big.Int
		Price   *big.Int
		Site    *url.URL
		Raw     msgpack.RawMessage
		Skipped func() `msgpack:"-"`
		Renamed int    `msgpack:"n"`
		Maybe   string `msgpack:",omitempty"`
		private int
	}

	Line struct {
		SKU   string
		Count int
		Notes []string `msgpack:"notes,omitempty"`
	}

	Tuple struct {
		_msgpack struct{} `msgpack:",as_array"`
		A        int
		B        string
	}

	Node struct {
		Value int
		Next  *Node
		Kids  []Node
		Named map[string]*Node
	}

	Pair[A, B any] struct {
		First  A
		Second B
	}

	// Outer has fields of an embedded struct's embedded struct.
	Outer struct {
		Middle
		Last int
	}

	Middle struct {
		Base
		N int `msgpack:",alias:number"`
	}

	// Sparse leaves everything empty out.
	Sparse struct {
		_msgpack struct{} `msgpack:",omitempty"`
		A        int
		B        *Base
		C        [2]int
		At       time.Time
	}

	// Shadowed has a field of the name of an embedded one, which comes after it.
	Shadowed struct {
		ID   string
		Base `msgpack:"base"`
	}

	// Nested keeps the pointer that it embeds as a field of its own.
	Nested struct {
		*Base `msgpack:",noinline"`
		Z     int
	}

	// Stamp has one embedded field, whose methods it may as well use.
	Stamp struct{ time.Time }

	// Custom writes itself.
	Custom struct{ secret string }

	// Fragile fails, or panics, as its text says.
	Fragile struct{ text string }
)

func (c Custom) EncodeMsgpack(e *msgpack.Encoder) error { return e.EncodeString(c.secret) }

func (c *Custom) DecodeMsgpack(d *msgpack.Decoder) (err error) {
	c.secret, err = d.DecodeString()
	return err
}

var errFragile = errors.New("fragile")

func (f Fragile) MarshalBinary() ([]byte, error) {
	switch f.text {
	case "error":
		return nil, errFragile
	case "panic":
		panic(errFragile)
	}
	return []byte(f.text), nil
}

func (f *Fragile) UnmarshalBinary(b []byte) error {
	if f.text = string(b); f.text == "break" {
		panic("broken")
	}
	return nil
}

// catalogue holds values of types that can be stored, each to come back as it is.
func catalogue() []any {
	at := time.Unix(1_700_000_000, 123_456_789)
	kinds := Kinds{true, -5, -8, -16, -32, 1 << 60, 5, 8, 16, 32, 1 << 63, 0.5, -0.25, "text", []byte{1}, 3, time.Minute, at}
	line := Line{"sku", 2, []string{"a", "b"}}
	order := Order{
		Base: Base{7, at}, inner: inner{"x"}, Lines: []Line{line, {}}, ByName: map[string]Line{"a": line},
		ByID: map[int64]*Line{-1: &line, 2: nil}, Matrix: [2][3]int{{1, 2, 3}, {4, 5, 6}}, Hash: Digest{1, 2, 3, 4},
		Parent: &Order{Maybe: "set"}, Names: Names{"n"}, Counts: map[Level]uint16{-1: 9}, Flags: map[string]bool{"t": true},
		Labels: map[string]string{"k": "v"}, Addr: netip.MustParseAddr("::1"), Total: *big.NewInt(1 << 40),
		Price: big.NewInt(-3), Site: &url.URL{Scheme: "https", Host: "example.com"}, Raw: msgpack.RawMessage{0x01}, Renamed: 4,
	}
	return []any{
		true, -1, int8(-128), int16(5), int32(5), int64(1) << 62, uint(7), uint8(255), uint16(5), uint32(5), uint64(1<<64 - 1),
		float32(1.5), 2.5, "", "text\xff", []byte{}, []byte("bytes"), []byte(nil), Level(-3), time.Hour,
		at, time.Time{}, &at, (*time.Time)(nil),
		kinds, &kinds, (*Kinds)(nil), Kinds{}, order, &order, []Order{order}, map[string]*Order{"a": &order, "b": nil},
		Names{"a"}, Names(nil), []string{}, []string(nil), Digest{9}, &Digest{9}, [3]bool{true}, [0]int{},
		map[string]string{}, map[string]string(nil), map[string]string{"b": "1", "a": "2"}, map[int]Line{1: line}, map[Digest]int{{1}: 2},
		map[string]any{"a": []int{1}, "b": nil}, map[string]any(nil), []any{1, uint8(2)}, Extra{"x": time.Second},
		[]map[string]any{{"a": 1}}, map[string][]any{"a": {nil}},
		Tuple{A: 1, B: "x"}, &Tuple{}, Node{Value: 1, Next: &Node{Value: 2}, Kids: []Node{{Value: 3}}, Named: map[string]*Node{"n": nil}},
		Pair[int, *Line]{1, &line}, Pair[string, []Pair[int, bool]]{"x", []Pair[int, bool]{{1, true}}},
		Outer{Middle{Base{1, at}, 2}, 3}, Sparse{}, Sparse{A: 1, B: &Base{}, At: at},
		Shadowed{ID: "outer", Base: Base{ID: 5}}, Nested{Z: 1}, Nested{Base: &Base{ID: 2}},
		Stamp{at.UTC()}, Custom{"own"}, &Custom{"own"}, []Custom{{"a"}, {"b"}}, map[string]Custom{"a": {"b"}}, Fragile{"fine"},
		netip.MustParseAddrPort("1.2.3.4:5"), big.NewInt(99), *big.NewInt(98), url.URL{Path: "/x"}, struct{ A, B int }{1, 2}, struct{}{},
		Ref(&line), Ref(nil), []*Line{nil, &line}, [][]string{{"a"}, nil, {}}, map[string][]byte{"a": nil, "b": {}, "c": {1}},
		map[time.Duration]string{time.Second: "s"}, map[netip.Addr]int{netip.MustParseAddr("1.1.1.1"): 1},
	}
}
