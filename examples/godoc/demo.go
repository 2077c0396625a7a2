package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// runDemo asks for a few packages: first for all of them at once by many callers, then again.
func runDemo(ctx context.Context, lib *Library, out io.Writer) error {
	fmt.Fprintf(out, "Documentation of the standard library, parsed from source, cached by import path.\n\n")
	fmt.Fprintf(out, "%-12s %8s %12s %12s %9s\n", "package", "symbols", "first", "second", "speed-up")
	for _, path := range []string{"fmt", "strings", "net/http", "go/types", "database/sql", "crypto/tls"} {
		if err := compare(ctx, lib, path, out); err != nil {
			return err
		}
	}
	return stampede(ctx, lib, out)
}

func compare(ctx context.Context, lib *Library, path string, out io.Writer) error {
	p, cold, err := timed(ctx, lib, path)
	if err != nil {
		return err
	}
	_, warm, err := timed(ctx, lib, path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%-12s %8d %12v %12v %8.0fx\n", path, len(p.Symbols),
		cold.Round(time.Microsecond), warm.Round(time.Microsecond), float64(cold)/float64(max(warm, 1)))
	return err
}

func timed(ctx context.Context, lib *Library, path string) (*Package, time.Duration, error) {
	start := time.Now()
	p, err := lib.Package(ctx, path)
	return p, time.Since(start), err
}

// stampede has many callers want one package that was dropped: it is parsed once.
func stampede(ctx context.Context, lib *Library, out io.Writer) error {
	const callers, path = 500, "net/http"
	if err := lib.Forget(ctx, path); err != nil {
		return err
	}
	var wg sync.WaitGroup
	start := time.Now()
	errs := make(chan error, callers)
	before := parses.Load()
	for range callers {
		wg.Go(func() {
			_, err := lib.Package(ctx, path)
			errs <- err
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	driver := os.Getenv("CACHE_DRIVER")
	if driver == "" {
		driver = "memory"
	}
	_, err := fmt.Fprintf(out, "\n%d callers wanted %s at once after it was forgotten: parsed %d time(s), all served in %v (driver: %s).\n",
		callers, path, parses.Load()-before, time.Since(start).Round(time.Millisecond), driver)
	return err
}
