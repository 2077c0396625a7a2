package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// table compares contenders, one a row. In its columns * stands for the row's contender.
type table struct {
	title   string
	note    string
	ratio   string // the benchmark that compares cachegen with what is written by hand, if there is one
	rows    string // of which benchmark there are rows
	columns []column
}

type column struct {
	title      string
	name, unit string // of the benchmark
	scale      float64
}

// Units that the testing package reports.
const (
	nsOp     = "ns/op"
	bytesOp  = "B/op"
	allocsOp = "allocs/op"
)

func tables() []table {
	t := []table{
		memory("Hit in memory, one value shared by all callers", "Shared",
			column{"512 keys, p50 ns", "SharedPaired/keys=hot", "*-p50-ns", 1},
			column{"100,000 keys, p50 ns", "SharedPaired/keys=zipf", "*-p50-ns", 1}),
		memory("Hit in memory, a value of its own for each caller", "Copying",
			column{"512 keys, ns", "Copying/lib=*/keys=hot", nsOp, 1},
			column{"100,000 keys, ns", "Copying/lib=*/keys=zipf", nsOp, 1}),
		{
			title: "Hit in Redis",
			note:  "One caller: medians of calls in turn, without the client that keeps replies in the process.",
			ratio: "RedisHitPaired",
			rows:  "RedisHit/lib=*/callers=1",
			columns: []column{
				{"1 caller, p50 µs", "RedisHitPaired", "*-p50-ns", 1e-3},
				{"64 callers, µs between replies", "RedisHit/lib=*/callers=64", nsOp, 1e-3},
				{"B", "RedisHit/lib=*/callers=1", bytesOp, 1},
				{"allocs", "RedisHit/lib=*/callers=1", allocsOp, 1},
			},
		},
		{
			title: "A hundred hits in Redis by one call",
			note:  "Medians of calls in turn.",
			ratio: "Many100Paired",
			rows:  "Many100/lib=*",
			columns: []column{
				{"p50 µs", "Many100Paired", "*-p50-ns", 1e-3},
				{"B", "Many100/lib=*", bytesOp, 1},
				{"allocs", "Many100/lib=*", allocsOp, 1},
			},
		},
	}
	for _, kind := range []string{"User", "Product", "Feed", "Blob"} {
		t = append(t, codec(kind))
	}
	return append(t,
		stampede("Stampede in memory: 500 callers, one cold key, a load of 50 ms", "memory"),
		stampede("Stampede in Redis: 500 callers, one cold key, a load of 50 ms", "redis"),
		table{
			title: "Generators, over 200 structs",
			note:  "bareload only loads the package and formats cachegen's output. cachegen-edited finds another source each time. msgp does not load types.",
			rows:  "Generate200/tool=*",
			columns: []column{
				{"ms", "Generate200/tool=*", nsOp, 1e-6},
				{"peak MiB", "Generate200/tool=*", "peak-MiB", 1},
			},
		},
		table{
			title: "Building a package of 200 structs, with what is emitted for them",
			note:  "none is the package by itself; for msgp it gets codecs, for cachegen accessors, codecs and copies. What it imports is built.",
			rows:  "Build200/tool=*",
			columns: []column{
				{"s", "Build200/tool=*", nsOp, 1e-9},
				{"funcs for each struct", "Build200/tool=*", "funcs/struct", 1},
				{"MiB", "Build200/tool=*", "MiB", 1},
			},
		})
}

func memory(title, name string, oneCaller ...column) table {
	prefix := name + "/lib=*/keys="
	return table{title: title, rows: prefix + "hot", columns: append(oneCaller, []column{
		{"the same on all cores, ns", prefix + "zipf/callers=all", nsOp, 1},
		{"B", prefix + "zipf", bytesOp, 1},
		{"allocs", prefix + "zipf", allocsOp, 1},
	}...)}
}

func codec(kind string) table {
	encode, decode := "Encode/type="+kind+"/lib=*", "Decode/type="+kind+"/lib=*"
	return table{title: "Codec: " + kind, rows: encode, columns: []column{
		{"encode, ns", encode, nsOp, 1},
		{"allocs", encode, allocsOp, 1},
		{"decode, ns", decode, nsOp, 1},
		{"allocs", decode, allocsOp, 1},
		{"bytes", encode, "bytes", 1},
	}}
}

func stampede(title, store string) table {
	name := "Stampede/store=" + store + "/lib=*"
	return table{title: title, rows: name, columns: []column{
		{"loads", name, "loads", 1},
		{"last caller served, ms", name, "last-ms", 1},
	}}
}

// Markdown returns all tables, each under a heading of level 3.
func (r *Results) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n", strings.Join(r.caption(), ".\n"))
	for _, t := range tables() {
		r.markdown(&b, t)
	}
	return b.String()
}

func (r *Results) markdown(b *strings.Builder, t table) {
	fmt.Fprintf(b, "\n### %s\n\n", t.title)
	if t.note != "" {
		fmt.Fprintf(b, "%s\n\n", t.note)
	}
	if ratio, ok := r.median(t.ratio, "x-by-hand"); ok {
		fmt.Fprintf(b, "cachegen takes %.2f times as long as go-redis with a codec written by hand.\n\n", ratio)
	}
	b.WriteString("| |")
	for _, c := range t.columns {
		fmt.Fprintf(b, " %s |", c.title)
	}
	b.WriteString("\n|---|" + strings.Repeat("---:|", len(t.columns)) + "\n")
	for _, row := range r.rows(t) {
		fmt.Fprintf(b, "| %s |", row)
		for _, c := range t.columns {
			fmt.Fprintf(b, " %s |", r.cell(c, row))
		}
		b.WriteString("\n")
	}
}

// rows returns the contenders of t, ordered by the first column; those without a value there are last.
func (r *Results) rows(t table) []string {
	rows := r.matches(t.rows)
	rank := func(row string) float64 {
		if v, ok := r.value(t.columns[0], row); ok {
			return v
		}
		return math.Inf(1)
	}
	slices.SortFunc(rows, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
	})
	return rows
}

// cell returns the value of a column in a row, or nothing if it was not measured.
func (r *Results) cell(c column, row string) string {
	v, ok := r.value(c, row)
	if !ok {
		return ""
	}
	return number(v)
}

func (r *Results) value(c column, row string) (float64, bool) {
	v, ok := r.median(strings.ReplaceAll(c.name, "*", row), strings.ReplaceAll(c.unit, "*", row))
	return v * c.scale, ok
}

// number writes v with three digits that mean something, and small whole numbers as such.
func number(v float64) string {
	switch {
	case v == float64(int64(v)) || v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
