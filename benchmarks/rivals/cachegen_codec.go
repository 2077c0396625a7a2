package rivals

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cachegen/cachegen/benchmarks/payload"
	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
)

// The codecs called "cachegen" are measured as a program reaches them, by Put and Get, on a store that
// does nothing. So these figures hold the envelope with its checksum and all that the engine does for a
// call; what that costs, the codecs of []byte show, which have nothing to encode.

func cachegenUsers(tb testing.TB) Codec[*payload.User] {
	s := new(slot)
	c := payload.NewUsers(manager(tb, s.config()))
	return slotCodec(s, c.Put, c.Get)
}

func cachegenProducts(tb testing.TB) Codec[*payload.Product] {
	s := new(slot)
	c := payload.NewProducts(manager(tb, s.config()))
	return slotCodec(s, c.Put, c.Get)
}

func cachegenFeeds(tb testing.TB) Codec[payload.Feed] {
	s := new(slot)
	c := payload.NewFeeds(manager(tb, s.config()))
	return slotCodec(s, putSample(c.Put), c.Get)
}

func cachegenBlobs(tb testing.TB) Codec[[]byte] {
	s := new(slot)
	c := payload.NewBlobs(manager(tb, s.config()))
	return slotCodec(s, putSample(c.Put), c.Get)
}

func putSample[T any](put func(context.Context, int64, T) error) func(context.Context, T) error {
	return func(ctx context.Context, v T) error { return put(ctx, SampleID, v) }
}

var errNotRead = errors.New("rivals: cachegen does not read this back")

func slotCodec[T any](s *slot, put func(context.Context, T) error, get func(context.Context, int64) (T, bool, error)) Codec[T] {
	ctx := context.Background()
	return Codec[T]{
		Name: "cachegen",
		Encode: func(dst []byte, v T) ([]byte, error) {
			s.value = dst[:0]
			err := put(ctx, v)
			return s.value, err
		},
		Decode: func(b []byte) (T, error) {
			s.value = b
			v, found, err := get(ctx, SampleID)
			if err == nil && !found {
				err = errNotRead
			}
			return v, err
		},
	}
}

// slot is a driver that remembers the bytes of the last Put, whatever the key.
type slot struct {
	drivers.Driver // of which only Get and Put are called
	value          []byte
}

// config describes a store that is s.
func (s *slot) config() cache.StoreConfig {
	const name = "benchmark-slot"
	drivers.Drivers().Override(name, func(context.Context, drivers.StoreConfig) (drivers.Driver, error) { return s, nil })
	return cache.StoreConfig{Driver: name}
}

func (s *slot) Get(context.Context, string) ([]byte, bool, error) { return s.value, true, nil }

func (s *slot) Put(_ context.Context, _ string, value []byte, _ time.Duration) error {
	s.value = append(s.value, value...)
	return nil
}

func (s *slot) Close() error { return nil }
