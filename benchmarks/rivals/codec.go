package rivals

import (
	"testing"
	"unsafe"

	"github.com/cachegen/cachegen/benchmarks/hand"
	"github.com/cachegen/cachegen/benchmarks/payload"
)

// Codec turns values of one type into bytes, and back.
type Codec[T any] struct {
	Name string
	// Encode returns the encoding of v. A codec that appends uses the room of dst, whose contents
	// are lost.
	Encode func(dst []byte, v T) ([]byte, error)
	// Decode returns the value. It may keep b, which belongs to it from then on.
	Decode func(b []byte) (T, error)
}

// Hand names the codecs written by hand, which others are measured by.
const Hand = "hand"

// SampleID is the id of the values that the codecs are measured with. cachegen's stand for one key.
const SampleID = 42

// Users returns the codecs of *User, of the sample.
func Users(tb testing.TB) []Codec[*payload.User] {
	return append([]Codec[*payload.User]{
		handUsers, emittedUsers, cachegenUsers(tb), msgpUsers, msgpFresh(msgpUsers),
	}, reflective[*payload.User]()...)
}

// Products returns the codecs of *Product.
func Products(tb testing.TB) []Codec[*payload.Product] {
	return append([]Codec[*payload.Product]{
		handProducts, emittedProducts, cachegenProducts(tb), msgpProducts, msgpFresh(msgpProducts),
	}, reflective[*payload.Product]()...)
}

// Feeds returns the codecs of Feed.
func Feeds(tb testing.TB) []Codec[payload.Feed] {
	return append([]Codec[payload.Feed]{
		handFeeds, emittedFeeds, cachegenFeeds(tb), msgpFeeds, msgpFresh(msgpFeeds),
	}, reflective[payload.Feed]()...)
}

// Blobs returns the codecs of bytes.
func Blobs(tb testing.TB) []Codec[[]byte] {
	return append([]Codec[[]byte]{
		handBlobs, cachegenBlobs(tb), msgpBlobs, msgpFresh(msgpBlobs),
	}, reflective[[]byte]()...)
}

// reflective returns the codecs that take any type.
func reflective[T any]() []Codec[T] {
	return []Codec[T]{vmihailenco[T](), vmihailencoPooled[T](), sonicJSON[T](), standardJSON[T]()}
}

var (
	handUsers    = appending(Hand, hand.AppendUser, hand.DecodeUser)
	handProducts = appending(Hand, hand.AppendProduct, hand.DecodeProduct)
	handFeeds    = appending(Hand, hand.AppendFeed, hand.DecodeFeed)
	handBlobs    = appending(Hand, hand.AppendBlob, hand.DecodeBlob)

	// What cachegen emits, by itself. Bytes need no codec, so none is emitted for them.
	emittedUsers    = appending(emitted, payload.AppendUser, payload.ReadUser)
	emittedProducts = appending(emitted, payload.AppendProduct, payload.ReadProduct)
	emittedFeeds    = appending(emitted, payload.AppendFeed, payload.ReadFeed)
)

const emitted = "cachegen-codec"

func appending[T any](name string, encode func([]byte, T) []byte, decode func([]byte) (T, error)) Codec[T] {
	return Codec[T]{name, func(dst []byte, v T) ([]byte, error) { return encode(dst[:0], v), nil }, decode}
}

// bytesOf returns the bytes of s, which must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
