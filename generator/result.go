package generator

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"time"

	"github.com/cachegen/cachegen/generator/internal/model"
	"github.com/cachegen/cachegen/generator/internal/output"
	"github.com/cachegen/cachegen/generator/internal/syntax"
	"github.com/cachegen/cachegen/runtime/drivers"
)

// Result is what a run has rendered, compared with the disk. It belongs to the caller.
type Result struct {
	// Files are the generated files of all packages, sorted by import path.
	Files []File
	// Caches are the declarations, by import path and then by position.
	Caches []CacheInfo
}

// A Status says how a file on disk compares with what would be generated.
type Status string

// The values of [Status].
const (
	Fresh   Status = "fresh"   // as generated
	Stale   Status = "stale"   // there, with other contents
	Missing Status = "missing" // to be created
	Orphan  Status = "orphan"  // generated once, and no longer: to be removed
)

// File is one generated file.
type File struct {
	Path   string // absolute
	Status Status
	Old    []byte // what is on disk; nil if Missing
	New    []byte // what belongs there; nil if Orphan
}

// CacheInfo describes one declared cache, counter or limit, for listings.
type CacheInfo struct {
	Name    string         // of the accessor
	Package string         // its import path
	Kind    string         // "struct", "signature", "counter" or "limit"
	Type    string         // the declared type
	Key     string         // the pattern as it was written
	Parts   []string       // the types of the key's parts, in parameter order
	Value   string         // the type of the value; "" for a limit
	TTL     time.Duration  // 0 means forever; nothing for a limit
	Store   string         // "" means the default store
	Pos     token.Position // of the directive, its file named as in a [Diagnostic]

	Sync string // "process" or "fleet"; "" where nothing is loaded, for counters and limits

	Rate      string // of a limit: how many in which time, "60/1m"
	Algorithm string // of a limit: "gcra" or "window"
	Burst     int64  // of a limit by gcra: how many can be taken at once
}

// Fresh reports whether every file on disk is as it would be generated.
func (r *Result) Fresh() bool {
	for _, f := range r.Files {
		if f.Status != Fresh {
			return false
		}
	}
	return true
}

// orphan returns a generated file that no declaration stands behind any more.
func orphan(path string) (File, error) {
	old, err := os.ReadFile(path)
	if err != nil {
		return File{}, fmt.Errorf("cachegen/generator: read a generated file: %w", err)
	}
	return File{Path: path, Status: Orphan, Old: old}, nil
}

// compare finds out how the file at path differs from what belongs there. A file that cachegen has
// not generated is an error.
func compare(path string, src []byte) (File, error) {
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return File{Path: path, Status: Missing, New: src}, nil
	case err != nil:
		return File{}, fmt.Errorf("cachegen/generator: read the generated file: %w", err)
	case bytes.Equal(old, src):
		return File{Path: path, Status: Fresh, Old: old, New: src}, nil
	case !output.Mine(old) && !output.Remains(old):
		return File{}, fmt.Errorf("cachegen/generator: %s is in the way: it does not begin with %q, so it is not cachegen's to overwrite; rename it, or choose another name with -o", path, output.Header)
	}
	return File{Path: path, Status: Stale, Old: old, New: src}, nil
}

func info(p *model.Package, c *model.Cache, dir string) CacheInfo {
	i := CacheInfo{
		Name: c.Name, Package: p.Path, Kind: string(c.Form), Type: c.Type.Name(), Key: c.Key,
		Parts: []string{}, Value: c.ValueString(), TTL: c.TTL, Store: c.Store, Pos: relative(dir, c.Pos),
	}
	for _, part := range c.Parts() {
		i.Parts = append(i.Parts, part.TypeString())
	}
	if c.Form == model.Limit {
		i.limit(c.Rate)
	}
	if c.Value != nil {
		i.Sync = string(syntax.SyncProcess)
	}
	if c.Fleet {
		i.Sync = string(syntax.SyncFleet)
	}
	return i
}

func (i *CacheInfo) limit(r drivers.Rate) {
	i.Rate = fmt.Sprintf("%d/%s", r.Limit, syntax.SpellDuration(r.Period))
	i.Algorithm, i.Burst = string(syntax.GCRA), r.Capacity()
	if r.Window {
		i.Algorithm, i.Burst = string(syntax.Window), 0
	}
}
