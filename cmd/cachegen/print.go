package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/cachegen/cachegen/generator"
)

// printDifferences prints each file that is not fresh, and how it would change.
func (c *command) printDifferences(r *generator.Result) {
	for _, f := range r.Files {
		name := shortName(f.Path)
		if f.Status == generator.Fresh {
			c.printVerbose(f)
			continue
		}
		fmt.Fprintf(c.stdout, "%s: %s\n%s", name, f.Status, diff.Diff("a/"+name, f.Old, "b/"+name, f.New))
	}
}

// did says what Commit does with a file of each status.
var did = map[generator.Status]string{
	generator.Fresh:   "unchanged",
	generator.Stale:   "written",
	generator.Missing: "written",
	generator.Orphan:  "removed",
}

func (c *command) printWritten(r *generator.Result) {
	for _, f := range r.Files {
		c.printVerbose(f)
	}
}

func (c *command) printVerbose(f generator.File) {
	if c.verbose {
		fmt.Fprintf(c.stdout, "%s: %s\n", shortName(f.Path), did[f.Status])
	}
}

// shortName is path relative to the current directory, if that is shorter.
func shortName(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
		return filepath.ToSlash(rel)
	}
	return path
}

// listed is a cache as -list -json prints it. TTL is a Go duration, or "forever". What a kind of caches
// does not have is left out.
type listed struct {
	Name    string   `json:"name"`
	Package string   `json:"package"`
	Kind    string   `json:"kind"`
	Type    string   `json:"type"`
	Key     string   `json:"key"`
	Parts   []string `json:"parts"`
	Value   string   `json:"value,omitempty"`
	TTL     string   `json:"ttl,omitempty"`
	Store   string   `json:"store"`

	Sync      string `json:"sync,omitempty"`
	Rate      string `json:"rate,omitempty"`
	Algorithm string `json:"algorithm,omitempty"`
	Burst     int64  `json:"burst,omitempty"`

	Position string `json:"position"`
}

func list(i generator.CacheInfo) listed {
	l := listed{
		Name: i.Name, Package: i.Package, Kind: i.Kind, Type: i.Type, Key: i.Key, Parts: i.Parts, Value: i.Value,
		Store: i.Store, Sync: i.Sync, Rate: i.Rate, Algorithm: i.Algorithm, Burst: i.Burst, Position: i.Pos.String(),
	}
	if i.Rate == "" {
		l.TTL = lifetime(i.TTL)
	}
	return l
}

// limit is what the table says of a limit's rate.
func (l listed) limit() string {
	if l.Burst > 0 {
		return fmt.Sprintf("%s %s, burst %d", l.Rate, l.Algorithm, l.Burst)
	}
	return strings.TrimSpace(l.Rate + " " + l.Algorithm)
}

func lifetime(ttl time.Duration) string {
	if ttl == 0 {
		return "forever"
	}
	return ttl.String()
}

func (c *command) printCaches(caches []generator.CacheInfo) error {
	all := make([]listed, 0, len(caches))
	for _, i := range caches {
		all = append(all, list(i))
	}
	if c.json {
		e := json.NewEncoder(c.stdout)
		e.SetIndent("", "\t")
		e.SetEscapeHTML(false)
		return e.Encode(all)
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tKIND\tKEY\tPARTS\tVALUE\tTTL\tSYNC\tRATE\tSTORE\tPOSITION")
	for _, l := range all {
		cells := []string{l.Name, l.Kind, l.Key, strings.Join(l.Parts, ", "), l.Value, l.TTL, l.Sync, l.limit(), l.Store, l.Position}
		for i, cell := range cells {
			cells[i] = cmp.Or(cell, "-")
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// versionLine names the version that the go command has built, and the Go it was built with.
func versionLine() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "cachegen (unknown version)"
	}
	return "cachegen " + cmp.Or(info.Main.Version, "(devel)") + " " + info.GoVersion
}
