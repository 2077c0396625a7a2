package msgp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

var sampleTime = time.Unix(1_700_000_000, 123_456_789)

func sampleUser() *user {
	u := &user{
		ID: 1 << 40, Name: "Ada Lovelace", Email: "ada@example.com", Created: sampleTime,
		Roles: []string{"reader", "writer", "admin"}, Prefs: map[string]string{},
		Address: &address{"1 Main Street", "Springfield", "12345", "US"},
	}
	for i := range 8 {
		u.Prefs[fmt.Sprintf("pref%d", i)] = fmt.Sprintf("value%d", i)
	}
	return u
}

func sampleProduct() *product {
	p := &product{
		ID: 7, SKU: "SKU-00000007", Name: "Espresso Machine", Brand: "Springfield Steel", Cents: 129_900, Currency: "EUR",
		Weight: 8.25, Stock: 17, Rating: 4.5, Active: true, Created: sampleTime, Updated: sampleTime.Add(time.Hour),
	}
	for i := range 4 {
		p.Variants = append(p.Variants, variant{fmt.Sprintf("SKU-00000007-%d", i), "brushed steel", "two cups", 129_900, int32(i), i%2 == 0})
	}
	return p
}

func sampleFeed() feed {
	f := make(feed, 50)
	for i := range f {
		f[i] = post{int64(i), fmt.Sprintf("Post number %d", i), strings.Repeat("0123456789", 30), int64(1000 * i), sampleTime}
	}
	return f
}

// BenchmarkEmitted compares emitted code with code written by hand for speed alone, which decodes
// only, since emitted code appends as one would by hand, and with the library.
//
// go build -gcflags=-m=2 says of the funcs that emitted code calls for each field:
//
//   - AppendString: "can inline with cost 77", of 80 that may be; a string of 32 bytes or more is therefore a
//     call, appendLong;
//   - Reader.Int64, Reader.String and Struct.Next: "cannot inline": each is one call for a field. Next could be
//     inlined in parts, as a comparison with each field's name in turn, which is a twentieth faster and takes
//     twice as long to compile;
//   - Reader.Enter and Walk.Enter, of recursive types: "marked go:noinline", for the same reason.
func BenchmarkEmitted(b *testing.B) {
	user, product, feed := sampleUser(), sampleProduct(), sampleFeed()
	benchmarkValue(b, "user", user, appendUserPtr, decodeUser, handReadUser)
	benchmarkValue(b, "product", product, appendProduct, decodeProduct, handReadProduct)
	benchmarkValue(b, "feed", feed, appendFeed, decodeFeed, handReadFeed)
}

func benchmarkValue[T any](b *testing.B, name string, v T, appendTo func([]byte, T) []byte, decode func([]byte, bool) (T, error), byHand func([]byte) T) {
	wire := appendTo(nil, v)
	buf := make([]byte, 0, 2*len(wire))
	run := func(kind string, f func() error) {
		b.Run(name+"/"+kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("append/emitted", func() error { appendTo(buf, v); return nil })
	run("append/library", func() error { _, err := msgpack.Marshal(v); return err })
	run("read/emitted", func() error { _, err := decode(wire, true); return err })
	run("read/byhand", func() error { byHand(wire); return nil })
	run("read/library", func() error {
		var v T
		return msgpack.Unmarshal(wire, &v)
	})
}
