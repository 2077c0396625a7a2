package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/cachetest"
)

func TestLibraryParsesOnce(t *testing.T) {
	lib := NewLibrary(cachetest.New(t).Manager)
	before := parses.Load()
	for range 3 {
		p, err := lib.Package(t.Context(), "strings")
		require.NoError(t, err)
		require.Equal(t, "strings", p.Name)
		s, err := lib.Symbol(t.Context(), "strings", "Builder.WriteString")
		require.NoError(t, err)
		require.Equal(t, "method", s.Kind)
		require.Contains(t, s.Decl, "func (b *Builder) WriteString(s string)")
	}
	require.EqualValues(t, 1, parses.Load()-before)

	require.NoError(t, lib.Forget(t.Context(), "strings"))
	_, err := lib.Package(t.Context(), "strings")
	require.NoError(t, err)
	require.EqualValues(t, 2, parses.Load()-before)
}

func TestUnknown(t *testing.T) {
	lib := NewLibrary(cachetest.New(t).Manager)
	for _, path := range []string{"no/such/package", "../../etc", "github.com/cachegen/cachegen/runtime"} {
		_, err := lib.Package(t.Context(), path)
		require.ErrorIs(t, err, ErrNotFound, path)
	}
	_, err := lib.Symbol(t.Context(), "fmt", "Prinln")
	require.ErrorIs(t, err, ErrNotFound)
}

func TestHTTP(t *testing.T) {
	server := httptest.NewServer(handler(NewLibrary(cachetest.New(t).Manager)))
	defer server.Close()
	get := func(path string) (int, string, http.Header) {
		r, err := http.Get(server.URL + path)
		require.NoError(t, err)
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		return r.StatusCode, string(body), r.Header
	}
	code, body, header := get("/net/http")
	require.Equal(t, http.StatusOK, code)
	require.Equal(t, "1", header.Get("X-Views"))
	var p Package
	require.NoError(t, json.Unmarshal([]byte(body), &p))
	require.Equal(t, "net/http", p.Path)
	require.Greater(t, len(p.Symbols), 100)

	_, _, header = get("/net/http?symbol=Client")
	require.Equal(t, "2", header.Get("X-Views"))
	code, _, _ = get("/no/such")
	require.Equal(t, http.StatusNotFound, code)
}

// TestCommand runs the program as a user does: the second run finds in Redis what the first left there.
func TestCommand(t *testing.T) {
	server := redistest.Start(t)
	t.Setenv("CACHE_DRIVER", "redis")
	t.Setenv("REDIS_HOST", server.Host())
	t.Setenv("REDIS_PORT", portOf(server))
	for round := range 2 {
		before := parses.Load()
		var out bytes.Buffer
		require.NoError(t, run(context.Background(), []string{"fmt", "Println"}, &out))
		require.Contains(t, out.String(), "func Println(a ...any) (n int, err error)")
		require.EqualValues(t, 1-round, parses.Load()-before)
	}
	require.ErrorContains(t, run(context.Background(), nil, io.Discard), "usage:")
	t.Setenv("REDIS_PORT", "70000")
	require.ErrorContains(t, run(context.Background(), []string{"fmt"}, io.Discard), "REDIS_PORT")
}

func portOf(s *redistest.Server) string {
	_, port, _ := strings.Cut(s.Addr(), ":")
	return port
}
