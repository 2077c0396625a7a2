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
		handUsers, cachegenUsers(tb), msgpUsers, msgpFresh(msgpUsers),
	}, reflective[*payload.User]()...)
}

// Products returns the codecs of *Product.
func Products(tb testing.TB) []Codec[*payload.Product] {
	return append([]Codec[*payload.Product]{
		handProducts, cachegenProducts(tb), msgpProducts, msgpFresh(msgpProducts),
	}, reflective[*payload.Product]()...)
}

// Feeds returns the codecs of Feed.
func Feeds(tb testing.TB) []Codec[payload.Feed] {
	return append([]Codec[payload.Feed]{
		handFeeds, cachegenFeeds(tb), msgpFeeds, msgpFresh(msgpFeeds),
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
	handUsers    = byHand(hand.AppendUser, hand.DecodeUser)
	handProducts = byHand(hand.AppendProduct, hand.DecodeProduct)
	handFeeds    = byHand(hand.AppendFeed, hand.DecodeFeed)
	handBlobs    = byHand(hand.AppendBlob, hand.DecodeBlob)
)

func byHand[T any](encode func([]byte, T) []byte, decode func([]byte) (T, error)) Codec[T] {
	return Codec[T]{Hand, func(dst []byte, v T) ([]byte, error) { return encode(dst[:0], v), nil }, decode}
}

// bytesOf returns the bytes of s, which must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
