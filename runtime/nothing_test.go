package cache_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
)

// links has no generated codec.
type links struct {
	Value         url.URL
	Pointer, None *url.URL
	List          []*url.URL
	ByName        map[string]*url.URL
}

// TestNothingIsNotNil: an empty URL marshals itself to no bytes, and is no nil pointer on any store.
func TestNothingIsNotNil(t *testing.T) {
	want := &links{Pointer: &url.URL{}, List: []*url.URL{{}, nil}, ByName: map[string]*url.URL{"a": {}, "b": nil}}
	for name, config := range map[string]*cache.Config{"memory": nil, "file": fileConfig(t.TempDir())} {
		t.Run(name, func(t *testing.T) {
			m := newManager(t, config)
			require.NoError(t, m.Put("links", want, time.Hour))
			require.NoError(t, m.Put("site", &url.URL{}, time.Hour))
			got, ok := m.Get("links")
			require.True(t, ok)
			require.Equal(t, want, got)
			site, ok := m.Get("site")
			require.True(t, ok)
			require.Equal(t, &url.URL{}, site)
		})
	}
}
