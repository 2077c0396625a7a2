package file

import (
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

// latch is a file of a shard that at most one open file has locked. It stays open from one use to the
// next.
type latch struct {
	name string
	file *os.File // nil until it is first needed
}

func (l *latch) unlock() {
	if unlockFile(l.file) != nil {
		l.close() // which unlocks it too
	}
}

func (l *latch) close() {
	if l.file != nil {
		_ = l.file.Close() // nothing of it is lost
		l.file = nil
	}
}

// queue locks s, whose directory is dir. Only the process whose turn it is waits for the lock itself,
// so that one that writes all the time cannot keep the others out: it has to wait for its turn like
// them.
func (d *Driver) queue(b bound, s *shard, dir *os.Root) error {
	if err := d.flock(b, dir, &s.turn); err != nil {
		return err
	}
	defer s.turn.unlock()
	return d.flock(b, dir, &s.lock)
}

// flock locks l. Something else in its place, such as a link or a pipe, makes way.
func (d *Driver) flock(b bound, dir *os.Root, l *latch) (err error) {
	for range attempts {
		if err = d.lockFile(b, dir, l); err == nil || errors.Is(err, errBusy) || absent(err) {
			return err
		}
		l.close()
		clearWay(dir, l.name)
	}
	return err
}

func (d *Driver) lockFile(b bound, dir *os.Root, l *latch) (err error) {
	if l.file == nil {
		l.file, err = dir.OpenFile(l.name, os.O_RDWR|os.O_CREATE|nonBlocking, fileMode)
		if err != nil {
			l.file = nil
			return err
		}
	}
	return d.await(b, dir, l)
}

// await locks the file of l. It asks again and again rather than sleep in the kernel, where neither
// ctx nor Close could wake it, and gives up when the file is not the one to lock any more.
func (d *Driver) await(b bound, dir *os.Root, l *latch) error {
	for poll := pollFirst; ; poll = min(2*poll, pollLast) {
		locked, err := tryLock(l.file)
		if err == nil {
			err = d.checkLatch(dir, l, locked)
		}
		if locked || err != nil {
			return err
		}
		select {
		case <-time.After(poll/2 + rand.N(poll/2)):
			err = b.err()
		case <-b.ctx.Done():
			err = b.ctx.Err()
		case <-d.stop:
			err = drivers.ErrClosed
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errBusy, err)
		}
	}
}

// checkLatch refuses a file that is not the one that its name stands for: a lock on one that was removed,
// or reached by a link, excludes nobody. One with a second name, through which it could be changed,
// loses the one in the shard, as soon as it is locked, so that nobody else is at work.
func (d *Driver) checkLatch(dir *os.Root, l *latch, locked bool) error {
	opened, err := l.file.Stat()
	if err != nil {
		return err
	}
	named, err := dir.Lstat(l.name)
	switch {
	case err != nil, !named.Mode().IsRegular(), !os.SameFile(opened, named):
		return errReplaced
	case locked && !ours(named, d.folder.uid):
		_ = dir.Remove(l.name) // what follows fails if it is still there
		return errReplaced
	}
	return nil
}

// clearWay removes what has the name of a file and is none. A directory goes only if it is empty.
func clearWay(dir *os.Root, name string) {
	if info, err := dir.Lstat(name); err == nil && !info.Mode().IsRegular() {
		_ = dir.Remove(name) // what follows fails if it is still there
	}
}
