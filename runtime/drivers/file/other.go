//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package file

import (
	"errors"
	"io/fs"
	"os"
)

// On systems without flock, Open refuses before any of these is used.
const (
	supported   = false
	nonBlocking = 0
)

func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }
func unlockFile(*os.File) error      { return errors.ErrUnsupported }
func ownedBy(fs.FileInfo, int) bool  { return false }
func ours(fs.FileInfo, int) bool     { return false }
func removed(fs.FileInfo) bool       { return false }
func isFull(error) bool              { return false }
func isPermanent(error) bool         { return false }
