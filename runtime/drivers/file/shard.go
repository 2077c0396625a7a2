package file

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// shardCount is a power of two. A driver keeps one directory of each shard open.
const shardCount = 32

// attempts bounds how often a step begins anew because of what others do to the directories.
const attempts = 3

// Names in a shard beside entries.
const (
	newName  = "new"  // what is being written, by the process that holds the shard
	lockName = "lock" // locked by the process that holds the shard; it also holds the shard's state
	turnName = "turn" // locked by the process that is the next to hold it
)

// shard is a directory with a part of the entries. Whoever changes anything in it holds it, so that
// reading an entry, deciding and writing are one step for Add, Increment, locks and leases, nobody
// removes what has just been written, and the file new has one user. A holder that dies leaves at
// most that file behind.
type shard struct {
	name       string
	writer     chan struct{}           // holds a token while a goroutine of this process writes
	lock, turn latch                   // belong to whoever has the token
	opening    sync.Mutex              // guards the step from no directory to an open one
	dir        atomic.Pointer[os.Root] // nil until it is first needed, and after it was found removed
}

func (s *shard) init(i int) {
	s.name = fmt.Sprintf("%02x", i)
	s.writer = make(chan struct{}, 1)
	s.lock.name, s.turn.name = lockName, turnName
}

// close waits for the writer under way. What comes later finds a closed directory, or the driver
// closed.
func (s *shard) close() {
	s.writer <- struct{}{}
	defer func() { <-s.writer }()
	s.opening.Lock()
	defer s.opening.Unlock()
	s.lock.close()
	s.turn.close()
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
	d       *Driver
	s       *shard
	dir     *os.Root
	bound   bound
	changed bool // whether the names in dir are others now
}

// withShard calls fn while it holds s, for which it waits as long as b allows. Without create, a
// shard that does not exist is fs.ErrNotExist. With Options.Sync, what fn changed is on the disk when
// withShard returns.
func (d *Driver) withShard(b bound, s *shard, create bool, fn func(h *held) error) error {
	if err := d.enter(b, s); err != nil {
		return err
	}
	defer func() { <-s.writer }()
	dir, err := d.hold(b, s, create)
	if err != nil {
		return err
	}
	defer s.lock.unlock()
	h := held{d: d, s: s, dir: dir, bound: b}
	err = fn(&h)
	if h.changed && d.folder.sync {
		err = errors.Join(err, h.syncNames())
	}
	return err
}

// enter waits for the writers of this process.
func (d *Driver) enter(b bound, s *shard) error {
	select {
	case s.writer <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(time.Until(b.until))
	defer timer.Stop()
	var err error
	select {
	case s.writer <- struct{}{}:
		return nil
	case <-b.ctx.Done():
		err = b.ctx.Err()
	case <-timer.C:
		err = context.DeadlineExceeded
	case <-d.stop:
		return drivers.ErrClosed
	}
	return fmt.Errorf("waiting for other writers: %w", err)
}

// hold locks s against other processes. A directory that was removed behind our back is made anew.
func (d *Driver) hold(b bound, s *shard, create bool) (*os.Root, error) {
	for attempt := 1; ; attempt++ {
		dir, err := d.directory(s, create)
		if err != nil {
			return nil, err
		}
		err = d.queue(b, s, dir)
		if err == nil {
			return dir, nil
		}
		if !absent(err) || attempt == attempts || !d.lost(s, dir) {
			return nil, err
		}
	}
}

// syncNames makes the names in the shard reach the disk.
func (h *held) syncNames() error {
	if err := h.d.step("sync directory"); err != nil {
		return err
	}
	return syncDirectory(h.dir)
}

// every is for calls of changeEach that leave out nothing.
func every(int) bool { return true }

// changeEach calls fn with the number of each place that is wanted, while it holds the place's shard.
// It takes a shard once for many of its places. Without create, it leaves out shards that do not exist.
func (d *Driver) changeEach(b bound, places []place, create bool, wanted func(i int) bool, fn func(h *held, i int) error) error {
	var of [shardCount][]int
	for i, p := range places {
		if wanted(i) {
			of[p.shard] = append(of[p.shard], i)
		}
	}
	for i, all := range of {
		for some := range slices.Chunk(all, batchSize) {
			err := d.withShard(b, &d.shards[i], create, func(h *held) error { return h.each(some, fn) })
			if err != nil && (create || !absent(err)) {
				return err
			}
		}
	}
	return nil
}

// each calls fn with each number until one fails.
func (h *held) each(numbers []int, fn func(h *held, i int) error) error {
	for _, i := range numbers {
		if err := fn(h, i); err != nil {
			return err
		}
	}
	return nil
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
