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

// listed is a cache as -list -json prints it. TTL is a Go duration, or "forever".
type listed struct {
	Name     string   `json:"name"`
	Package  string   `json:"package"`
	Kind     string   `json:"kind"`
	Type     string   `json:"type"`
	Key      string   `json:"key"`
	Parts    []string `json:"parts"`
	Value    string   `json:"value"`
	TTL      string   `json:"ttl"`
	Store    string   `json:"store"`
	Position string   `json:"position"`
}

func list(i generator.CacheInfo) listed {
	return listed{
		Name: i.Name, Package: i.Package, Kind: i.Kind, Type: i.Type, Key: i.Key, Parts: i.Parts, Value: i.Value,
		TTL: lifetime(i.TTL), Store: i.Store, Position: i.Pos.String(),
	}
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
	fmt.Fprintln(w, "NAME\tKEY\tPARTS\tVALUE\tTTL\tSTORE\tPOSITION")
	for _, l := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Name, l.Key, cmp.Or(strings.Join(l.Parts, ", "), "-"), l.Value, l.TTL, cmp.Or(l.Store, "-"), l.Position)
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
