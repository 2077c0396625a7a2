// Package generator turns the directives in Go packages into typed cache accessors.
//
// [Generate] reads and renders; it prints nothing and writes nothing. [Result.Commit] writes. The
// command cachegen is a thin shell around the two.
package generator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cachegen/cachegen/generator/internal/diag"
	"github.com/cachegen/cachegen/generator/internal/emit"
	"github.com/cachegen/cachegen/generator/internal/load"
	"github.com/cachegen/cachegen/generator/internal/model"
	"github.com/cachegen/cachegen/generator/internal/output"
)

// Options says what to generate. The zero value means the package in the current directory.
type Options struct {
	// Dir is the directory that Patterns and the positions in diagnostics are relative to; "" means
	// the current one.
	Dir string
	// Patterns names packages, as the go command does; none means ".".
	Patterns []string
	// Output is the name of the file generated in each package; "" means cache_gen.go.
	Output string
	// Tests asks for tests of the generated files, each beside its file: cache_gen_test.go. Those that
	// are there already are kept up to date without.
	Tests bool
	// Env is the environment of the go command; nil means that of this process.
	Env []string
}

// withDefaults returns a copy of o in which every field is set.
func (o Options) withDefaults() (Options, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, fmt.Errorf("cachegen/generator: find the directory %q: %w", o.Dir, err)
	}
	o.Dir = dir
	if len(o.Patterns) == 0 {
		o.Patterns = []string{"."}
	}
	if o.Output == "" {
		o.Output = output.DefaultName
	}
	return o, errors.Join(o.checkPatterns(), o.checkOutput())
}

// checkPatterns reports patterns that name files: the rest of their package would be missed.
func (o Options) checkPatterns() error {
	for _, p := range o.Patterns {
		if strings.HasSuffix(p, ".go") {
			return fmt.Errorf("cachegen/generator: %s is a file: name its package, as %s", p, filepath.ToSlash("./"+filepath.Dir(p)))
		}
	}
	return nil
}

// checkOutput reports an output name that the go command would not compile, or not everywhere.
func (o Options) checkOutput() error {
	switch {
	case o.Output != filepath.Base(o.Output), !strings.HasSuffix(o.Output, ".go"):
		return fmt.Errorf("cachegen/generator: the output %q must be a file name that ends in .go: it is written into each package's directory", o.Output)
	case strings.HasSuffix(o.Output, "_test.go"), strings.HasPrefix(o.Output, "_"), strings.HasPrefix(o.Output, "."):
		return fmt.Errorf("cachegen/generator: the output %q is a name that the go command leaves out of the package: choose another", o.Output)
	case load.NameConstraint(o.Output) != "":
		return fmt.Errorf("cachegen/generator: the output %q is a name that the go command compiles on %s alone: choose another", o.Output, load.NameConstraint(o.Output))
	}
	return nil
}

// Generate reads the packages that o names and renders their generated files. Nothing is written.
//
// Mistakes in the source are a [Diagnostics] error, which lists all of them; any other error says
// why the source could not be read. With an error, the Result is nil.
func Generate(ctx context.Context, o Options) (*Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	var problems diag.List
	packages, err := read(ctx, o, &problems)
	if err != nil {
		return nil, err
	}
	if problems.Len() > 0 {
		return nil, diagnostics(o.Dir, &problems)
	}
	r := &Result{}
	for _, p := range packages {
		if err := r.add(p, o); err != nil {
			return nil, err
		}
	}
	return r, ctx.Err()
}

// read loads and resolves the packages.
func read(ctx context.Context, o Options, problems *diag.List) ([]*model.Package, error) {
	program, err := load.Load(ctx, load.Config{Dir: o.Dir, Patterns: o.Patterns, Env: o.Env, Output: o.Output}, problems)
	if err != nil {
		return nil, errors.Join(ctx.Err(), err)
	}
	if problems.Len() > 0 {
		return nil, nil
	}
	return model.Build(program, problems)
}

// add renders a package and finds out how its directory differs from that.
func (r *Result) add(p *model.Package, o Options) error {
	if p.Excluded {
		return nil
	}
	targets := map[string]renderer{}
	if len(p.Caches) > 0 {
		targets[filepath.Join(p.Dir, o.Output)] = emit.Render
	}
	tests := filepath.Join(p.Dir, strings.TrimSuffix(o.Output, ".go")+"_test.go")
	if len(p.Caches) > 0 && (o.Tests || slices.Contains(p.Generated, tests)) {
		targets[tests] = emit.RenderTests
	}
	for _, generated := range p.Generated {
		if targets[generated] == nil {
			f, err := orphan(generated)
			if err != nil {
				return err
			}
			r.Files = append(r.Files, f)
		}
	}
	for _, target := range slices.Sorted(maps.Keys(targets)) {
		f, err := render(p, target, targets[target])
		if err != nil {
			return err
		}
		r.Files = append(r.Files, f)
	}
	for _, c := range p.Caches {
		r.Caches = append(r.Caches, info(p, c, o.Dir))
	}
	return nil
}

// A renderer renders one of a package's generated files.
type renderer func(*model.Package) ([]byte, error)

func render(p *model.Package, target string, render renderer) (File, error) {
	src, err := render(p)
	if err != nil {
		return File{}, err
	}
	return compare(target, src)
}
