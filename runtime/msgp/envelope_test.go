package msgp_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/msgp"
)

// seal returns the finished envelope of a payload.
func seal(key string, h msgp.Header, payload string) []byte {
	b := append(msgp.AppendHeader(nil, key, h), payload...)
	msgp.Finish(b)
	return b
}

// full is a header with something in every field.
func full() msgp.Header {
	return msgp.Header{
		Encoding:    msgp.EncodingNumber,
		KeepKey:     true,
		Type:        []byte("github.com/acme/shop.Count"),
		Fingerprint: 0x0123456789abcdef,
		FreshUntil:  math.MaxInt64 - 5,
		LoadCost:    1500 * time.Microsecond,
	}
}

func requireReason(t *testing.T, want msgp.Reason, err error) {
	t.Helper()
	var e *msgp.EnvelopeError
	require.ErrorAs(t, err, &e)
	require.Equal(t, want, e.Reason, e.Error())
}

func TestEnvelopeMarksAreThoseDriversLookFor(t *testing.T) {
	b := seal("k", full(), "=-42")
	require.EqualValues(t, drivers.EnvelopeMagic, msgp.Magic)
	require.EqualValues(t, drivers.EnvelopeMagic, b[0])
	require.EqualValues(t, drivers.NumberFlag, b[1]&drivers.NumberFlag)
	n, err := drivers.ParseNumber(b)
	require.NoError(t, err)
	require.EqualValues(t, -42, n)

	b = seal("k", msgp.Header{Encoding: msgp.EncodingString}, "=42")
	_, err = drivers.ParseNumber(b)
	require.ErrorIs(t, err, drivers.ErrNotNumber, "only numbers are numbers")
}

func TestOpenReturnsWhatWasSealed(t *testing.T) {
	for name, h := range map[string]msgp.Header{
		"full":     full(),
		"smallest": {Type: []byte{}},
		"digest":   {Type: []byte("8 bytes."), TypeDigest: true},
		"longest":  {Type: []byte(strings.Repeat("x", msgp.MaxTypeName)), FreshUntil: math.MinInt64},
	} {
		t.Run(name, func(t *testing.T) {
			b := seal("user:1", h, "payload")
			got, payload, err := msgp.Open(b, "user:1")
			require.NoError(t, err)
			require.Equal(t, h, got)
			require.Equal(t, "payload", string(payload))
			got, payload, ok := msgp.OpenTrusted(b)
			require.True(t, ok)
			require.Equal(t, h, got)
			require.Equal(t, "payload", string(payload))
		})
	}
}

func TestSealAppendsBehindWhatIsThere(t *testing.T) {
	b := msgp.AppendHeader([]byte("before"), "k", msgp.Header{})
	b = append(b, "payload"...)
	msgp.Finish(b[len("before"):])
	_, payload, err := msgp.Open(b[len("before"):], "k")
	require.NoError(t, err)
	require.Equal(t, "payload", string(payload))
	require.Equal(t, "before", string(b[:6]))
}

func TestLoadCostSaturates(t *testing.T) {
	for cost, want := range map[time.Duration]time.Duration{
		-time.Second:                 0,
		999 * time.Nanosecond:        0,
		time.Hour:                    time.Hour,
		100 * time.Hour:              math.MaxUint32 * time.Microsecond,
		time.Duration(math.MaxInt64): math.MaxUint32 * time.Microsecond,
	} {
		h, _, err := msgp.Open(seal("k", msgp.Header{LoadCost: cost}, ""), "k")
		require.NoError(t, err)
		require.Equal(t, want, h.LoadCost, "%d", cost)
	}
}

func TestOpenRefusesEveryFlippedBit(t *testing.T) {
	for _, keep := range []bool{false, true} {
		h := full()
		h.KeepKey = keep
		b := seal("user:1", h, "=123456789")
		for bit := range len(b) * 8 {
			b[bit/8] ^= 1 << (bit % 8)
			_, _, err := msgp.Open(b, "user:1")
			require.Error(t, err, "bit %d", bit)
			b[bit/8] ^= 1 << (bit % 8)
		}
		_, _, err := msgp.Open(b, "user:1")
		require.NoError(t, err)
	}
}

