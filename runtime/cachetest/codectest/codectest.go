// Package codectest checks generated codecs with values that it makes up. The tests that
// `cachegen -tests` writes call it.
package codectest

import (
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/internal/codec"
	"github.com/cachegen/cachegen/runtime/msgp"
)

// Seeds is how many values each check tries: those of the seeds from 0 on.
const Seeds = 100

// maxCuts is about how many parts of a value's bytes are tried.
const maxCuts = 64

// RoundTrip checks that values of type V come back as they were, and that no part of their bytes is
// taken for all of them. A value that a marshaler of its own refuses is passed over.
func RoundTrip[V any](t testing.TB) {
	t.Helper()
	c := registered[V](t)
	for seed := range uint64(Seeds) {
		v := Value[V](seed)
		b, err := c.Append(nil, v)
		if err != nil {
			t.Logf("seed %d: append: %v", seed, err)
			continue
		}
		got, err := msgp.Read(b, false, c.Read)
		if err != nil {
			t.Fatalf("seed %d: read: %v", seed, err)
		}
		if diff := difference(v, got); diff != "" {
			t.Fatalf("seed %d: what was read differs: %s", seed, diff)
		}
		for n := 0; n < len(b); n += 1 + len(b)/maxCuts {
			if _, err := msgp.Read(b[:n], true, c.Read); err == nil {
				t.Fatalf("seed %d: %d of %d bytes were taken for a value", seed, n, len(b))
			}
		}
	}
}

// Agreement checks that vmihailenco/msgpack reads what the codec of V appends, and the codec what
// vmihailenco/msgpack writes.
func Agreement[V any](t testing.TB) {
	t.Helper()
	c := registered[V](t)
	for seed := range uint64(Seeds) {
		v := Value[V](seed)
		theirs, err := msgpack.Marshal(&v)
		if err != nil {
			t.Logf("seed %d: marshal: %v", seed, err)
			continue
		}
		got, err := msgp.Read(theirs, false, c.Read)
		if err != nil {
			t.Fatalf("seed %d: read what the library wrote: %v", seed, err)
		}
		if diff := (comparison{library: true}).of(v, got); diff != "" {
			t.Fatalf("seed %d: what the library wrote reads otherwise: %s", seed, diff)
		}
		ours, err := c.Append(nil, v)
		if err != nil {
			t.Fatalf("seed %d: append: %v", seed, err)
		}
		var back V
		if err := msgpack.Unmarshal(ours, &back); err != nil {
			t.Fatalf("seed %d: the library cannot read what was appended: %v", seed, err)
		}
		if diff := difference(v, back); diff != "" {
			t.Fatalf("seed %d: the library reads what was appended otherwise: %s", seed, diff)
		}
		if again, err := c.Append(nil, got); err != nil || len(again) != len(theirs) {
			t.Fatalf("seed %d: %d bytes were appended, error %v, the library writes %d", seed, len(again), err, len(theirs))
		}
	}
}

// Independence checks that a copy of a value equals it and shares nothing with it that can be changed.
func Independence[V any](t testing.TB) {
	t.Helper()
	c := registered[V](t)
	if c.Clone == nil {
		return // a plain copy is independent
	}
	for seed := range uint64(Seeds) {
		v := Value[V](seed)
		clone, err := c.Clone(v)
		if err != nil {
			t.Logf("seed %d: clone: %v", seed, err)
			continue
		}
		if diff := difference(v, clone); diff != "" {
			t.Fatalf("seed %d: the copy differs: %s", seed, diff)
		}
		if path := sharedIn(v, clone); path != "" {
			t.Fatalf("seed %d: the copy shares %s with the value", seed, path)
		}
	}
}

// registered returns the codec of V, which has to be registered by generated code.
func registered[V any](t testing.TB) *codec.Emitted[V] {
	t.Helper()
	typ, err := codec.For[V]()
	if err != nil {
		t.Fatal(err)
	}
	c := codec.CodecOf[V](typ)
	if c == nil {
		t.Fatalf("no codec is registered for %s: run cachegen", typ.Name())
	}
	return c
}
