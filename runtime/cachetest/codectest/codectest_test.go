package codectest

import (
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/msgp"
)

// box is a type whose codecs are right, or wrong in one way.
type box struct {
	N    int64
	List []string
}

type (
	good      box
	forgetful box
	greedy    box
	renaming  box
	sharing   box
	failing   box
	bare      box
)

var fields = msgp.NewFields("N", "List")

func appendBox(b []byte, v box) []byte {
	b = msgp.AppendInt64(append(b, "\x82\xa1N"...), v.N)
	return appendList(append(b, "\xa4List"...), v.List)
}

func appendList(b []byte, v []string) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendArrayHeader(b, len(v))
	for _, e := range v {
		b = msgp.AppendString(b, e)
	}
	return b
}

func readBox(r *msgp.Reader) (v box) {
	s := r.Struct(fields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.N = r.Int64()
		case 1:
			v.List = readList(r)
		}
	}
	return v
}

func readList(r *msgp.Reader) []string {
	if r.Nil() {
		return nil
	}
	v := make([]string, r.ArrayHeader(1))
	for i := range v {
		v[i] = r.String()
	}
	return v
}

func cloneBox(v box) box {
	if v.List != nil {
		v.List = append([]string{}, v.List...)
	}
	return v
}

func codecOf[V ~struct {
	N    int64
	List []string
}]() cache.Codec[V] {
	return cache.Codec[V]{
		Append: func(b []byte, v V) []byte { return appendBox(b, box(v)) },
		Read:   func(r *msgp.Reader) V { return V(readBox(r)) },
		Clone:  func(v V) V { return V(cloneBox(box(v))) },
	}
}

// recorder is a testing.TB that remembers a failure, which ends its goroutine.
type recorder struct {
	testing.TB
	failure string
}

func (r *recorder) Helper()             {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Fatal(args ...any)   { r.fail(fmt.Sprint(args...)) }
func (r *recorder) Fatalf(format string, args ...any) {
	r.fail(fmt.Sprintf(format, args...))
}

func (r *recorder) fail(text string) {
	r.failure = text
	panic(r)
}

// failure runs a check and returns how it fails.
func failure(check func(testing.TB)) string {
	r := &recorder{}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		check(r)
	}()
	return r.failure
}

func TestARightCodecPasses(t *testing.T) {
	require.NoError(t, cache.Register(codecOf[good]()))
	RoundTrip[good](t)
	Agreement[good](t)
	Independence[good](t)
}

func TestACodecThatLosesAFieldFails(t *testing.T) {
	c := codecOf[forgetful]()
	c.Read = func(r *msgp.Reader) forgetful { return forgetful{N: readBox(r).N} }
	require.NoError(t, cache.Register(c))
	require.Contains(t, failure(RoundTrip[forgetful]), "value.List: ")
	require.Contains(t, failure(Agreement[forgetful]), "the library wrote reads otherwise: value.List: ")
}

func TestACodecThatTakesPartsForAllFails(t *testing.T) {
	c := codecOf[greedy]()
	c.Append = func(b []byte, v greedy) []byte { return append(appendBox(b, box(v)), 0) }
	c.Read = func(r *msgp.Reader) greedy {
		v := greedy(readBox(r))
		if r.Done() != nil {
			r.Skip()
		}
		return v
	}
	require.NoError(t, cache.Register(c))
	require.NotEmpty(t, failure(RoundTrip[greedy]))
}

func TestACodecWithOtherNamesDisagrees(t *testing.T) {
	c := codecOf[renaming]()
	appended, read := c.Append, c.Read
	rename := func(b []byte, from, to string) []byte { return []byte(strings.Replace(string(b), from, to, 1)) }
	c.Append = func(b []byte, v renaming) []byte { return rename(appended(b, v), "List", "Tsil") }
	c.Read = func(r *msgp.Reader) renaming {
		v, err := msgp.Read(rename(r.Raw(), "Tsil", "List"), false, read)
		if err != nil {
			r.Fail(0, err)
		}
		return v
	}
	require.NoError(t, cache.Register(c))
	RoundTrip[renaming](t)
	require.Contains(t, failure(Agreement[renaming]), "the library reads what was appended otherwise: value.List: ")
}

func TestACopyThatSharesFails(t *testing.T) {
	c := codecOf[sharing]()
	c.Clone = func(v sharing) sharing { return v }
	require.NoError(t, cache.Register(c))
	require.Contains(t, failure(Independence[sharing]), "the copy shares value.List with the value")
}

func TestACopyThatDiffersFails(t *testing.T) {
	c := codecOf[failing]()
	c.Clone = func(failing) failing { return failing{} }
	require.NoError(t, cache.Register(c))
	require.Contains(t, failure(Independence[failing]), "the copy differs: value.N: ")
}

func TestWithoutACodecAllFail(t *testing.T) {
	for _, check := range []func(testing.TB){RoundTrip[bare], Agreement[bare], Independence[bare]} {
		require.Contains(t, failure(check), "no codec is registered for ")
	}
}

func TestValuesBelongToTheirSeeds(t *testing.T) {
	type value struct {
		Text   string
		Ptr    *int
		Map    map[string][]byte
		Time   time.Time
		Any    any
		Addr   netip.Addr
		Big    *big.Int
		hidden int
	}
	require.Zero(t, Value[value](0))
	set := map[string]bool{}
	for seed := range uint64(Seeds) {
		v := Value[value](seed)
		require.Empty(t, difference(v, Value[value](seed)))
		require.Zero(t, v.hidden)
		set["text"] = set["text"] || v.Text != ""
		set["pointer"] = set["pointer"] || v.Ptr != nil
		set["map"] = set["map"] || len(v.Map) > 0
		set["empty map"] = set["empty map"] || v.Map != nil && len(v.Map) == 0
		set["time"] = set["time"] || !v.Time.IsZero()
		set["any"] = set["any"] || v.Any != nil
		set["addr"] = set["addr"] || v.Addr.Is4()
		set["big"] = set["big"] || v.Big != nil && v.Big.Sign() != 0
	}
	require.Len(t, set, 8)
	for what, seen := range set {
		require.True(t, seen, what)
	}
}
