package load

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/build"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cachegen/cachegen/generator/internal/output"
)

// An overlay has the go command see the generated files as their package clauses alone. Nobody reads
// more of them here, but the go command would compile them with their packages, anew whenever a struct
// has changed, which takes longer than all else that a run does.
//
// It is the go command's -overlay, not the Overlay of go/packages, for which that would load all
// dependencies from source.
type overlay struct {
	dir     string            // holds the rest; "" if nothing is overlaid
	replace map[string]string // the files in place of others
	clauses map[string]string // the files by what is in them
}

// newOverlay overlays the generated files in the directories that the patterns name. Packages that are
// named by import path are left out, and so is what cannot be read: the go command says it better.
func newOverlay(c Config) (*overlay, error) {
	o := &overlay{replace: map[string]string{}, clauses: map[string]string{}}
	if err := errors.Join(o.patterns(c), o.writeIndex()); err != nil {
		return nil, errors.Join(fmt.Errorf("cachegen/generator: prepare the run of the go command: %w", err), o.remove())
	}
	return o, nil
}

func (o *overlay) patterns(c Config) error {
	for _, pattern := range c.Patterns {
		if build.IsLocalImport(pattern) || filepath.IsAbs(pattern) {
			if err := o.pattern(c.Dir, pattern); err != nil {
				return err
			}
		}
	}
	return nil
}

// pattern overlays the files in one directory, or in all those below it too if the pattern ends in "/...".
func (o *overlay) pattern(dir, pattern string) error {
	slashed, below := strings.CutSuffix(filepath.ToSlash(pattern), "/...")
	root := filepath.FromSlash(slashed)
	if !filepath.IsAbs(root) {
		root = filepath.Join(dir, root)
	}
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil: // the go command says it better
		case d.IsDir() && name != root && !(below && isPackageDir(name)):
			return filepath.SkipDir
		case !d.IsDir() && strings.HasSuffix(name, ".go"):
			if clause := generatedClause(name); clause != "" {
				return o.add(name, clause)
			}
		}
		return nil
	})
}

// generatedClause returns a generated file up to the end of its package clause, with its build
// constraint, or "".
func generatedClause(name string) string {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	const enough = 4 << 10
	start, err := io.ReadAll(io.LimitReader(f, enough))
	if err != nil || !output.Mine(start) {
		return ""
	}
	return string(clause(start))
}

// add overlays one file.
func (o *overlay) add(name, clause string) (err error) {
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "cachegen-*"); err != nil {
			return err
		}
	}
	file, written := o.clauses[clause]
	if !written {
		file = filepath.Join(o.dir, strconv.Itoa(len(o.clauses))+".go")
		err = os.WriteFile(file, []byte(clause+"\n"), 0o600)
	}
	o.clauses[clause], o.replace[name] = file, file
	return err
}

// writeIndex writes what the go command reads first.
func (o *overlay) writeIndex() error {
	if o.dir == "" {
		return nil
	}
	text, err := json.Marshal(map[string]any{"Replace": o.replace})
	if err != nil {
		return err
	}
	return os.WriteFile(o.index(), text, 0o600)
}

func (o *overlay) index() string { return filepath.Join(o.dir, "overlay.json") }

// flags returns the flags of the go command.
func (o *overlay) flags() []string {
	if o.dir == "" {
		return nil
	}
	return []string{"-overlay=" + o.index()}
}

// remove removes what was written.
func (o *overlay) remove() error {
	if o.dir == "" {
		return nil
	}
	return os.RemoveAll(o.dir)
}
