//lint:file-ignore U1000 reflection reads the fields that nothing else does

package codec_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/msgp"
)

const here = "github.com/cachegen/cachegen/runtime/internal/codec_test."

func TestNames(t *testing.T) {
	for want, v := range map[string]any{
		"int64": int64(0), "string": "", "[]uint8": []byte(nil), "bool": false, "time.Time": time.Time{}, "time.Duration": time.Hour,
		here + "Order": Order{}, "*" + here + "Order": &Order{}, "[]*" + here + "Line": []*Line(nil), "[4]int": [4]int{},
		"map[string]" + here + "Line": map[string]Line(nil), "map[string]any": map[string]any(nil), here + "Extra": Extra(nil), "[]any": []any(nil),
		here + "Pair[int,*" + here + "Line]": Pair[int, *Line]{},
		"struct{A int; B []" + here + "Line}": struct {
			A int
			B []Line
		}{},
		"net/netip.Addr": netip.Addr{},
		"map[" + here + "Digest]map[string]string": map[Digest]map[string]string(nil),
	} {
		require.Equal(t, want, typeOf(t, v).Name())
	}
	typ, err := codec.For[any]()
	require.NoError(t, err)
	require.Equal(t, "any", typ.Name())
}

func TestForReturnsOneType(t *testing.T) {
	var wg sync.WaitGroup
	got := make([]*codec.Type, 8)
	type Fresh struct{ X map[string]Order }
	for i := range got {
		wg.Go(func() { got[i], _ = codec.For[Fresh]() })
	}
	wg.Wait()
	for _, typ := range got {
		require.Same(t, got[0], typ)
	}
}

// Shapes that differ from the first in one thing each.
func TestFingerprintsTellShapesApart(t *testing.T) {
	seen := map[uint64]reflect.Type{}
	for _, v := range []any{
		struct{ A int }{}, struct{ B int }{}, struct{ A int8 }{}, struct{ A *int }{}, struct{ A []int }{}, struct{ A [1]int }{}, struct{ A [2]int }{},
		struct{ A, B int }{}, struct{ B, A int }{},
		struct {
			A int `msgpack:"c"`
		}{},
		struct {
			A int `msgpack:",omitempty"`
		}{},
		struct {
			_msgpack struct{} `msgpack:",as_array"`
			A        int
		}{},
		struct{ A map[string]int }{}, struct{ A map[int]string }{}, struct{ A struct{ A int } }{}, struct{ A Line }{}, struct{ A Custom }{},
		struct{ A Fragile }{}, struct{ A time.Time }{}, struct{ A string }{}, struct{ A []byte }{}, struct{ A [4]byte }{}, struct{ A big.Int }{},
		int(0), int8(0), uint(0), "", []byte{}, []string{}, []any{}, true, 1.5, float32(1.5), &Line{}, Line{}, Node{}, []Node{},
	} {
		typ := typeOf(t, v)
		other, taken := seen[typ.Fingerprint()]
		require.False(t, taken, "%v and %T", other, v)
		seen[typ.Fingerprint()] = reflect.TypeOf(v)
	}
}

// Generated codecs store more than reflection can; two shapes are told apart all the same.
func TestFingerprintsOfGeneratedCodecs(t *testing.T) {
	type before struct {
		A, B string
		C    any
	}
	type after struct {
		B, A string
		C    any
	}
	type other struct {
		A, B string
		C    fmt.Stringer
	}
	codec.Emit(codec.Codec[before]{})
	codec.Emit(codec.Codec[after]{})
	codec.Emit(codec.Codec[other]{})
	first, second, third := typeOf(t, before{}), typeOf(t, after{}), typeOf(t, other{})
	require.NotEqual(t, first.Fingerprint(), second.Fingerprint())
	require.NotEqual(t, first.Fingerprint(), third.Fingerprint())
}

func TestFingerprintsDependOnShapeAlone(t *testing.T) {
	type A struct {
		X int
		y int
		Z func() `msgpack:"-"`
	}
	type B struct{ X int }
	type C struct {
		Renamed int `msgpack:"X"`
	}
	want := typeOf(t, A{}).Fingerprint()
	require.Equal(t, want, typeOf(t, B{}).Fingerprint())
	require.Equal(t, want, typeOf(t, C{}).Fingerprint())
}

