package matrix

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
)

var (
	texts    = []string{"", "a", "plain text", "1", "äöü ßΩ 漢字 🙂", "<a href=\"x\">&amp;</a>", "line\nbreak\x00", strings.Repeat("x", 32), strings.Repeat("long ", 60)}
	floats   = []float64{0, 1, -1.5, math.Pi, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1)}
	integers = []int64{0, 1, -1, 31, 32, 127, 128, -128, -129, 255, 256, math.MaxInt16, math.MaxUint16, math.MinInt32, math.MaxUint32, 1<<53 + 1, math.MinInt64, math.MaxInt64}
)

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// fillScalar fills what holds no other value. An integer that does not fit is cut.
func (f *filler) fillScalar(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Bool:
		v.SetBool(f.full || f.r.IntN(2) == 0)
	case v.Kind() == reflect.String:
		v.SetString(f.text())
	case v.CanInt():
		v.SetInt(shorten(f.integer(), v.Type().Bits()))
	case v.CanUint():
		v.SetUint(uint64(f.integer()) << (64 - v.Type().Bits()) >> (64 - v.Type().Bits()))
	case v.CanFloat():
		v.SetFloat(pick(f.r, floats))
		if v.Kind() == reflect.Float32 {
			v.SetFloat(float64(float32(v.Float())))
		}
	default:
		f.t.Fatalf("matrix: nothing is known about values of %v", v.Type())
	}
}

func shorten(n int64, bits int) int64 { return n << (64 - bits) >> (64 - bits) }

func (f *filler) integer() int64 {
	if f.full {
		return 42
	}
	return pick(f.r, integers)
}

func (f *filler) text() string {
	if f.full {
		return "text"
	}
	return pick(f.r, texts)
}

// fillAny puts something into an any that it may hold.
func (f *filler) fillAny(v reflect.Value) {
	if v.NumMethod() > 0 {
		f.t.Fatalf("matrix: nothing is known about what a %v holds: add how the type around it is made to makers", v.Type())
	}
	all := []any{true, "text", int64(1 << 40), 2.5, []any{"a", false, nil}, map[string]any{"a": "b"}}
	v.Set(reflect.ValueOf(pick(f.r, all)))
}