func TestOpenRefusesEveryTruncation(t *testing.T) {
	b := seal("user:1", full(), "=123456789")
	for n := range b {
		_, _, err := msgp.Open(b[:n], "user:1")
		require.Error(t, err, "%d bytes", n)
		_, _, ok := msgp.OpenTrusted(b[:n])
		require.False(t, ok, "%d bytes", n)
	}
	_, _, err := msgp.Open(append(b, 0), "user:1")
	requireReason(t, msgp.ReasonLength, err)
}

func TestOpenRefusesAnotherKey(t *testing.T) {
	_, _, err := msgp.Open(seal("user:1", msgp.Header{}, "x"), "user:2")
	requireReason(t, msgp.ReasonKey, err)
}

func TestOpenComparesTheKeptKey(t *testing.T) {
	// Another key whose digest is made to fit: only the kept key tells them apart.
	h := full()
	b := seal("user:1", h, "=1")
	other := seal("user:2", h, "=1")
	copy(other[12:20], b[12:20])
	msgp.Finish(other)
	_, _, err := msgp.Open(other, "user:1")
	requireReason(t, msgp.ReasonKey, err)
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	change := func(offset int, value byte) []byte {
		b := seal("k", msgp.Header{}, "payload")
		b[offset] = value
		return b
	}
	for name, c := range map[string]struct {
		bytes  []byte
		reason msgp.Reason
	}{
		"nothing":       {nil, msgp.ReasonMagic},
		"plain number":  {[]byte("42"), msgp.ReasonMagic},
		"msgpack":       {[]byte{0x81, 0xA1, 'a', 1}, msgp.ReasonMagic},
		"version":       {change(2, 2), msgp.ReasonVersion},
		"reserved flag": {change(1, 8), msgp.ReasonFlags},
		"no digest":     {change(1, 4), msgp.ReasonLength},
		"encoding":      {change(3, 4), msgp.ReasonFlags},
		"number flag":   {change(1, 1), msgp.ReasonFlags},
		"number":        {change(3, byte(msgp.EncodingNumber)), msgp.ReasonFlags},
		"type length":   {change(40, 0xFF), msgp.ReasonLength},
		"length":        {change(4, 1), msgp.ReasonLength},
		"payload":       {change(45, 'X'), msgp.ReasonChecksum},
		"no room":       {change(1, 2), msgp.ReasonLength},
	} {
		_, _, err := msgp.Open(c.bytes, "k")
		t.Run(name, func(t *testing.T) { requireReason(t, c.reason, err) })
	}
	require.Equal(t, "reason 99", msgp.Reason(99).String())
}

func TestDigestIsFNV1a(t *testing.T) {
	// From the reference vectors of the algorithm's authors.
	require.EqualValues(t, uint64(0xcbf29ce484222325), msgp.Digest(""))
	require.EqualValues(t, uint64(0xaf63dc4c8601ec8c), msgp.Digest("a"))
	require.EqualValues(t, uint64(0x85944171f73967e8), msgp.Digest("foobar"))
}

func TestOpenDoesNotAllocate(t *testing.T) {
	b := seal("user:1", full(), "=1")
	require.Zero(t, testing.AllocsPerRun(100, func() {
		h, _, err := msgp.Open(b, "user:1")
		if err != nil || string(h.Type) != "github.com/acme/shop.Count" {
			t.Fatal(err)
		}
	}))
}

func FuzzOpen(f *testing.F) {
	f.Add(seal("k", full(), "=1"))
	f.Add(seal("k", msgp.Header{}, ""))
	f.Add(seal("k", msgp.Header{Type: []byte("8 bytes."), TypeDigest: true}, ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, trusted, ok := msgp.OpenTrusted(b)
		_, payload, err := msgp.Open(b, "k")
		if err == nil {
			require.True(t, ok)
			require.Equal(t, trusted, payload)
		}
	})
}
