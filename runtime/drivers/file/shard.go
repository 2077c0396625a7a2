package file

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// shardCount is a power of two. A driver keeps one directory of each shard open.
const shardCount = 32

// attempts bounds how often a step begins anew because of what others do to the directories.
const attempts = 3

// Names in a shard beside entries and locks.
const (
	newName  = "new"  // what is being written, by the process that holds the shard
	lockName = "lock" // locked by the process that holds the shard
	turnName = "turn" // locked by the process that is the next to hold it
)

// shard is a directory with a part of the entries. Whoever changes anything in it holds it, so that
// reading an entry, deciding and writing are one step for Add, Increment and locks, nobody removes
// what has just been written, and the file new has one user. A holder that dies leaves at most
// that file behind.
type shard struct {
	name    string
	writer  chan struct{}           // holds a token while a goroutine of this process writes
	opening sync.Mutex              // guards the step from no directory to an open one
	dir     atomic.Pointer[os.Root] // nil until it is first needed, and after it was found removed
}

func (s *shard) init(i int) {
	s.name = fmt.Sprintf("%02x", i)
	s.writer = make(chan struct{}, 1)
}

// close waits for the writer under way. What comes later finds a closed directory, or the driver
// closed.
func (s *shard) close() {
	s.writer <- struct{}{}
	defer func() { <-s.writer }()
	s.opening.Lock()
	defer s.opening.Unlock()
	if dir := s.dir.Load(); dir != nil {
		_ = dir.Close() // a directory that was only read has nothing to lose
	}
}

// directory returns the open directory of s: see [folder.open].
func (d *Driver) directory(s *shard, create bool) (*os.Root, error) {
	if dir := s.dir.Load(); dir != nil {
		return dir, nil
	}
	s.opening.Lock()
	defer s.opening.Unlock()
	if dir := s.dir.Load(); dir != nil {
		return dir, nil
	}
	if d.closed.Load() {
		return nil, drivers.ErrClosed
	}
	dir, err := d.folder.open(s.name, create)
	if err == nil {
		s.dir.Store(dir)
	}
	return dir, err
}

// held is the right to change a shard.
type held struct {
	d    *Driver
	s    *shard
	dir  *os.Root
	lock *os.File
}

// withShard calls fn while it holds s. It waits for at most the operation timeout, and not beyond
// ctx. Without create, a shard that does not exist is fs.ErrNotExist.
func (d *Driver) withShard(ctx context.Context, s *shard, create bool, fn func(h *held) error) error {
	if err := d.begin(ctx, 0); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	select {
	case s.writer <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("waiting for other writers: %w", ctx.Err())
	case <-d.stop:
		return drivers.ErrClosed
	}
	defer func() { <-s.writer }()
	h, err := d.hold(ctx, s, create)
	if err != nil {
		return err
	}
	defer h.lock.Close()
	return fn(h)
}

// hold locks s against other processes. A directory that was removed behind our back is made anew.
func (d *Driver) hold(ctx context.Context, s *shard, create bool) (*held, error) {
	for attempt := 1; ; attempt++ {
		dir, err := d.directory(s, create)
		if err != nil {
			return nil, err
		}
		lock, err := d.queue(ctx, dir)
		if err == nil {
			return &held{d, s, dir, lock}, nil
		}
		if !absent(err) || attempt == attempts || !d.lost(s, dir) {
			return nil, err
		}
	}
}

// lost reports whether dir, which s has or had open, was removed behind our back. The next call
// opens the directory that stands in its place, or makes one.
func (d *Driver) lost(s *shard, dir *os.Root) bool {
	if info, err := dir.Stat("."); err == nil && !removed(info) {
		return false
	}
	s.dir.CompareAndSwap(dir, nil) // calls under way may use it: it is closed when it is collected
	return true
}
