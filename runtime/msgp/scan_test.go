package msgp_test

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/msgp"
)

func TestScanRefusesHostileBytes(t *testing.T) {
	for name, c := range map[string]struct {
		bytes  []byte
		offset int
		reason string
	}{
		"nothing":               {nil, 0, "ends too early"},
		"reserved":              {[]byte{0xC1}, 0, "reserved"},
		"reserved inside":       {[]byte{0x92, 1, 0xC1}, 2, "reserved"},
		"array 32 of 4 billion": {[]byte{0xDD, 0xFF, 0xFF, 0xFF, 0xFF}, 0, "ends too early"},
		"map 32 of 4 billion":   {[]byte{0xDF, 0xFF, 0xFF, 0xFF, 0xFF}, 0, "ends too early"},
		"map with half an item": {[]byte{0x81, 1}, 0, "ends too early"},
		"map 16":                {[]byte{0xDE, 0, 2, 1, 1, 1}, 0, "ends too early"},
		"inner array":           {[]byte{0x91, 0xDC, 0, 5, 1, 1}, 1, "ends too early"},
		"cut length":            {[]byte{0xDB, 0, 0}, 0, "ends too early"},
		"string 32":             {[]byte{0xDB, 0xFF, 0xFF, 0xFF, 0xFF, 'x'}, 0, "ends too early"},
		"bin 16":                {[]byte{0xC5, 0, 2, 1}, 0, "ends too early"},
		"ext without its type":  {[]byte{0xC7, 0}, 0, "ends too early"},
		"ext 32":                {[]byte{0xC9, 0xFF, 0xFF, 0xFF, 0xFF, 5}, 0, "ends too early"},
		"fixext":                {[]byte{0xD8, 1, 2}, 0, "ends too early"},
		"number":                {[]byte{0xCF, 1, 2, 3}, 0, "ends too early"},
		"trailing":              {[]byte{0xC0, 0xC0}, 1, "bytes after"},
		"10 MB of 0x91":         {bytes.Repeat([]byte{0x91}, 10<<20), msgp.MaxDepth, "too deeply"},
		"10 MB of 0x81":         {bytes.Repeat([]byte{0x81}, 10<<20), msgp.MaxDepth, "too deeply"},
	} {
		t.Run(name, func(t *testing.T) {
			err := msgp.Scan(c.bytes, msgp.MaxDepth)
			var e *msgp.ScanError
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.offset, e.Offset)
			require.ErrorContains(t, err, c.reason)
		})
	}
}

func TestScanAllowsItsDepthAndNoMore(t *testing.T) {
	nested := func(depth int) []byte { return append(bytes.Repeat([]byte{0x91}, depth), 0xC0) }
	require.NoError(t, msgp.Scan(nested(msgp.MaxDepth), msgp.MaxDepth))
	require.Error(t, msgp.Scan(nested(msgp.MaxDepth+1), msgp.MaxDepth))
	require.NoError(t, msgp.Scan([]byte{0x90}, 0), "an empty array holds nothing")
	require.Error(t, msgp.Scan([]byte{0x91, 1}, 0))
}

func TestScanTakesEveryCode(t *testing.T) {
	for code := range 256 {
		b := []byte{byte(code)}
		for n := 0; ; n++ {
			err := msgp.Scan(b, 10)
			if code == 0xC1 {
				require.Error(t, err)
				break
			}
			if err == nil {
				require.NoError(t, skip(b), "code %x with %d bytes", code, n)
				break
			}
			require.Less(t, n, 64, "code %x", code)
			b = append(b, 0)
		}
	}
}

func TestScanOfOrdinaryValuesDoesNotAllocate(t *testing.T) {
	b, err := msgpack.Marshal(map[string]any{"a": []int{1, 2, 3}, "b": map[string]string{"c": "d"}})
	require.NoError(t, err)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if err := msgp.Scan(b, msgp.MaxDepth); err != nil {
			t.Fatal(err)
		}
	}))
}

func TestSkip(t *testing.T) {
	rest, err := msgp.Skip([]byte{0x92, 1, 0xA1, 'x', 7})
	require.NoError(t, err)
	require.Equal(t, []byte{7}, rest)
	_, err = msgp.Skip([]byte{0x92, 1})
	require.Error(t, err)
}

// skip reports what the msgpack library thinks of b: whether it is one value and nothing else.
func skip(b []byte) error {
	r := bytes.NewReader(b)
	if err := msgpack.NewDecoder(r).Skip(); err != nil {
		return err
	}
	if r.Len() > 0 {
		return &msgp.ScanError{Offset: len(b) - r.Len(), Reason: "trailing"}
	}
	return nil
}

func FuzzScan(f *testing.F) {
	f.Add([]byte{0xDD, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Add([]byte{0x82, 0xA1, 'a', 0x93, 1, 2, 3, 0xA1, 'b', 0xC7, 1, 5, 9})
	f.Add([]byte{0xD8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17})
	if strconv.IntSize < 64 {
		f.Skip("the library takes lengths over 2 GiB for negative ones where int has 32 bits")
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		require.Equal(t, skip(b) == nil, msgp.Scan(b, msgp.MaxDepth) == nil, "the library disagrees about %x", b)
	})
}
