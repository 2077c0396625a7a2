// Command cachegen generates typed cache accessors from directives in Go source.
//
// Usage:
//
//	cachegen [flags] [packages]
//
// It reads the named packages, by default the one in the current directory, and writes a file
// cache_gen.go beside each that holds //cachegen: directives. Packages are named as for the go
// command; ./... is the usual argument.
//
// The flags are:
//
//	-check    write nothing; print how the generated files differ from what they should be
//	-list     write nothing; print the declared caches, counters and limits
//	-json     with -list, print JSON
//	-tests    also write tests of the generated files, which is to be run by go test; once they are
//	          there, they are kept up to date
//	-o name   the name of the generated files
//	-v        print what became of each file
//	-version  print cachegen's version
//
// The exit status is 0 if all went well, 1 if the source has mistakes or -check found differences,
// and 2 if cachegen could not do its work.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/cachegen/cachegen/generator"
)

func main() { os.Exit(run()) }

// run runs the command in the environment of this process, until it is interrupted.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // a run is short, and of 200 structs its heap stays below 100 MiB
	}
	return (&command{stdout: os.Stdout, stderr: os.Stderr}).run(ctx, os.Args[1:])
}

// The exit statuses.
const (
	exitOK      = 0
	exitDiffers = 1
	exitTrouble = 2
)

// A command is one run of cachegen.
type command struct {
	stdout, stderr                             io.Writer
	check, list, json, tests, verbose, version bool
	output                                     string
}

func (c *command) run(ctx context.Context, args []string) int {
	flags := c.flags()
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitTrouble
	case c.json && !c.list, c.check && c.list:
		fmt.Fprintln(c.stderr, "cachegen: -json goes with -list, and -check with neither")
		return exitTrouble
	case c.version:
		fmt.Fprintln(c.stdout, versionLine())
		return exitOK
	}
	return c.status(c.generate(ctx, flags.Args()))
}

func (c *command) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("cachegen", flag.ContinueOnError)
	flags.SetOutput(c.stderr)
	flags.Usage = func() {
		fmt.Fprint(c.stderr, "usage: cachegen [flags] [packages]\n\n")
		flags.PrintDefaults()
	}
	flags.BoolVar(&c.check, "check", false, "write nothing; print how the generated files differ from what they should be")
	flags.BoolVar(&c.list, "list", false, "write nothing; print the declared caches, counters and limits")
	flags.BoolVar(&c.json, "json", false, "with -list, print JSON")
	flags.BoolVar(&c.tests, "tests", false, "also write tests of the generated files")
	flags.StringVar(&c.output, "o", "", "the `name` of the generated files (default cache_gen.go)")
	flags.BoolVar(&c.verbose, "v", false, "print what became of each file")
	flags.BoolVar(&c.version, "version", false, "print cachegen's version")
	return flags
}

// errDiffers ends a -check that found differences, which have been printed.
var errDiffers = errors.New("the generated files are not up to date")

func (c *command) generate(ctx context.Context, patterns []string) error {
	r, err := generator.Generate(ctx, generator.Options{Patterns: patterns, Output: c.output, Tests: c.tests})
	switch {
	case err != nil:
		return err
	case c.list:
		return c.printCaches(r.Caches)
	case c.check:
		c.printDifferences(r)
		if !r.Fresh() {
			return errDiffers
		}
		return nil
	}
	if err := r.Commit(); err != nil {
		return err
	}
	c.printWritten(r)
	return nil
}

// status prints an error and returns the exit status it stands for.
func (c *command) status(err error) int {
	var mistakes generator.Diagnostics
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errDiffers):
		return exitDiffers
	case errors.As(err, &mistakes):
		fmt.Fprintln(c.stderr, err)
		return exitDiffers
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(c.stderr, "cachegen: interrupted; nothing was changed")
		return exitTrouble
	}
	fmt.Fprintln(c.stderr, err)
	return exitTrouble
}
