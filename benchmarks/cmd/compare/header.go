package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// libraries are the modules that are compared, by the names under which they are known.
var libraries = []struct{ name, path string }{
	{"otter", "github.com/maypok86/otter/v2"},
	{"ristretto", "github.com/dgraph-io/ristretto/v2"},
	{"theine-go", "github.com/Yiling-J/theine-go"},
	{"sturdyc", "github.com/viccon/sturdyc"},
	{"gocache", "github.com/eko/gocache/lib/v4"},
	{"gocache store/redis", "github.com/eko/gocache/store/redis/v4"},
	{"gocache store/ristretto", "github.com/eko/gocache/store/ristretto/v4"},
	{"freecache", "github.com/coocood/freecache"},
	{"go-redis", "github.com/redis/go-redis/v9"},
	{"go-redis/cache", "github.com/go-redis/cache/v9"},
	{"rueidis", "github.com/redis/rueidis"},
	{"tinylib/msgp", "github.com/tinylib/msgp"},
	{"vmihailenco/msgpack", "github.com/vmihailenco/msgpack/v5"},
	{"sonic", "github.com/bytedance/sonic"},
}

// header returns the lines that say where results come from, in the form that benchstat keeps.
func header(ctx context.Context, o options) (string, error) {
	versions, err := versions(ctx)
	if err != nil {
		return "", err
	}
	commit, err := command(ctx, "git", "describe", "--always", "--dirty")
	if err != nil {
		commit = "unknown" // not a clone
	}
	var b strings.Builder
	if o.note != "" {
		fmt.Fprintf(&b, "note: %s\n", strings.TrimSuffix(o.note, "."))
	}
	fmt.Fprintf(&b, "date: %s\nmachine: %s\ngo: %s\ncommit: %s\nlibraries: %s\n", time.Now().UTC().Format(time.DateOnly),
		machine(), runtime.Version(), commit, strings.Join(versions, ", "))
	return b.String(), nil
}

// versions returns the libraries with the versions that this module requires.
func versions(ctx context.Context) ([]string, error) {
	args := []string{"list", "-m", "-f", "{{.Version}}"}
	for _, l := range libraries {
		args = append(args, l.path)
	}
	out, err := command(ctx, "go", args...)
	if err != nil {
		return nil, err
	}
	found := strings.Fields(out)
	if len(found) != len(libraries) {
		return nil, fmt.Errorf("the go command knows %d versions of %d libraries", len(found), len(libraries))
	}
	for i, l := range libraries {
		found[i] = l.name + " " + found[i]
	}
	return found, nil
}

// machine describes this one: its number of processors, and their model where the system tells.
func machine() string {
	cores := fmt.Sprintf("%d processors", runtime.NumCPU())
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return cores
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return fmt.Sprintf("%s (%s)", cores, strings.TrimSpace(value))
		}
	}
	return cores
}
