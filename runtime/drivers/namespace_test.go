package drivers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func namespace(prefix, name string) drivers.Namespace {
	return drivers.StoreConfig{Prefix: prefix, Name: name}.Namespace()
}

func TestNamespaceLayout(t *testing.T) {
	t.Parallel()
	require.Equal(t, "app:user:42", namespace("app", "").Key("user:42"))
	require.Equal(t, "app!s!session:user:42", namespace("app", "session").Key("user:42"))
	require.Equal(t, "app!k:{app:user:42}", namespace("app", "").Internal("k", "user:42"))
	require.Equal(t, "app!k:{app!s!session:user:42}", namespace("app", "session").Internal("k", "user:42"))
	require.Equal(t, "cachegen:k", namespace("", "").Key("k"))
	require.Equal(t, "a%3Ab%21c!s!x%7By%7D:k", namespace("a:b!c", "x{y}").Key("k"))
}

func TestAllKeysAgreesWithKey(t *testing.T) {
	n := namespace("app", "session")
	keys := []string{"a", "", "{b}", "%7B", strings.Repeat("long", 100), "a"}
	var want []string
	for _, key := range keys {
		want = append(want, n.Key(key))
		if got := string(n.AppendKey([]byte("before"), key)); got != "before"+n.Key(key) {
			t.Errorf("AppendKey of %q = %q", key, got)
		}
	}
	if got := n.AllKeys(keys); !slices.Equal(got, want) {
		t.Errorf("AllKeys = %q; want %q", got, want)
	}
}

// TestNamespacesDoNotMeet: what the keys of one place begin with, no key of another does.
func TestNamespacesDoNotMeet(t *testing.T) {
	t.Parallel()
	parts := []string{"a", "ab", "a:", "a:b", "a!", "a!s!b", "a%3A", "a%", "%", "!", "!s!", "{a}", "s", "k:"}
	type place struct{ prefix, name string }
	var places []place
	for _, prefix := range parts {
		places = append(places, place{prefix, ""})
		for _, name := range parts {
			places = append(places, place{prefix, name})
		}
	}
	keys := append([]string{"", ":", "!k:{a:b}"}, parts...)
	for _, p := range places {
		own := namespace(p.prefix, p.name)
		for _, q := range places {
			other := namespace(q.prefix, q.name)
			for _, key := range keys {
				value, internal := other.Key(key), other.Internal("l", key)
				if strings.HasPrefix(value, own.Keys()) != (p == q) || strings.HasPrefix(internal, own.Internals("l")) != (p == q) {
					t.Errorf("%q and %q meet in %q or %q", p, q, value, internal)
				}
				if strings.HasPrefix(internal, own.Keys()) {
					t.Errorf("the internal name %q of %q is a key of %q", internal, q, p)
				}
			}
		}
	}
}

func FuzzKeysSurviveTheNamespace(f *testing.F) {
	for _, key := range []string{"a", "{}", "%", "%7B", "%7D", "%257B", "%25", "%2525", "%%7B", "a{b%7Db}%"} {
		f.Add(key, key+"7B")
	}
	n := namespace("app", "x")
	f.Fuzz(func(t *testing.T, a, b string) {
		stored := n.Key(a)
		require.NotContains(t, stored, "{")
		require.NotContains(t, stored, "}")
		back, ok := n.CutKey(stored)
		require.True(t, ok)
		require.Equal(t, a, back)
		require.Equal(t, a == b, stored == n.Key(b))
	})
}
