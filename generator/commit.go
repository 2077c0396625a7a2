package generator

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Commit writes what differs from the disk, and removes orphans; files that are fresh are not
// touched. Every file is first written in full beside its target, under a name that the go command
// does not see, and put in place when all have been: if one cannot be written, no target changes.
// Only if renaming fails halfway can some be new and others old; the error then says so, and
// running again completes it.
func (r *Result) Commit() (err error) {
	staged := map[string]string{} // temporary names by target
	defer func() {
		for _, name := range staged {
			err = errors.Join(err, os.Remove(name))
		}
	}()
	for _, f := range r.Files {
		if f.Status == Stale || f.Status == Missing {
			name, err := stage(f)
			if err != nil {
				return fmt.Errorf("cachegen/generator: nothing was changed: write %s: %w", f.Path, err)
			}
			staged[f.Path] = name
		}
	}
	for _, f := range r.Files {
		if err := f.replace(staged[f.Path]); err != nil {
			return fmt.Errorf("cachegen/generator: some files may be new and others old, run again: %w", err)
		}
		delete(staged, f.Path)
	}
	return nil
}

// replace puts a staged file in place, or removes an orphan.
func (f File) replace(staged string) error {
	switch {
	case staged != "":
		return os.Rename(staged, f.Path)
	case f.Status == Orphan:
		return os.Remove(f.Path)
	}
	return nil
}

// stage writes a file under a temporary name in its directory and returns that name. The go command
// and editors pass over names that begin with a dot.
func stage(f File) (name string, err error) {
	t, err := os.CreateTemp(filepath.Dir(f.Path), ".cachegen-*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(t.Name()))
		}
	}()
	_, err = t.Write(f.New)
	return t.Name(), errors.Join(err, t.Chmod(f.mode()), t.Sync(), t.Close())
}

// mode keeps the permissions of a file that exists.
func (f File) mode() os.FileMode {
	if info, err := os.Stat(f.Path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}
