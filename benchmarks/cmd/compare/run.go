package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// options say how much is run.
type options struct {
	passes    int
	benchtime time.Duration
	note      string
	short     bool
}

// suite is what one file of results holds. Each is a process of its own, so that none inherits another's
// heap.
type suite struct{ name, benchmarks string }

var suites = []suite{
	{"memory", "^Benchmark(Shared(Paired)?|Copying)$"},
	{"redis", "^BenchmarkRedisHit(Paired)?$"},
	{"many", "^BenchmarkMany100(Paired)?$"},
	{"codec", "^Benchmark(Encode|Decode)$"},
	{"stampede", "^BenchmarkStampede$"},
	{"generate", "^BenchmarkGenerate200$"},
	{"build", "^BenchmarkBuild200$"},
}

// run runs all suites in turn, as often as there are passes, and writes one file for each into dir when
// all is done.
func run(ctx context.Context, o options, dir string) error {
	binary, remove, err := build(ctx)
	if err != nil {
		return err
	}
	defer remove()
	head, err := header(ctx, o)
	if err != nil {
		return err
	}
	if o.short {
		o.passes = 1
	}
	output := make([]bytes.Buffer, len(suites))
	for pass := range o.passes {
		for i, s := range suites {
			fmt.Fprintf(os.Stderr, "pass %d of %d: %s\n", pass+1, o.passes, s.name)
			if err := runSuite(ctx, o, binary, s, &output[i]); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	for i, s := range suites {
		content := head + clean(output[i].String())
		if err := os.WriteFile(filepath.Join(dir, s.name+".txt"), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// build compiles the benchmarks.
func build(ctx context.Context) (binary string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "compare-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.RemoveAll(dir) }
	binary = filepath.Join(dir, "benchmarks.test")
	if _, err := command(ctx, "go", "test", "-c", "-o", binary, "."); err != nil {
		remove()
		return "", nil, err
	}
	return binary, remove, nil
}

func runSuite(ctx context.Context, o options, binary string, s suite, out io.Writer) error {
	args := []string{"-test.run=^$", "-test.benchmem", "-test.bench=" + s.benchmarks}
	if o.short {
		args = append(args, "-test.short", "-test.benchtime=1x")
	} else {
		args = append(args, "-test.benchtime="+o.benchtime.String())
	}
	c := exec.CommandContext(ctx, binary, args...)
	c.Stdout, c.Stderr = io.MultiWriter(out, os.Stdout), os.Stderr
	return c.Run()
}

// clean leaves the results, and what the first pass says of the machine.
func clean(output string) string {
	var kept []string
	for line := range strings.Lines(output) {
		benchmark := strings.HasPrefix(line, "Benchmark")
		config := strings.Contains(line, ": ") && line[0] >= 'a' && line[0] <= 'z'
		if benchmark || config && !slices.Contains(kept, line) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func command(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}
