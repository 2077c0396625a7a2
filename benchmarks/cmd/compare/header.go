package main

import (
	"bufio"
	"context"
	"debug/buildinfo"
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
func header(ctx context.Context, o options, binary string) (string, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return "", err
	}
	versions := map[string]string{}
	for _, m := range info.Deps {
		versions[m.Path] = m.Version
	}
	var names []string
	for _, l := range libraries {
		v, ok := versions[l.path]
		if !ok {
			return "", fmt.Errorf("the benchmarks do not use %s; take it off the list of libraries", l.path)
		}
		names = append(names, l.name+" "+v)
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
		machine(), info.GoVersion, commit, strings.Join(names, ", "))
	return b.String(), nil
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
