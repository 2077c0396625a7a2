package rivals

import (
	"github.com/tinylib/msgp/msgp"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// The methods that these codecs call are in payload/payload_msgp.go, written by tinylib/msgp.
var (
	msgpUsers = msgpCodec((*payload.User).MarshalMsg,
		func(b []byte) (*payload.User, error) {
			v := new(payload.User)
			_, err := v.UnmarshalMsg(b)
			return v, err
		})
	msgpProducts = msgpCodec((*payload.Product).MarshalMsg,
		func(b []byte) (*payload.Product, error) {
			v := new(payload.Product)
			_, err := v.UnmarshalMsg(b)
			return v, err
		})
	msgpFeeds = msgpCodec(payload.Feed.MarshalMsg,
		func(b []byte) (v payload.Feed, err error) {
			_, err = v.UnmarshalMsg(b)
			return v, err
		})
	msgpBlobs = msgpCodec(func(v, dst []byte) ([]byte, error) { return msgp.AppendBytes(dst, v), nil },
		func(b []byte) (v []byte, err error) {
			v, _, err = msgp.ReadBytesBytes(b, nil)
			return v, err
		})
)

func msgpCodec[T any](encode func(T, []byte) ([]byte, error), decode func([]byte) (T, error)) Codec[T] {
	return Codec[T]{"msgp", func(dst []byte, v T) ([]byte, error) { return encode(v, dst[:0]) }, decode}
}

// msgpFresh returns c without the reuse of its buffer.
func msgpFresh[T any](c Codec[T]) Codec[T] {
	return Codec[T]{"msgp-fresh", func(_ []byte, v T) ([]byte, error) { return c.Encode(nil, v) }, c.Decode}
}
