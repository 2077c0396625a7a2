package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// serve answers GET /net/http and GET /net/http?symbol=Client until ctx ends.
func serve(ctx context.Context, address string, lib *Library, out io.Writer) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler(lib), ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Shutdown(context.WithoutCancel(ctx)) })
	defer stop()
	fmt.Fprintf(out, "serving on http://%s/net/http and http://%[1]s/net/http?symbol=Client\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func handler(lib *Library) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		path := strings.Trim(r.URL.Path, "/")
		answer, err := ask(r.Context(), lib, path, r.URL.Query().Get("symbol"))
		switch {
		case errors.Is(err, ErrNotFound):
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Took", time.Since(start).String())
		w.Header().Set("X-Views", strconv.FormatInt(lib.View(r.Context(), path), 10))
		_ = json.NewEncoder(w).Encode(answer)
	})
}

func ask(ctx context.Context, lib *Library, path, symbol string) (any, error) {
	if symbol == "" {
		return lib.Package(ctx, path)
	}
	return lib.Symbol(ctx, path, symbol)
}
