package codec_test

import (
	"bufio"
	"encoding/hex"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/msgp"
)

var update = flag.Bool("update", false, "append the snapshots that are missing; existing ones are never changed")

// snapshotFile holds one envelope of format 1 a line: its name and its bytes.
const snapshotFile = "testdata/format-1.txt"

// snapshots holds, by name, the values whose envelopes are in the file. An entry is never removed
// or changed: other builds have stored it.
func snapshots() map[string]any {
	at := time.Unix(1_700_000_000, 123_456_789)
	line := Line{"sku", 2, []string{"a"}}
	return map[string]any{
		"bool": true, "int": -5, "int8": int8(-128), "uint64": uint64(1<<64 - 1), "level": Level(3), "duration": time.Minute,
		"float32": float32(1.5), "float64": -0.5, "string": "text", "bytes": []byte{0, 1, 2}, "nil-bytes": []byte(nil), "time": at, "zero-time": time.Time{},
		"kinds":   &Kinds{true, -5, -8, -16, -32, 1 << 60, 5, 8, 16, 32, 1 << 63, 0.5, -0.25, "text", []byte{1}, 3, time.Minute, at},
		"nil":     (*Kinds)(nil),
		"order":   &Order{Base: Base{7, at}, Lines: []Line{line}, ByName: map[string]Line{"a": line}, Parent: &Order{Renamed: 1}, Labels: map[string]string{"k": "v"}},
		"tuple":   Tuple{A: 1, B: "x"},
		"node":    &Node{Value: 1, Next: &Node{Value: 2}, Kids: []Node{{Value: 3}}},
		"custom":  Custom{"own"},
		"binary":  Fragile{"fine"},
		"strings": []string{"a", "", "b"},
		"labels":  map[string]string{"a": "1"},
		"any": map[string]any{
			"nil": nil, "bool": true, "int": 1000, "small": -1, "int64": int64(1), "uint": uint(70000), "uint8": uint8(1), "float": 0.5, "text": "x",
			"bytes": []byte{1}, "time": at, "took": time.Second, "list": []any{1, "a"}, "strings": []string{"a"}, "nested": map[string][]int{"a": {1}},
			"none": []string(nil), "map": map[string]any{"x": int8(1)},
		},
		"list":    []any{1, nil},
		"emitted": ticket{7, "window"},
	}
}

// ticket has a codec such as is generated, and so a name that travels as its digest.
type ticket struct {
	Seat int64
	Row  string
}

var ticketFields = msgp.NewFields("Seat", "Row")

func init() {
	codec.Emit(codec.Codec[ticket]{
		Append: func(b []byte, v ticket) []byte {
			b = msgp.AppendInt64(msgp.AppendString(msgp.AppendMapHeader(b, 2), "Seat"), v.Seat)
			return msgp.AppendString(msgp.AppendString(b, "Row"), v.Row)
		},
		Read: func(r *msgp.Reader) (v ticket) {
			for s := r.Struct(ticketFields); s.Next(r); {
				switch s.Field() {
				case 0:
					v.Seat = r.Int64()
				case 1:
					v.Row = r.String()
				}
			}
			return v
		},
	})
}

func TestStoredValuesOfFormat1StayReadable(t *testing.T) {
	stored := readSnapshots(t)
	if *update {
		appendSnapshots(t, stored)
	}
	values := snapshots()
	require.ElementsMatch(t, slices.Collect(maps.Keys(values)), slices.Collect(maps.Keys(stored)))
	for name, b := range stored {
		t.Run(name, func(t *testing.T) {
			h, payload, err := msgp.Open(b, "snapshot:"+name)
			require.NoError(t, err)
			require.Equal(t, int64(1_800_000_000_000_000_000), h.FreshUntil)
			require.Equal(t, 1500*time.Microsecond, h.LoadCost)
			require.True(t, h.KeepKey)
			v, err := typeOf(t, values[name]).Decode(h, payload)
			require.NoError(t, err)
			require.Equal(t, values[name], v)
		})
	}
}

func readSnapshots(t *testing.T) map[string][]byte {
	f, err := os.Open(snapshotFile)
	require.NoError(t, err)
	defer f.Close()
	stored := map[string][]byte{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, text, ok := strings.Cut(lines.Text(), " ")
		require.True(t, ok, lines.Text())
		stored[name], err = hex.DecodeString(text)
		require.NoError(t, err, name)
	}
	return stored
}

func appendSnapshots(t *testing.T, stored map[string][]byte) {
	f, err := os.OpenFile(snapshotFile, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	defer f.Close()
	values := snapshots()
	h := msgp.Header{KeepKey: true, FreshUntil: 1_800_000_000_000_000_000, LoadCost: 1500 * time.Microsecond}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, ok := stored[name]; ok {
			continue
		}
		stored[name], err = typeOf(t, values[name]).Append(nil, "snapshot:"+name, h, values[name])
		require.NoError(t, err, name)
		_, err = fmt.Fprintf(f, "%s %x\n", name, stored[name])
		require.NoError(t, err)
	}
}
