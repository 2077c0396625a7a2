package benchmarks

import (
	"testing"

	"github.com/cachegen/cachegen/benchmarks/payload"
	"github.com/cachegen/cachegen/benchmarks/rivals"
)

// BenchmarkEncode turns a value into bytes, into a buffer that is used again where the codec can do so.
func BenchmarkEncode(b *testing.B) {
	b.Run("type=User", func(b *testing.B) { encode(b, rivals.Users(b), payload.NewUser(rivals.SampleID)) })
	b.Run("type=Product", func(b *testing.B) { encode(b, rivals.Products(b), payload.NewProduct(rivals.SampleID)) })
	b.Run("type=Feed", func(b *testing.B) { encode(b, rivals.Feeds(b), payload.NewFeed(rivals.SampleID)) })
	b.Run("type=Blob", func(b *testing.B) { encode(b, rivals.Blobs(b), payload.NewBlob(rivals.SampleID)) })
}

// BenchmarkDecode turns the bytes back.
func BenchmarkDecode(b *testing.B) {
	b.Run("type=User", func(b *testing.B) { decode(b, rivals.Users(b), payload.NewUser(rivals.SampleID)) })
	b.Run("type=Product", func(b *testing.B) { decode(b, rivals.Products(b), payload.NewProduct(rivals.SampleID)) })
	b.Run("type=Feed", func(b *testing.B) { decode(b, rivals.Feeds(b), payload.NewFeed(rivals.SampleID)) })
	b.Run("type=Blob", func(b *testing.B) { decode(b, rivals.Blobs(b), payload.NewBlob(rivals.SampleID)) })
}

func encode[T any](b *testing.B, codecs []rivals.Codec[T], v T) {
	for _, c := range shuffled(codecs) {
		b.Run("lib="+c.Name, func(b *testing.B) {
			buffer := mustEncode(b, c, v)
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if buffer, err = c.Encode(buffer, v); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(buffer)), "bytes")
		})
	}
}

func decode[T any](b *testing.B, codecs []rivals.Codec[T], v T) {
	for _, c := range shuffled(codecs) {
		b.Run("lib="+c.Name, func(b *testing.B) {
			encoded := mustEncode(b, c, v)
			_, _ = c.Decode(encoded) // some prepare themselves for a type when they first meet it
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Decode(encoded); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func mustEncode[T any](b *testing.B, c rivals.Codec[T], v T) []byte {
	encoded, err := c.Encode(nil, v)
	if err != nil {
		b.Fatal(err)
	}
	return encoded
}
