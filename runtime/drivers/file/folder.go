package file

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	directoryMode fs.FileMode = 0o700
	fileMode      fs.FileMode = 0o600
)

// folder is the place of a store: path is trusted as far as it is checked, and what is below it is
// opened one directory at a time, following no link.
type folder struct {
	path string // absolute
	name string // the store's directory within path
	uid  int    // who must own everything
	sync bool   // make new directories reach the disk
}

// String returns the store's directory, for messages.
func (f folder) String() string { return filepath.Join(f.path, f.name) }

// directoryName returns the name of a namespace's directory: enough of it to be recognised, and a
// hash that also tells apart what a file system folds.
func directoryName(namespace string) string {
	const readable = 32
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, strings.TrimSuffix(namespace, ":"))
	sum := sha256.Sum256([]byte(namespace))
	return name[:min(len(name), readable)] + "-" + hex.EncodeToString(sum[:16])
}

// open opens the directory of a shard. It makes what is missing if create is set; otherwise a
// missing directory is fs.ErrNotExist.
func (f folder) open(shard string, create bool) (*os.Root, error) {
	root, err := f.openPath(create)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	store, err := f.enter(root, f.name, create)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return f.enter(store, shard, create)
}

// openPath opens path, which is a directory of this user and no link. Its mode is the user's
// business, unless it is made here.
func (f folder) openPath(create bool) (*os.Root, error) {
	if create {
		if err := f.makePath(f.path); err != nil {
			return nil, err
		}
	}
	seen, err := os.Lstat(f.path)
	if err != nil {
		return nil, err
	}
	if err := f.trust(seen); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(f.path)
	return f.same(seen, root, err)
}

// makePath makes a directory and those above it, as far as they are missing.
func (f folder) makePath(path string) error {
	if _, err := os.Lstat(path); !absent(err) {
		return err
	}
	above := filepath.Dir(path)
	if err := f.makePath(above); err != nil {
		return err
	}
	parent, err := os.OpenRoot(above)
	if err != nil {
		return err
	}
	defer parent.Close()
	return f.make(parent, filepath.Base(path))
}

// enter opens a directory of the driver's own making within parent.
func (f folder) enter(parent *os.Root, name string, create bool) (*os.Root, error) {
	if create {
		if err := f.make(parent, name); err != nil {
			return nil, err
		}
	}
	seen, err := parent.Lstat(name)
	if err != nil {
		return nil, err
	}
	if err := f.trust(seen); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(parent.Name(), name), err)
	}
	dir, err := parent.OpenRoot(name)
	if dir, err = f.same(seen, dir, err); err != nil {
		return nil, err
	}
	if seen.Mode().Perm() == directoryMode {
		return dir, nil
	}
	if err := dir.Chmod(".", directoryMode); err != nil {
		_ = dir.Close() // nothing was written
		return nil, err
	}
	return dir, nil
}

// make makes a directory within parent, unless it is there.
func (f folder) make(parent *os.Root, name string) error {
	err := parent.Mkdir(name, directoryMode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil && f.sync {
		err = syncDirectory(parent)
	}
	return err
}

// trust refuses what is no directory of this user's own.
func (f folder) trust(info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return errSymlink
	case !info.IsDir():
		return errNotDirectory
	case !ownedBy(info, f.uid):
		return errOwner
	}
	return nil
}

// same returns dir if it is the directory that was seen under its name, and not one that took its
// place since.
func (f folder) same(seen fs.FileInfo, dir *os.Root, err error) (*os.Root, error) {
	if err != nil {
		return nil, err
	}
	opened, err := dir.Stat(".")
	if err == nil && !os.SameFile(seen, opened) {
		err = fmt.Errorf("%s: it was replaced while it was opened; try again", dir.Name())
	}
	if err != nil {
		_ = dir.Close() // nothing was written
		return nil, err
	}
	return dir, nil
}

// syncDirectory makes the names in dir reach the disk.
func syncDirectory(dir *os.Root) error {
	f, err := dir.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
