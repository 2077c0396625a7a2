// Command compare runs the benchmarks, keeps their results in results/, and writes the chart there and
// the tables in docs/benchmarks.md. It is run in the folder benchmarks.
//
//	go run ./cmd/compare           # all of it, in several passes
//	go run ./cmd/compare -report   # only writes chart and tables again
//	go run ./cmd/compare -short    # runs each benchmark once, and keeps nothing
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/cachegen/cachegen/benchmarks/report"
)

// Where things are, from the folder benchmarks.
const (
	resultsDir = "results"
	chartFile  = "results/chart.svg"
	document   = "../docs/benchmarks.md"
)

func main() {
	var o options
	flag.IntVar(&o.passes, "passes", 6, "run everything this often, one pass after the other")
	flag.DurationVar(&o.benchtime, "benchtime", 300*time.Millisecond, "measure each benchmark this long in a pass")
	flag.StringVar(&o.note, "note", "", "a sentence that is kept with the results, for instance that they are a trial")
	flag.BoolVar(&o.short, "short", false, "run each benchmark once, with less data, and keep nothing")
	onlyReport := flag.Bool("report", false, "write the chart and the tables of the results that are there")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := compare(ctx, o, *onlyReport); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func compare(ctx context.Context, o options, onlyReport bool) error {
	if flag.NArg() > 0 {
		return errors.New("it takes flags only; see -help")
	}
	switch {
	case onlyReport:
		return writeReport()
	case o.short:
		return try(ctx, o)
	}
	if err := os.MkdirAll(resultsDir, 0o755); err != nil {
		return err
	}
	if err := run(ctx, o, resultsDir); err != nil {
		return err
	}
	return writeReport()
}

// try does all that compare does, in a folder that is removed at the end.
func try(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := run(ctx, o, dir); err != nil {
		return err
	}
	r, err := report.Read(dir)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	_, err = r.Insert(string(text))
	return err
}

// writeReport writes what the results say.
func writeReport() error {
	r, err := report.Read(resultsDir)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	inserted, err := r.Insert(string(text))
	if err != nil {
		return err
	}
	if err := os.WriteFile(document, []byte(inserted), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.FromSlash(chartFile), []byte(r.Chart()), 0o644)
}
