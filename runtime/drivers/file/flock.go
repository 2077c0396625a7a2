package file

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// A waiting process asks again after between half and all of a time that doubles from the first to
// the last of these.
const (
	pollFirst = 50 * time.Microsecond
	pollLast  = time.Millisecond
)

var (
	errBusy     = errors.New("waiting for other processes")
	errReplaced = errors.New("the lock file was replaced while it was locked; try again")
)

// queue locks dir. Only the process whose turn it is waits for the lock itself, so that one that
// writes all the time cannot keep the others out: it has to wait for its turn like them.
func (d *Driver) queue(ctx context.Context, dir *os.Root) (*os.File, error) {
	turn, err := d.flock(ctx, dir, turnName)
	if err != nil {
		return nil, err
	}
	defer turn.Close()
	return d.flock(ctx, dir, lockName)
}

// flock returns the named file, locked until it is closed. Something else in its place, such as a
// link or a pipe, makes way.
func (d *Driver) flock(ctx context.Context, dir *os.Root, name string) (f *os.File, err error) {
	for range attempts {
		f, err = d.lockFile(ctx, dir, name)
		if err == nil || errors.Is(err, errBusy) || absent(err) {
			return f, err
		}
		clearWay(dir, name)
	}
	return nil, err
}

func (d *Driver) lockFile(ctx context.Context, dir *os.Root, name string) (*os.File, error) {
	f, err := dir.OpenFile(name, os.O_RDWR|os.O_CREATE|nonBlocking, fileMode)
	if err != nil {
		return nil, err
	}
	if err := d.await(ctx, dir, f, name); err != nil {
		_ = f.Close() // it was only locked
		return nil, err
	}
	return f, nil
}

// await locks f. It asks again and again rather than sleep in the kernel, where neither ctx nor
// Close could wake it, and gives up when f is not the file to lock any more.
func (d *Driver) await(ctx context.Context, dir *os.Root, f *os.File, name string) error {
	for poll := pollFirst; ; poll = min(2*poll, pollLast) {
		locked, err := tryLock(f)
		if err == nil && !isCurrent(dir, f, name) {
			err = errReplaced
		}
		if locked || err != nil {
			return err
		}
		select {
		case <-time.After(poll/2 + rand.N(poll/2)):
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", errBusy, ctx.Err())
		case <-d.stop:
			return fmt.Errorf("%w: %w", errBusy, drivers.ErrClosed)
		}
	}
}

// isCurrent reports whether f is the regular file that its name stands for. A lock on one that was
// removed, or reached by a link, excludes nobody.
func isCurrent(dir *os.Root, f *os.File, name string) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := dir.Lstat(name)
	return err == nil && named.Mode().IsRegular() && os.SameFile(opened, named)
}

// clearWay removes what has the name of a file and is none. A directory goes only if it is empty.
func clearWay(dir *os.Root, name string) {
	if info, err := dir.Lstat(name); err == nil && !info.Mode().IsRegular() {
		_ = dir.Remove(name) // what follows fails if it is still there
	}
}
