package file

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/cachegen/cachegen/runtime/drivers"
)

var (
	// errForeign says that a file is there, but is none that this store wrote, or is damaged.
	errForeign = errors.New("not an entry of this store")
	// errUmask is what Ping finds if the program creates files that it cannot read again.
	errUmask = errors.New("new files do not get mode 0600: the umask takes the owner's rights away; set it to 077")
	// errOwner and the others below say why a directory is not trusted.
	errOwner        = errors.New("it belongs to another user; change its owner or name another directory")
	errNotDirectory = errors.New("it is not a directory; remove it or name another one")
	errSymlink      = errors.New("it is a symbolic link; remove it, or name the directory that it stands for")
)

// fail says which operation failed in which store. An error of the contract stays as it is.
func (d *Driver) fail(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case d.closed.Load():
		return drivers.ErrClosed
	}
	for _, of := range []error{drivers.ErrTTL, drivers.ErrNotNumber, drivers.ErrOverflow} {
		if errors.Is(err, of) {
			return err
		}
	}
	return fmt.Errorf("cachegen/drivers/file: %s in %s: %w", op, d.folder, err)
}

// refused says why Open failed: a [*drivers.ConfigError] if it will fail the same way next time.
func (d *Driver) refused(err error) error {
	for _, reason := range []error{errOwner, errNotDirectory, errSymlink, errUmask} {
		if errors.Is(err, reason) {
			return configError("Path", fmt.Sprintf("%s: %v", d.folder.path, err))
		}
	}
	if errors.Is(err, fs.ErrPermission) || isPermanent(err) {
		return configError("Path", fmt.Sprintf("%s cannot be used: %v; give this user the right to write there, or name another directory", d.folder.path, err))
	}
	return d.fail("open", err)
}

// absent reports whether err says that there is no such file or directory.
func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// ignoreAbsent makes removing what is not there a success.
func ignoreAbsent(err error) error {
	if absent(err) {
		return nil
	}
	return err
}
