// Package report turns the results of the benchmarks into tables and a chart.
package report

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Results are the benchmarks of a directory, as the go command prints them and benchstat reads them. The
// zero value has none.
type Results struct {
	config  map[string]string // by key; see https://golang.org/design/14313-benchmark-format
	names   []string          // of the benchmarks, in the order in which they were first met
	samples map[sample][]float64
}

// sample is what is measured again in each pass.
type sample struct{ name, unit string }

// Read reads the files *.txt in dir.
func Read(dir string) (*Results, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("cachegen/benchmarks: no results in %s; run compare without -report first", dir)
	}
	r := new(Results)
	for _, file := range files {
		if err := r.readFile(file); err != nil {
			return nil, fmt.Errorf("cachegen/benchmarks: %s: %w", filepath.Base(file), err)
		}
	}
	return r, nil
}

func (r *Results) readFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return r.Add(f)
}

// Add reads more results.
func (r *Results) Add(in io.Reader) error {
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		if err := r.addLine(lines.Text()); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}

var (
	configLine = regexp.MustCompile(`^([a-z][^ :]*): *(.*)$`)
	processors = regexp.MustCompile(`-\d+$`) // the end of a benchmark's name
)

func (r *Results) addLine(line string) error {
	if name, ok := strings.CutPrefix(line, "Benchmark"); ok {
		return r.addBenchmark(strings.Fields(name))
	}
	if m := configLine.FindStringSubmatch(line); m != nil {
		if r.config == nil {
			r.config = map[string]string{}
		}
		r.config[m[1]] = m[2]
	}
	return nil
}

// addBenchmark adds a name, a number of iterations, and pairs of a value and its unit.
func (r *Results) addBenchmark(fields []string) error {
	if len(fields) < 4 || len(fields)%2 != 0 {
		return fmt.Errorf("%q is no result of a benchmark", strings.Join(fields, " "))
	}
	name := processors.ReplaceAllString(fields[0], "")
	if !slices.Contains(r.names, name) {
		r.names = append(r.names, name)
	}
	if r.samples == nil {
		r.samples = map[sample][]float64{}
	}
	for i := 2; i < len(fields); i += 2 {
		value, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return err
		}
		s := sample{name, fields[i+1]}
		r.samples[s] = append(r.samples[s], value)
	}
	return nil
}

// median returns the median of a benchmark's values in a unit; ok is false if there are none.
func (r *Results) median(name, unit string) (m float64, ok bool) {
	values := slices.Sorted(slices.Values(r.samples[sample{name, unit}]))
	if len(values) == 0 {
		return 0, false
	}
	middle := len(values) / 2
	if len(values)%2 == 0 {
		return (values[middle-1] + values[middle]) / 2, true
	}
	return values[middle], true
}

// matches returns what * stands for in the names that fit pattern, in their order. It stands for no
// slash.
func (r *Results) matches(pattern string) []string {
	before, after, _ := strings.Cut(pattern, "*")
	var found []string
	for _, name := range r.names {
		middle, ok := strings.CutPrefix(name, before)
		if !ok {
			continue
		}
		if middle, ok = strings.CutSuffix(middle, after); ok && !strings.Contains(middle, "/") {
			found = append(found, middle)
		}
	}
	return found
}

// Passes returns how often the benchmark that was run least often was run.
func (r *Results) Passes() int {
	least := 0
	for _, values := range r.samples {
		if least == 0 || len(values) < least {
			least = len(values)
		}
	}
	return least
}
