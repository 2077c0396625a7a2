package cache

import (
	"context"
	"reflect"
	"time"

	"github.com/cachegen/cachegen/runtime/internal/codec"
)

// RememberEable is what [RememberT] needs. Manager and Store have it.
type RememberEable interface {
	RememberE(key string, ttl time.Duration, fn func() (any, error)) (any, error)
}

// RememberEContextable is what [RememberTWithContext] needs. Manager has it.
type RememberEContextable interface {
	RememberEWithContext(ctx context.Context, key string, ttl time.Duration, fn func() (any, error)) (any, error)
}

// RememberT is RememberE for values of type T. If key holds a value of another type, it returns the
// zero T and a *[TypeError].
func RememberT[T any](m RememberEable, key string, ttl time.Duration, fn func() (T, error)) (T, error) {
	if fn == nil {
		var zero T
		return zero, ErrNilLoader
	}
	know[T]()
	v, err := m.RememberE(key, ttl, func() (any, error) { return fn() })
	return as[T](key, v, err)
}

// RememberTWithContext is [RememberT] with a context.
func RememberTWithContext[T any](m RememberEContextable, ctx context.Context, key string, ttl time.Duration, fn func() (T, error)) (T, error) {
	if fn == nil {
		var zero T
		return zero, ErrNilLoader
	}
	know[T]()
	v, err := m.RememberEWithContext(ctx, key, ttl, func() (any, error) { return fn() })
	return as[T](key, v, err)
}

// GetAs returns the value of key as a T. ok is false if there is none. If key holds a value of another
// type, it returns the zero T and a *[TypeError].
func GetAs[T any](m interface{ Get(key string) (any, bool) }, key string) (v T, ok bool, err error) {
	know[T]()
	return found[T](key)(m.Get(key))
}

// GetAsWithContext is [GetAs] with a context.
func GetAsWithContext[T any](m interface {
	GetWithContext(ctx context.Context, key string) (any, bool)
}, ctx context.Context, key string) (v T, ok bool, err error) {
	know[T]()
	return found[T](key)(m.GetWithContext(ctx, key))
}

// Codec is the codec that was generated for values of type V; generated code hands it to [Register].
type Codec[V any] = codec.Codec[V]

// Register makes T known, so that the untyped methods return its values as what they are, also those
// that another process stored. The error says why values of T cannot be stored. Generated code passes a
// codec, which then serves all values of T in the process.
func Register[T any](c ...Codec[T]) error {
	if len(c) > 0 {
		codec.Emit(c[len(c)-1])
		return nil
	}
	t, err := codec.ForType(reflect.TypeOf((*T)(nil)).Elem())
	if err == nil {
		codec.Register(t)
	}
	return err
}

// know is Register where a T that cannot be stored shows soon enough.
func know[T any]() { _ = Register[T]() }

func found[T any](key string) func(v any, ok bool) (T, bool, error) {
	return func(v any, ok bool) (T, bool, error) {
		if !ok {
			var zero T
			return zero, false, nil
		}
		t, err := as[T](key, v, nil)
		return t, err == nil, err
	}
}

// as asserts that v, which came with err, is a T. An int64 stands for any integer it fits: it is what
// counters give.
func as[T any](key string, v any, err error) (T, error) {
	t, ok := v.(T)
	if ok || err != nil || v == nil {
		return t, err
	}
	if n, counted := v.(int64); counted {
		if t, ok := fromCounter[T](n); ok {
			return t, nil
		}
	}
	return t, &TypeError{Key: key, Want: reflect.TypeFor[T]().String(), Got: reflect.TypeOf(v).String()}
}

func fromCounter[T any](n int64) (t T, ok bool) {
	typ, err := codec.For[T]()
	if err != nil {
		return t, false
	}
	v, err := typ.DecodeNumber(n)
	if err != nil {
		return t, false
	}
	t, ok = v.(T)
	return t, ok
}
