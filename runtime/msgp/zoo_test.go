package msgp_test

import (
	"bytes"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// model is a value with the code that is emitted for its type, behind one face.
type model struct {
	value any // a pointer
	ours  bool
	codec func(b []byte, v any) ([]byte, error)
	read  func(b []byte, owned bool) (any, error)
	clone func(v any) (any, error)
}

// modelOf makes a model of v. The library cannot read what is ours alone.
func modelOf[T any](v *T, appendTo func([]byte, *T, *msgp.Walk) []byte, read func(*msgp.Reader, *T), detach func(*T, *msgp.Walk)) model {
	return model{
		value: v,
		codec: func(b []byte, v any) ([]byte, error) {
			var w msgp.Walk
			b = appendTo(b, v.(*T), &w)
			return b, w.Err()
		},
		read: func(b []byte, owned bool) (any, error) {
			return msgp.Read(b, owned, func(r *msgp.Reader) *T {
				v := new(T)
				read(r, v)
				return v
			})
		},
		clone: func(v any) (any, error) {
			var w msgp.Walk
			c := *v.(*T)
			detach(&c, &w)
			return &c, w.Err()
		},
	}
}

func safe[T any](f func([]byte, *T) []byte) func([]byte, *T, *msgp.Walk) []byte {
	return func(b []byte, v *T, _ *msgp.Walk) []byte { return f(b, v) }
}

func simple[T any](f func(*T)) func(*T, *msgp.Walk) {
	return func(v *T, _ *msgp.Walk) { f(v) }
}

func flat[T any](*T, *msgp.Walk) {}

// zoo returns values of all the types, each at most with maps of one entry, so that its encoding is
// one.
func zoo() []model {
	small := kinds{
		true, -5, -8, -16, -32, 1 << 60, 5, 8, 16, 32, 1 << 63, 0.5, -0.25, "text", []byte{1}, blob{2}, []octet{3}, digest{1, 2, 3, 4}, -3,
		time.Minute, sampleTime, [2][3]int{{1, -1, 1000}, {math.MaxInt32, math.MinInt32, 0}},
	}
	extreme := kinds{
		I8: math.MinInt8, I16: math.MaxInt16, I32: math.MinInt32, I64: math.MinInt64, U8: 255, U16: 65535, U32: math.MaxUint32, U64: math.MaxUint64,
		F32: float32(math.Inf(-1)), F64: math.Copysign(0, -1), Data: []byte{}, Blob: blob{}, Oct: []octet{}, At: time.Unix(1<<36, 5),
	}
	b := base{7, sampleTime}
	u := sampleUser()
	u.Prefs = map[string]string{"theme": "dark"}
	deep := node{Value: 1, Next: &node{Value: 2}, Kids: []node{{Value: 3, Kids: []node{}}}, Named: map[string]*node{"n": nil}}
	list := []model{
		modelOf(u, safe(appendUser), readUser, simple(detachUser)),
		modelOf(&user{}, safe(appendUser), readUser, simple(detachUser)),
		modelOf(sampleProduct(), safe(appendProduct), readProduct, simple(detachProduct)),
		modelOf(&small, safe(appendKinds), readKinds, simple(detachKinds)),
		modelOf(&extreme, safe(appendKinds), readKinds, simple(detachKinds)),
		modelOf(&kinds{}, safe(appendKinds), readKinds, simple(detachKinds)),
		modelOf(&order{}, safe(appendOrder), readOrder, simple(detachOrder)),
		modelOf(&order{
			base: b, Note: "n", Paid: sampleTime, Tags: []string{"a", "b"}, Base: b, Extra: extra{On: true}, Ref: &b, Number: -7,
		}, safe(appendOrder), readOrder, simple(detachOrder)),
		modelOf(&extra{}, safe(appendExtra), readExtra, flat[extra]),
		modelOf(&extra{A: 5, On: true}, safe(appendExtra), readExtra, flat[extra]),
		modelOf(&tuple{A: 5, B: []byte("b")}, safe(appendTuple), readTuple, simple(detachTuple)),
		modelOf(&tuple{}, safe(appendTuple), readTuple, simple(detachTuple)),
		modelOf(&deep, appendNode, readNode, detachNode),
		modelOf(&node{}, appendNode, readNode, detachNode),
		modelOf(&keyed{}, appendKeyed, readKeyed, simple(detachKeyed)),
		modelOf(&keyed{
			ByInt: map[int64]variant{-1: {SKU: "s"}}, ByLevel: map[level]uint16{-3: 4}, ByPair: map[pair[int, string]]bool{{1, "x"}: true},
			ByHash: map[[4]byte]*base{{9}: &b}, ByAddr: map[netip.Addr]string{netip.MustParseAddr("::1"): "home"}, Flags: map[string]bool{},
		}, appendKeyed, readKeyed, simple(detachKeyed)),
		modelOf(&opaque{}, appendOpaque, readOpaque, detachOpaque),
		modelOf(&opaque{
			Addr: netip.MustParseAddr("1.2.3.4"), Total: *big.NewInt(1 << 40), Price: big.NewInt(-3), Raw: raw{[]byte{0x91, 7}}, Meta: "text",
			More: map[string]any{"on": true},
		}, appendOpaque, readOpaque, detachOpaque),
	}
	ours := modelOf(&opaque{
		Raw: raw{[]byte{1}}, Meta: map[string]any{"n": 1000, "list": []string{"a"}, "deep": []any{nil, []byte("b"), map[string]int64{"x": 1}}},
		More: map[string]any{"took": time.Second, "at": sampleTime, "none": []int(nil), "bytes": []byte("b")},
	}, appendOpaque, readOpaque, detachOpaque)
	ours.ours = true
	return append(list, ours)
}

func encoded(t testing.TB, m model) []byte {
	t.Helper()
	b, err := m.codec(nil, m.value)
	require.NoError(t, err)
	return b
}

func TestEmittedCodeGivesTheValueBack(t *testing.T) {
	for _, m := range zoo() {
		for _, owned := range []bool{true, false} {
			v, err := m.read(encoded(t, m), owned)
			require.NoError(t, err, "%T", m.value)
			require.Equal(t, m.value, v)
		}
	}
}

func TestEmittedCodeAgreesWithTheLibrary(t *testing.T) {
	for _, m := range zoo() {
		if m.ours {
			continue
		}
		want, err := msgpack.Marshal(m.value)
		require.NoError(t, err)
		require.Equal(t, want, encoded(t, m), "%T", m.value)
		v := reflect.New(reflect.TypeOf(m.value).Elem()).Interface()
		require.NoError(t, msgpack.Unmarshal(encoded(t, m), v))
		require.Equal(t, m.value, v)
		var compact bytes.Buffer
		e := msgpack.NewEncoder(&compact)
		e.UseCompactInts(true)
		require.NoError(t, e.Encode(m.value))
		got, err := m.read(compact.Bytes(), true)
		require.NoError(t, err, "%T in the shortest form", m.value)
		require.Equal(t, m.value, got)
	}
}

func TestEmittedCodeAgreesOnLargeMaps(t *testing.T) {
	u := sampleUser()
	b, err := msgpack.Marshal(u)
	require.NoError(t, err)
	v, err := msgp.Read(b, true, readUserPtr)
	require.NoError(t, err)
	require.Equal(t, u, v)
	var back *user
	require.NoError(t, msgpack.Unmarshal(appendUser(nil, u), &back))
	require.Equal(t, u, back)
}

// TestLeastSizesAreLeast reads lists of the shortest values that there are, which a least size that
// is too large would refuse.
func TestLeastSizesAreLeast(t *testing.T) {
	var b bytes.Buffer
	e := msgpack.NewEncoder(&b)
	e.UseCompactInts(true)
	require.NoError(t, e.Encode(product{Variants: make([]variant, 3)}))
	p, err := msgp.Read(b.Bytes(), true, readProductPtr)
	require.NoError(t, err)
	require.Equal(t, &product{Variants: make([]variant, 3)}, p)
	b.Reset()
	zero := feed{{Created: time.Unix(0, 0)}, {Created: time.Unix(0, 0)}}
	require.NoError(t, e.Encode(zero))
	f, err := msgp.Read(b.Bytes(), true, readFeed)
	require.NoError(t, err)
	require.Equal(t, zero, f)
}

func TestClonesShareNothing(t *testing.T) {
	for _, m := range zoo() {
		before := encoded(t, m)
		c, err := m.clone(m.value)
		require.NoError(t, err)
		require.Equal(t, m.value, c)
		scramble(reflect.ValueOf(c))
		after, err := m.read(before, true)
		require.NoError(t, err)
		require.Equal(t, after, m.value, "%T", m.value)
	}
	require.Nil(t, cloneUserPtr(nil))
	require.Equal(t, []byte{0xC0}, appendUserPtr(nil, nil))
	require.Nil(t, cloneProductPtr(nil))
	require.Equal(t, sampleUser(), cloneUserPtr(sampleUser()))
	require.Equal(t, sampleProduct(), cloneProductPtr(sampleProduct()))
}

func TestClonesHaveOnlyWhatIsStored(t *testing.T) {
	v := order{hidden: 5, Skip: func() {}, Number: 1}
	detachOrder(&v)
	require.Equal(t, order{Number: 1}, v)
}

// scramble changes everything that can be reached from v.
func scramble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			scramble(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			scramble(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			scramble(v.Index(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			scramble(it.Value())
		}
		if v.CanInterface() {
			v.Clear()
		}
	default:
		if v.CanSet() {
			v.SetZero()
		}
	}
}

// FuzzKinds compares the encodings of kinds of any values.
func FuzzKinds(f *testing.F) {
	for _, n := range ints {
		f.Add(n, uint64(n), float64(n), "text", []byte("bytes"))
	}
	f.Fuzz(func(t *testing.T, n int64, u uint64, x float64, text string, data []byte) {
		v := kinds{
			Bool: n > 0, Int: int(n), I8: int8(n), I16: int16(n), I32: int32(n), I64: n, Uint: uint(u), U8: uint8(u), U16: uint16(u),
			U32: uint32(u), U64: u, F32: float32(x), F64: x, Text: text, Data: data, Blob: data, Level: level(n), Took: time.Duration(n),
			At: time.Unix(n%(1<<40), int64(u%1e9)), Grid: [2][3]int{{int(n)}, {int(u)}},
		}
		copy(v.Hash[:], []octet{octet(n), octet(u)})
		want, err := msgpack.Marshal(&v)
		require.NoError(t, err)
		require.Equal(t, want, appendKinds(nil, &v))
		var back kinds
		r := msgp.NewReader(want, false)
		readKinds(&r, &back)
		require.NoError(t, r.Done())
		require.Equal(t, want, appendKinds(nil, &back))
	})
}
