package registry_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/registry"
)

// parts is a registry of strings made from numbers.
type parts = registry.Registry[int, string]

func named(name string) registry.Factory[int, string] {
	return func(_ context.Context, n int) (string, error) { return fmt.Sprint(name, n), nil }
}

func TestNamesIgnoreCaseAndSpace(t *testing.T) {
	var r parts
	r.Register(" Redis ", named("redis"))
	for _, name := range []string{"redis", "REDIS", "\tRedis\n"} {
		require.True(t, r.Has(name), name)
		v, err := r.Resolve(t.Context(), name, 1)
		require.NoError(t, err)
		require.Equal(t, "redis1", v)
	}
	require.False(t, r.Has("redis2"))
	require.False(t, r.Has(""))
}

func TestNamesAreSortedAndTheCallers(t *testing.T) {
	var r parts
	require.Empty(t, r.Names())
	for _, name := range []string{"c", "A", "b"} {
		r.Register(name, named(name))
	}
	names := r.Names()
	require.Equal(t, []string{"a", "b", "c"}, names)
	names[0] = "changed"
	require.Equal(t, []string{"a", "b", "c"}, r.Names())
}

func TestRegisterPanicsOnAMistake(t *testing.T) {
	var r parts
	r.Register("taken", named("first"))
	for message, register := range map[string]func(){
		`cachegen/registry: Register: driver "taken" is registered already; use Override to replace it`: func() { r.Register("Taken", named("second")) },
		"cachegen/registry: Register: empty driver name":                                                func() { r.Register(" ", named("none")) },
		`cachegen/registry: Register: nil factory for driver "nothing"`:                                 func() { r.Register("nothing", nil) },
		"cachegen/registry: Override: empty driver name":                                                func() { r.Override("", named("none")) },
	} {
		require.PanicsWithValue(t, message, register)
	}
	v, err := r.Resolve(t.Context(), "taken", 1)
	require.NoError(t, err)
	require.Equal(t, "first1", v, "a refused registration changes nothing")
	r.Register("free", named("free"))
}

func TestOverrideReturnsWhatItReplaced(t *testing.T) {
	var r parts
	require.Nil(t, r.Override("a", named("first")))
	first := r.Override("A", named("second"))
	require.NotNil(t, first)
	v, err := r.Resolve(t.Context(), "a", 1)
	require.NoError(t, err)
	require.Equal(t, "second1", v)
	r.Override("a", first)
	v, err = r.Resolve(t.Context(), "a", 1)
	require.NoError(t, err)
	require.Equal(t, "first1", v)
	r.Override("a", nil)
	require.False(t, r.Has("a"))
	require.Nil(t, r.Override("a", nil))
}

func TestUnknownNameSaysWhichExist(t *testing.T) {
	var r parts
	_, err := r.Resolve(t.Context(), "Memroy ", 1)
	require.EqualError(t, err, `cachegen: no driver "Memroy " (there is none)`)
	r.Register("memory", named("memory"))
	r.Register("redis", named("redis"))
	_, err = r.Resolve(t.Context(), "Memroy ", 1)
	var unknown *registry.NotFoundError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, registry.NotFound("driver", "Memroy ", []string{"memory", "redis"}), unknown)
	require.EqualError(t, err, `cachegen: no driver "Memroy "; did you mean "memory"? (there are: memory, redis)`)
	require.True(t, unknown.Permanent())
}

func TestErrorOfAFactoryIsReturned(t *testing.T) {
	var r parts
	down := errors.New("down")
	r.Register("a", func(ctx context.Context, _ int) (string, error) { return "", errors.Join(down, ctx.Err()) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.Resolve(ctx, "a", 1)
	require.ErrorIs(t, err, down)
	require.ErrorIs(t, err, context.Canceled)
}

// TestFactoryMayUseTheRegistry would deadlock if factories ran under its lock.
func TestFactoryMayUseTheRegistry(t *testing.T) {
	var r parts
	r.Register("inner", named("inner"))
	r.Register("outer", func(ctx context.Context, n int) (string, error) {
		r.Override("by the way", named("x"))
		return r.Resolve(ctx, "inner", n)
	})
	v, err := r.Resolve(t.Context(), "outer", 2)
	require.NoError(t, err)
	require.Equal(t, "inner2", v)
}

func TestNearestName(t *testing.T) {
	names := []string{"memory", "redis", "database", "file"}
	for name, want := range map[string]string{
		"memroy": "memory", "REDIS ": "redis", "reds": "redis", "databse": "database", "databases": "database",
		"fil": "file", "x": "", "": "", "sqlite": "", "mem": "", "reddiss": "redis",
	} {
		require.Equal(t, want, registry.Nearest(name, names), name)
	}
	require.Empty(t, registry.Nearest("a", nil))
}

func TestRegistryIsSafeForConcurrentUse(t *testing.T) {
	var r parts
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			name := fmt.Sprint("n", i)
			r.Register(name, named(name))
			r.Override("shared", named(name))
			_, err := r.Resolve(t.Context(), name, i)
			require.NoError(t, err)
			require.True(t, r.Has("shared"))
			require.NotEmpty(t, r.Names())
		})
	}
	wg.Wait()
	require.Len(t, r.Names(), 9)
}
