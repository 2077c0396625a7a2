package cache

import (
	"context"
	"fmt"
	"unsafe"
)

// types is what a core has to be told about the types of keys and values. The funcs are made where these
// are known.
type types struct {
	// keyOf returns the key of a value; nil where values do not hold it.
	keyOf func(v any) (string, error)
	// call calls a loader of the typed methods, of either kind, with a key.
	call func(ctx context.Context, k, fn any) (any, error)
}

// typesOf, like all that is generic here, calls little that is generic in its turn: for each such call the
// compiler writes a table for every cache.
func typesOf[K comparable, V any](s *Spec[K, V]) types {
	t := types{call: func(ctx context.Context, k, fn any) (any, error) {
		key, _ := k.(K)
		switch fn := fn.(type) {
		case func(context.Context, K) (V, error):
			return fn(ctx, key)
		case func(context.Context, K) V:
			return fn(ctx, key), nil
		}
		return nil, ErrNilLoader
	}}
	if s.KeyOf != nil {
		t.keyOf = func(v any) (string, error) {
			typed, _ := v.(V)
			return keyString(s.Name, s.AppendKey, s.KeyOf(typed))
		}
	}
	return t
}

// keyString returns the key of k in the cache of that name.
func keyString[K comparable](name string, appendKey func([]byte, K) ([]byte, error), k K) (string, error) {
	key, err := appendKey(make([]byte, 0, 64), k)
	if err != nil {
		return "", keyError(name, err)
	}
	// The bytes are nobody else's and do not change any more, so they need not be copied.
	return unsafe.String(unsafe.SliceData(key), len(key)), nil
}

func keyError(name string, err error) error { return fmt.Errorf("cachegen: %s: key: %w", name, err) }

// keyStrings returns the keys of ks, which are parts of one buffer.
func keyStrings[K comparable](name string, appendKey func([]byte, K) ([]byte, error), ks []K) ([]string, error) {
	keys := make([]string, len(ks))
	buf := make([]byte, 0, 64)
	for i, k := range ks {
		if i == 1 { // the others are about as long as the first
			buf = make([]byte, 0, (len(buf)+2)*(len(ks)-1))
		}
		start := len(buf)
		longer, err := appendKey(buf, k)
		if err != nil {
			return nil, keyError(name, err)
		}
		buf = longer // what stood before start may have moved, and does not change where it was
		keys[i] = unsafe.String(unsafe.SliceData(buf[start:]), len(buf)-start)
	}
	return keys, nil
}
