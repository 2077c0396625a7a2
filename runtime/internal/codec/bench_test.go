package codec_test

import (
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// profile is what a service caches for a user.
type profile struct {
	ID      int64
	Name    string
	Email   string
	Roles   []string
	Created time.Time
	Limits  map[string]int
}

var sample = &profile{42, "Ada Lovelace", "ada@example.com", []string{"admin", "author"}, time.Unix(1_700_000_000, 5), map[string]int{"rate": 100, "size": 1 << 20}}

func BenchmarkEncode(b *testing.B) {
	typ := typeOf(b, sample)
	b.Run("envelope", func(b *testing.B) {
		b.ReportAllocs()
		buf := make([]byte, 0, 1024)
		for b.Loop() {
			if _, err := typ.Append(buf, "user:42", msgp.Header{}, sample); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("msgpack", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := msgpack.Marshal(sample); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	typ := typeOf(b, sample)
	envelope := encode(b, typ, sample)
	b.Run("envelope", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			h, payload, err := msgp.Open(envelope, "k")
			if err != nil {
				b.Fatal(err)
			}
			if _, err := typ.Decode(h, payload); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("msgpack", func(b *testing.B) {
		_, payload, _ := msgp.OpenTrusted(envelope)
		b.ReportAllocs()
		for b.Loop() {
			var v *profile
			if err := msgpack.Unmarshal(payload, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}
