package msgp_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// The examples of docs/wire-format.md.

func TestExampleOfAnEnvelope(t *testing.T) {
	h := msgp.Header{
		Encoding:    msgp.EncodingString,
		Type:        []byte("string"),
		Fingerprint: 0xa8bf13e300000000,
		FreshUntil:  time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC).UnixNano(),
		LoadCost:    1500 * time.Microsecond,
	}
	require.Equal(t, "c1000102"+"00000002"+"ea3951cd"+"f7fd9aaa75081ceb"+"a8bf13e300000000"+
		"18fae27693b40000"+"000005dc"+"0006737472696e67"+"6869", hex.EncodeToString(seal("user:1", h, "hi")))
}

func TestExamplesOfDynamicValues(t *testing.T) {
	for want, v := range map[string]any{
		"d56403e8":                     1000,
		"d46505":                       uint(5),
		"d766000000003b9aca00":         time.Second,
		"c900000005674c7391a161":       []string{"a"},
		"c900000003674c69c0":           []int(nil),
		"c900000008674d4c6981a16b9101": map[string][]int{"k": {1}},
	} {
		b, err := msgp.AppendAny(nil, v)
		require.NoError(t, err)
		require.Equal(t, want, hex.EncodeToString(b), "%#v", v)
	}
}
