//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// supported reports whether this system has what the driver needs.
const supported = true

// nonBlocking makes the opening of a pipe return at once.
const nonBlocking = syscall.O_NONBLOCK

// tryLock locks f if no other open file has it locked.
func tryLock(f *os.File) (locked bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == syscall.EWOULDBLOCK || err == syscall.EINTR {
		return false, nil
	}
	return err == nil, os.NewSyscallError("flock", err)
}

// unlockFile ends the lock of tryLock.
func unlockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }

func ownedBy(info fs.FileInfo, uid int) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == uid
}

// ours reports whether a file may be an entry: a regular file of the user's, under one name only.
// One that has just been replaced has none left.
func ours(info fs.FileInfo, uid int) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode().IsRegular() && int(stat.Uid) == uid && stat.Nlink <= 1
}

// removed reports whether a file that is open has no name any more.
func removed(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink == 0
}

// isFull reports whether err says that the disk, or the user's share of it, is used up.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// isPermanent reports whether a path that gave err will give it again.
func isPermanent(err error) bool {
	for _, of := range []error{syscall.ENOTDIR, syscall.EROFS, syscall.EINVAL, syscall.ELOOP, syscall.ENAMETOOLONG} {
		if errors.Is(err, of) {
			return true
		}
	}
	return false
}