func TestVersionsKeepApart(t *testing.T) {
	typ := typeOf(t, Line{})
	require.Same(t, typ, typ.WithVersion(""))
	second := typ.WithVersion("2")
	require.NotEqual(t, typ.Fingerprint(), second.Fingerprint())
	require.NotEqual(t, second.Fingerprint(), typ.WithVersion("3").Fingerprint())
	require.Equal(t, second.Fingerprint(), typ.WithVersion("2").Fingerprint())
	require.Equal(t, typ.Name(), second.Name())
	require.Equal(t, Line{SKU: "x"}, decode(t, second, encode(t, second, Line{SKU: "x"})))
}

func TestFlat(t *testing.T) {
	for _, v := range []any{1, "x", time.Time{}, Kinds{}.Text, Base{}, Digest{}, [2]Base{}, struct{ At time.Time }{}, [0]*int{}} {
		require.True(t, typeOf(t, v).Flat(), "%T", v)
	}
	for _, v := range []any{&Base{}, Kinds{}, []int{}, map[string]int{}, Order{}, netip.Addr{}, [1]*int{}, Node{}} {
		require.False(t, typeOf(t, v).Flat(), "%T", v)
	}
}

func TestNamesOfGeneratedCodecsTravelAsDigests(t *testing.T) {
	typ := typeOf(t, ticket{})
	h, payload, err := msgp.Open(encode(t, typ, ticket{7, "window"}), "k")
	require.NoError(t, err)
	require.True(t, h.TypeDigest)
	require.Equal(t, binary.BigEndian.AppendUint64(nil, msgp.Digest(typ.Name())), h.Type)
	require.Equal(t, typ.Name(), codec.NameIn(h))
	found, ok := codec.ByHeader(h)
	require.True(t, ok)
	require.Same(t, typ, found)

	var mismatch *codec.MismatchError
	_, err = typeOf(t, Line{}).Decode(h, payload)
	require.ErrorAs(t, err, &mismatch)
	require.Equal(t, typ.Name(), mismatch.Got)

	h.Type, h.TypeDigest = []byte(typ.Name()), false // as one writes that has no generated codec
	v, err := typ.Decode(h, payload)
	require.NoError(t, err)
	require.Equal(t, ticket{7, "window"}, v)

	h.Type, h.TypeDigest = []byte("8 bytes."), true
	_, ok = codec.ByHeader(h)
	require.False(t, ok)
	_, err = typ.Decode(h, payload)
	require.EqualError(t, err, "cachegen/codec: the value is of type (unknown here, digest 382062797465732e), not "+typ.Name()+"; use one type for each key")
}

func TestRegistry(t *testing.T) {
	for _, name := range []string{"int", "int64", "uint8", "float64", "string", "[]uint8", "time.Time", "time.Duration", "map[string]any", "[]string", "any"} {
		typ, ok := codec.ByName(name)
		require.True(t, ok, name)
		require.Equal(t, name, typ.Name())
	}
	typ := typeOf(t, Pair[Level, Names]{})
	_, ok := codec.ByName(typ.Name())
	require.False(t, ok)
	codec.Register(typ)
	got, ok := codec.ByName(typ.Name())
	require.True(t, ok)
	require.Same(t, typ, got)
}

// Types that do not come back as they were, and what is said of them.
type (
	onlyText     struct{ x int }
	mixed        struct{ X int }
	viaPointer   struct{ x int }
	opaqueState  struct{ x int }
	hidden       int
	withPromoted struct {
		time.Time
		Note string
	}
	withEmbeddedPointer struct {
		*Base
		Z int
	}
	withTwoNames struct {
		Base
		ID int
	}
	withHidden struct {
		hidden
		X int
	}
	Same       struct{ Same string }
	withItself struct{ Same }
	withInline struct {
		ID   int
		Base `msgpack:",inline"`
	}
	withTaken struct {
		X int `msgpack:"Base"`
		Base
	}
	withEndless *withEndless
)

func (onlyText) MarshalText() ([]byte, error)            { return nil, nil }
func (mixed) MarshalBinary() ([]byte, error)             { return nil, nil }
func (*mixed) UnmarshalBinary([]byte) error              { return nil }
func (*mixed) EncodeMsgpack(*msgpack.Encoder) error      { return nil }
func (*viaPointer) EncodeMsgpack(*msgpack.Encoder) error { return nil }
func (*viaPointer) DecodeMsgpack(*msgpack.Decoder) error { return nil }

