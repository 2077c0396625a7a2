package generator

import (
	"context"
	"errors"
	"go/format"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestGenerateWritesNothing(t *testing.T) {
	dir := writeStructs(t, 3)
	r, err := Generate(t.Context(), Options{Dir: dir, Env: moduleEnv(t)})
	require.NoError(t, err)
	require.Equal(t, []string{"go.mod", "go.sum", "models.go"}, entries(t, dir))

	require.Len(t, r.Files, 1)
	require.Equal(t, filepath.Join(dir, "cache_gen.go"), r.Files[0].Path)
	require.Equal(t, Missing, r.Files[0].Status)
	require.Nil(t, r.Files[0].Old)
	require.Len(t, r.Caches, 3)
	require.Equal(t, CacheInfo{
		Name: "Model1Cache", Package: "example.com/app", Kind: "struct", Type: "Model1", Key: "model1:{ID}",
		Parts: []string{"int64"}, Value: "*models.Model1", TTL: 15 * time.Minute,
		Pos: posAt("models.go", 18, 1), Sync: "process",
	}, r.Caches[1])
}

func TestGenerateIsDeterministic(t *testing.T) {
	dir := writeStructs(t, 20)
	options := Options{Dir: dir, Env: moduleEnv(t)}
	first, err := Generate(t.Context(), options)
	require.NoError(t, err)
	second, err := Generate(t.Context(), options)
	require.NoError(t, err)
	require.Equal(t, first, second)
}

// TestGenerateFormatsTheWhole looks at what is rendered in sections as gofmt would.
func TestGenerateFormatsTheWhole(t *testing.T) {
	r, err := Generate(t.Context(), Options{Dir: writeStructs(t, 20), Env: moduleEnv(t), Tests: true})
	require.NoError(t, err)
	require.Len(t, r.Files, 2)
	for _, f := range r.Files {
		formatted, err := format.Source(f.New)
		require.NoError(t, err)
		require.Equal(t, string(formatted), string(f.New))
	}
}

func TestGenerateListsAllMistakes(t *testing.T) {
	dir := writeStructs(t, 1)
	source := "package models\n\n//cachegen:cache key=\"x:{Idd}\" ttl=1m\ntype X struct{ ID int }\n\n//cachegen:cahce\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.go"), []byte(source), 0o600))
	r, err := Generate(t.Context(), Options{Dir: dir, Env: moduleEnv(t)})
	require.Nil(t, r)
	var mistakes Diagnostics
	require.ErrorAs(t, err, &mistakes)
	require.Len(t, mistakes, 2)
	require.Equal(t, posAt("a.go", 3, 26), mistakes[0].Pos)
	require.Equal(t, "a.go:3:26: X has no field Idd: did you mean ID?\n"+mistakes[1].String(), err.Error())
}

func TestGenerateStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Generate(ctx, Options{Dir: writeStructs(t, 1), Env: moduleEnv(t)})
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, errors.As(err, new(Diagnostics)))
}

func TestGenerateRefusesFiles(t *testing.T) {
	_, err := Generate(t.Context(), Options{Patterns: []string{"a/b.go"}})
	require.EqualError(t, err, "cachegen/generator: a/b.go is a file: name its package, as ./a")
}

func TestRelativeNamesAreShorter(t *testing.T) {
	require.Equal(t, posAt(filepath.Join("x", "a.go"), 3, 4), relative("/src", posAt("/src/x/a.go", 3, 4)))
	require.Equal(t, posAt("/etc/a.go", 3, 4), relative("/a/very/deep/directory", posAt("/etc/a.go", 3, 4)))
}
