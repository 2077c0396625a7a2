// Godoc answers for any package of the standard library with its parsed documentation, and shows what
// a typed cache does for a load of tens of milliseconds.
//
//	go run ./examples/godoc net/http          the package
//	go run ./examples/godoc net/http Client   one symbol of it
//	go run ./examples/godoc -demo             cold and warm times of a few packages
//	go run ./examples/godoc -http :6060       the same over HTTP
//
// The cache is in memory. With CACHE_DRIVER=redis, and REDIS_HOST and the like, it is in Redis, and
// the second run of the program is warm.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	cache "github.com/cachegen/cachegen/runtime"
	_ "github.com/cachegen/cachegen/runtime/drivers/redis"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "godoc:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("godoc", flag.ContinueOnError)
	demo := flags.Bool("demo", false, "print cold and warm times of a few packages")
	address := flags.String("http", "", "serve on this `address` instead")
	if err := flags.Parse(args); err != nil {
		return err
	}
	m, err := openCache()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Shutdown(context.WithoutCancel(ctx))) }()
	lib := NewLibrary(m)
	if err := m.Ready(ctx); err != nil {
		return err
	}
	switch {
	case *demo:
		return runDemo(ctx, lib, out)
	case *address != "":
		return serve(ctx, *address, lib, out)
	}
	return lookUp(ctx, lib, flags.Args(), out)
}

// openCache makes a manager from the environment. Events go to stderr where something failed.
func openCache() (*cache.Manager, error) {
	config, err := cache.FromEnv()
	if err != nil {
		return nil, err
	}
	config.OnEvent = func(e cache.Event) {
		if e.Err != nil {
			fmt.Fprintf(os.Stderr, "godoc: cache: %v: %v\n", e.Kind, e.Err)
		}
	}
	return cache.NewManager(config), nil
}

// lookUp prints a package, or a symbol of one, and how long it took.
func lookUp(ctx context.Context, lib *Library, args []string, out io.Writer) error {
	if len(args) < 1 || len(args) > 2 {
		return errors.New("usage: godoc PACKAGE [SYMBOL], for instance: godoc net/http Client")
	}
	start := time.Now()
	if len(args) == 1 {
		p, err := lib.Package(ctx, args[0])
		if err != nil {
			return err
		}
		printPackage(out, p)
	} else {
		s, err := lib.Symbol(ctx, args[0], args[1])
		if err != nil {
			return err
		}
		printSymbol(out, s)
	}
	fmt.Fprintf(out, "(%v)\n", time.Since(start).Round(time.Microsecond))
	return nil
}