func TestTypesThatCannotBeStoredAreRefusedWithThePath(t *testing.T) {
	type Hooks struct{ OnX func(int) }
	type Deep struct {
		Lines []struct{ Hooks map[string]Hooks }
	}
	for _, c := range []struct {
		typ                reflect.Type
		path, part, reason string
	}{
		{reflect.TypeFor[chan int](), "", "chan int", "no meaning outside"},
		{reflect.TypeFor[func()](), "", "func()", "no meaning outside"},
		{reflect.TypeFor[unsafe.Pointer](), "", "unsafe.Pointer", "no meaning outside"},
		{reflect.TypeFor[uintptr](), "", "uintptr", "no meaning outside"},
		{reflect.TypeFor[[]complex128](), "[]", "complex128", "complex"},
		{reflect.TypeFor[error](), "", "error", "use a concrete type"},
		{reflect.TypeFor[*any](), "", "interface {}", "use a concrete type"},
		{reflect.TypeFor[Deep](), "Deep.Lines[].Hooks[].OnX", "func(int)", "tag the field `msgpack:\"-\"`"},
		{reflect.TypeFor[struct{ Meta map[string]any }](), "struct.Meta[]", "interface {}", "use a concrete type"},
		{reflect.TypeFor[[]Extra](), "[][]", "interface {}", "use a concrete type"},
		{reflect.TypeFor[struct{ Ctx context.Context }](), "struct.Ctx", "context.Context", "use a concrete type"},
		{reflect.TypeFor[struct{ Mu sync.Mutex }](), "struct.Mu", "sync.Mutex", "unexported fields only"},
		{reflect.TypeFor[[]opaqueState](), "[]", "codec_test.opaqueState", "unexported fields only"},
		{reflect.TypeFor[opaqueState](), "opaqueState", "codec_test.opaqueState", "unexported fields only"},
		{reflect.TypeFor[struct{ opaqueState }](), "struct.opaqueState", "codec_test.opaqueState", "unexported fields only"},
		{reflect.TypeFor[onlyText](), "onlyText", "codec_test.onlyText", "MarshalText but UnmarshalText is missing"},
		{reflect.TypeFor[mixed](), "mixed", "codec_test.mixed", "value receivers"},
		{reflect.TypeFor[map[string]viaPointer](), "[]", "codec_test.viaPointer", "map of pointers"},
		{reflect.TypeFor[map[string]big.Int](), "[]", "big.Int", "map of pointers"},
		{reflect.TypeFor[withPromoted](), "withPromoted", "codec_test.withPromoted", "MarshalBinary is promoted"},
		{reflect.TypeFor[withEmbeddedPointer](), "withEmbeddedPointer.Base", "*codec_test.Base", "noinline"},
		{reflect.TypeFor[withTwoNames](), "withTwoNames.ID", "int", "under the name ID"},
		{reflect.TypeFor[withItself](), "withItself.Same", "codec_test.Same", "under the name Same"},
		{reflect.TypeFor[withInline](), "withInline.Base", "codec_test.Base", "under the name ID"},
		{reflect.TypeFor[withTaken](), "withTaken.Base", "codec_test.Base", "under the name Base"},
		{reflect.TypeFor[withHidden](), "withHidden.hidden", "codec_test.hidden", "cannot be set"},
		{reflect.TypeFor[**int](), "", "**int", "pointer to a pointer"},
		{reflect.TypeFor[withEndless](), "", "codec_test.withEndless", "pointer to a pointer"},
		{reflect.TypeFor[map[*int]int](), "", "map[*int]int", "map key"},
		{reflect.TypeFor[map[any]int](), "", "map[interface {}]int", "map key"},
		{reflect.TypeFor[struct {
			S string `msgpack:",intern"`
		}](), "struct.S", "string", "interned"},
		{reflect.TypeFor[struct {
			S string `msgpack:"'a,b'"`
		}](), "struct.S", "string", "plain name"},
		{reflect.TypeFor[struct {
			A int `msgpack:"x"`
			B int `msgpack:"y,alias:x"`
		}](), "struct.B", "int", "under the name x"},
	} {
		_, err := codec.ForType(c.typ)
		var e *codec.UnsupportedError
		require.ErrorAs(t, err, &e, "%v", c.typ)
		require.Equal(t, c.path, e.Path, "%v", c.typ)
		require.Equal(t, c.part, e.Type, "%v", c.typ)
		require.ErrorContains(t, err, c.reason)
		require.ErrorContains(t, err, "cachegen/codec: ")
	}
}
