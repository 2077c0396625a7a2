// Package file is the driver that keeps each entry in a file of its own, so that a cache survives
// the program and is shared by all programs of one user on one machine. Importing it registers the
// driver under the name "file". It needs a unix system and a file system with flock(2), which a
// network file system may lack.
//
// # Layout
//
// A store is the directory Path/NAMESPACE/, with 32 shards 00 to 1f. A shard holds the entries (v and
// a hash of the key), the locks (l and a hash of the name), the usages of limits (u and a hash of the
// name), the files lock and turn that make its writers take turns, and for the length of a write the
// file new. The lease of a key stands in the key's own entry. The file lock also holds what the shard
// remembers: the number of the last grant of a lock, how many locks have ended, and the epoch of its
// leases. Keys are only ever inside the files. Directories have mode 0700 and files 0600, whatever
// the umask. A driver keeps up to 96 files open.
//
// # What is promised
//
// A write makes the file new and renames it over the entry. A program that is killed at any point,
// or a disk that is full, leaves the old value or the new one, and readers never see a mixture. A
// value is safe from the death of the program once Put has returned. It is safe from the loss of
// power only with [Options].Sync; without it, a loss of power may cost what was written in the
// last seconds, and what it replaced. A checksum tells torn entries from whole ones.
//
// A file that is torn, damaged, of another format, of another key or owner, or no regular file is
// a miss, and is removed. The same holds for a file with a second hard link, such as a backup
// made of links. Nothing outside Path is read or changed, whatever stands in it.
//
// Reading takes no lock. Writers of one shard, in all processes together, take turns by flock(2),
// which ends with the process. If one is stopped in the middle of a write, the others' writes to
// that shard fail with [context.DeadlineExceeded] after the operation timeout, until it goes on or
// is killed.
//
// Every write of a key replaces or removes the one file that holds its value and its lease, so the
// lease ends in the same step: no load that began before a write was acknowledged is stored after it,
// in any process, whoever is killed when.
//
// The numbers of a lock's grants grow for as long as the store's directory exists, through restarts
// and steps of the clock. After that they go on from the clock.
//
// Times to live, of entries, locks, leases and limits, end by the wall clock, which all processes and
// restarts share: a step of the clock makes them end that much sooner or later. A lease that ends too
// soon costs a load that is not stored, and never a stale value.
//
// Removing files or directories of a store with other tools, also while it is in use, is safe: it
// empties the store.
package file

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func init() { drivers.Drivers().Register("file", open) }

// Driver is an open store. It implements [drivers.Driver] and the abilities [drivers.Batcher],
// [drivers.Locker], [drivers.Watcher], [drivers.Leaser], [drivers.Limiter], [drivers.Scanner] and
// [drivers.Pinger], and is safe for concurrent use. The zero value is of no use: see [Open].
type Driver struct {
	folder   folder
	shards   [shardCount]shard
	values   kind
	locks    kind
	usages   kind
	maxBytes int64
	timeout  time.Duration
	now      func() time.Time
	usage    usage
	watchers watchers

	// reached, if not nil, is called before each step of a write, and its error ends the write:
	// tests put faults there.
	reached func(step string) error

	closed atomic.Bool
	stop   chan struct{} // closed by Close
	done   sync.WaitGroup
	once   sync.Once
}

var (
	_ drivers.Driver  = (*Driver)(nil)
	_ drivers.Batcher = (*Driver)(nil)
	_ drivers.Locker  = (*Driver)(nil)
	_ drivers.Watcher = (*Driver)(nil)
	_ drivers.Leaser  = (*Driver)(nil)
	_ drivers.Limiter = (*Driver)(nil)
	_ drivers.Scanner = (*Driver)(nil)
	_ drivers.Pinger  = (*Driver)(nil)
)

// Open makes the store's directory if it is missing, checks that this user owns it and may write
// to it, and starts the goroutine that removes what has expired or is too much. It does not look
// at the entries. An error is a [*drivers.ConfigError] if the directory cannot be used.
func Open(ctx context.Context, o Options) (*Driver, error) {
	if !supported {
		return nil, configError("Driver", "this operating system has no flock; use another driver")
	}
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	d := newDriver(o)
	if err := d.probe(ctx); err != nil && !isFull(err) {
		err = d.refused(err)
		_ = d.Close() // nothing was stored
		return nil, err
	}
	if o.Now == nil {
		d.done.Go(d.maintain)
	}
	return d, nil
}

func newDriver(o Options) *Driver {
	namespace := drivers.StoreConfig{Prefix: o.Prefix, Name: o.Name}.Namespace().Keys()
	d := &Driver{
		folder:   folder{path: o.Path, name: directoryName(namespace), uid: os.Geteuid(), sync: o.Sync},
		values:   newKind(valueKind, namespace),
		locks:    newKind(lockKind, namespace),
		usages:   newKind(usageKind, namespace),
		maxBytes: o.MaxBytes,
		timeout:  o.Timeout,
		now:      o.Now,
		usage:    newUsage(),
		stop:     make(chan struct{}),
	}
	if d.now == nil {
		d.now = time.Now
	}
	for i := range d.shards {
		d.shards[i].init(i)
	}
	return d
}

// Ping implements [drivers.Pinger]. It makes and removes an empty file.
func (d *Driver) Ping(ctx context.Context) error { return d.fail("ping", d.probe(ctx)) }

func (d *Driver) probe(ctx context.Context) error {
	b, err := d.begin(ctx, 0)
	if err != nil {
		return err
	}
	return d.withShard(b, &d.shards[0], true, func(h *held) error {
		f, err := h.create()
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err == nil && info.Mode().Perm() != fileMode {
			err = errUmask
		}
		return errors.Join(err, f.Close(), h.dir.Remove(newName))
	})
}

// Close ends the driver's goroutine, waits for writes under way, and closes the directories.
func (d *Driver) Close() error {
	d.once.Do(func() {
		d.closed.Store(true)
		close(d.stop)
		d.watchers.close()
		d.done.Wait()
		for i := range d.shards {
			d.shards[i].close()
		}
	})
	return nil
}
