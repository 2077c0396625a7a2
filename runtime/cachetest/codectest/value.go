package codectest

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"
)

// Value returns the value of type T that belongs to a seed. The values have what is easily lost: the
// ends of integer ranges, NaN and negative zero, nil and empty slices and maps, nil pointers, strings
// that are no UTF-8 and those that look like keys; unexported fields stay zero. Seed 0 gives the zero
// value.
func Value[T any](seed uint64) T {
	var v T
	if seed > 0 {
		m := maker{rand.New(rand.NewPCG(seed, 1))}
		m.fill(reflect.ValueOf(&v).Elem(), 0)
	}
	return v
}

// A maker fills values at random.
type maker struct{ *rand.Rand }

// maxNesting is how deep pointers, slices and maps are filled.
const maxNesting = 4

func (m maker) fill(v reflect.Value, depth int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(m.time()))
		return
	}
	if m.fillOpaque(v) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if m.more(depth) {
			v.Set(reflect.New(v.Type().Elem()))
			m.fill(v.Elem(), depth+1)
		}
	case reflect.Struct:
		m.fillStruct(v, depth)
	case reflect.Array:
		for i := range v.Len() {
			m.fill(v.Index(i), depth)
		}
	case reflect.Slice:
		m.fillSlice(v, depth)
	case reflect.Map:
		m.fillMap(v, depth)
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf(m.dynamic(depth)))
		}
	default:
		m.fillBasic(v)
	}
}

// more decides whether to go on, ever more seldom.
func (m maker) more(depth int) bool { return depth < maxNesting && m.IntN(depth+3) > 0 }

func (m maker) fillStruct(v reflect.Value, depth int) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.IsExported() || f.Anonymous && f.Type.Kind() == reflect.Struct {
			m.fill(v.Field(i), depth)
		}
	}
}

func (m maker) fillSlice(v reflect.Value, depth int) {
	if m.more(depth) {
		v.Set(reflect.MakeSlice(v.Type(), m.IntN(4), 8))
		for i := range v.Len() {
			m.fill(v.Index(i), depth+1)
		}
	}
}

// fillMap fills a map. A key that does not equal itself would not be found again.
func (m maker) fillMap(v reflect.Value, depth int) {
	if !m.more(depth) {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for range m.IntN(4) {
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		m.fill(key, depth+1)
		m.fill(elem, depth+1)
		if key.Equal(key) {
			v.SetMapIndex(key, elem)
		}
	}
}

func (m maker) fillBasic(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Bool:
		v.SetBool(m.IntN(2) == 0)
	case v.CanInt():
		v.SetInt(int64(m.bits()))
	case v.CanUint():
		v.SetUint(m.bits())
	case v.CanFloat():
		v.SetFloat(m.float())
	case v.Kind() == reflect.String:
		v.SetString(m.text())
	}
}

// bits returns an integer of any length, all lengths being as likely; narrow types keep its low bits.
func (m maker) bits() uint64 {
	n := m.Uint64() >> m.IntN(64)
	return pick(m, []uint64{n, -n, n, 0, 1, math.MaxUint64, math.MaxInt64, 1 << 63, math.MaxInt32, 1 << 31, 127, 128, 255, 1<<53 + 1})
}

func (m maker) float() float64 {
	n := float64(float32(m.NormFloat64()))
	return pick(m, []float64{n, n, n, 0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat32, math.SmallestNonzeroFloat32, 1 << 24})
}

// alphabet is what strings are made of: what key patterns hold, and what has to be escaped.
var alphabet = []string{"a", "Z", "0", ":", "/", "%", "%3A", "{", "}", "-", ".", " ", "\x00", "\n", "\x7f", "\xff", "é", "漢", "😀"}

func (m maker) text() string {
	s := ""
	for range pick(m, []int{0, 1, 2, 5, 31, 32, 300}) {
		s += pick(m, alphabet)
	}
	return s
}

// time returns an instant as it is when it has been read: what only the process knows is not in it.
func (m maker) time() time.Time {
	sec := pick(m, []int64{0, 1, 1 << 32, 1 << 34, -1, m.Int64N(1 << 35), m.Int64N(1 << 31)})
	return time.Unix(sec, pick(m, []int64{0, 1, 999_999_999, m.Int64N(1e9)}))
}

// dynamic returns a value of a type that an any may hold.
func (m maker) dynamic(depth int) any {
	basic := []any{true, int(m.bits()), int8(m.bits()), int64(m.bits()), uint16(m.bits()), uint64(m.bits()), float32(1.5), m.float(),
		m.text(), []byte(m.text()), m.time(), time.Duration(m.bits()), []string{m.text()}, []int64{}, map[string]uint8{"a": 1}}
	if m.more(depth) {
		basic = append(basic, []any{m.dynamic(depth + 1)}, map[string]any{m.text(): m.dynamic(depth + 1)})
	}
	return pick(m, basic)
}

func pick[T any](m maker, all []T) T { return all[m.IntN(len(all))] }

// samples are texts that some type with methods of its own may be made of.
var samples = []string{"", "0", "-12345678901234567890", "1.5", "true", "192.0.2.1", "192.0.2.0/24", "2001:db8::1", "192.0.2.1:80",
	"https://user:pass@example.com/a%20b?c=d#e", "8a7f3a10-5c1b-4d0e-9f3a-2b1c0d9e8f70", "2006-01-02T15:04:05Z", "2006-01-02", "1h2m3s", "a", "en-GB"}

// shuffled returns the samples in random order.
func (m maker) shuffled() []string {
	all := slices.Clone(samples)
	m.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}
