package file

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"sync/atomic"
	"time"
)

const (
	// sweepEvery is the pause between two sweeps, unless the last one took more than a tenth of
	// it: the pause is then ten times as long as the sweep.
	sweepEvery = time.Minute
	// blockSize is what file systems hand out disk space in, for most files on most of them.
	blockSize = 4096
)

// usage is what the sweeper knows about the disk space that values take.
type usage struct {
	known   atomic.Int64  // as of the last sweep
	written atomic.Int64  // since then, by this process; what it replaced is not taken off
	full    chan struct{} // asks for a sweep
}

func newUsage() usage { return usage{full: make(chan struct{}, 1)} }

func (u *usage) wrote(size, limit int64) {
	if u.written.Add(onDisk(size))+u.known.Load() <= limit {
		return
	}
	select {
	case u.full <- struct{}{}:
	default:
	}
}

func onDisk(size int64) int64 { return (size + blockSize - 1) / blockSize * blockSize }

// maintain sweeps until the driver is closed.
func (d *Driver) maintain() {
	for {
		started := time.Now()
		d.sweep()
		select {
		case <-time.After(max(sweepEvery, 10*time.Since(started))):
		case <-d.usage.full:
		case <-d.stop:
			return
		}
	}
}

// sweep removes what has expired or is no entry, and then the oldest values if there are too many.
// Several processes may sweep at once: each removes a file only after another look at it, while
// it holds the shard. A shard that cannot be had in time is left to the next sweep.
func (d *Driver) sweep() {
	before := d.usage.written.Load()
	var kept []aged
	d.visit(func(dir *os.Root, name string) bool {
		f, ok := d.examine(dir, name)
		if ok && f.evictable {
			kept = append(kept, f.aged)
		}
		return ok && f.dead
	})
	last, total := pickVictims(kept, d.maxBytes)
	d.usage.known.Store(total)
	d.usage.written.Add(-before)
	if last != (aged{}) {
		d.visit(func(dir *os.Root, name string) bool {
			f, ok := d.examine(dir, name)
			return ok && f.evictable && f.compare(last) <= 0
		})
	}
}

// visit prunes all shards. It begins anywhere, so that programs that never run for long do not
// always sweep the same ones, and works at most half of the time.
func (d *Driver) visit(doomed func(dir *os.Root, name string) bool) {
	first := rand.IntN(shardCount)
	for i := range d.shards {
		s := &d.shards[(first+i)%shardCount]
		names, _ := d.list(s) // those it got
		for batch := range slices.Chunk(names, batchSize) {
			started := time.Now()
			err := d.prune(d.boundBy(context.Background()), s, batch, doomed)
			if errors.Is(err, context.DeadlineExceeded) {
				break
			}
			if !d.rest(time.Since(started)) {
				return
			}
		}
	}
}

// rest waits, and reports whether the driver is still open.
func (d *Driver) rest(pause time.Duration) bool {
	select {
	case <-time.After(pause):
		return true
	case <-d.stop:
		return false
	}
}

// aged is the age and size of a file. Its name, a hash, decides among files of one age, so that
// processes that sweep at once agree.
type aged struct {
	written int64
	tie     uint32
	size    int64
}

func (a aged) compare(b aged) int {
	return cmp.Or(cmp.Compare(a.written, b.written), cmp.Compare(a.tie, b.tie))
}

// pickVictims returns the last file, by age, that has to go so that the others are well within
// limit, or the zero value if they all are; and what will be left. It sorts files.
func pickVictims(files []aged, limit int64) (last aged, total int64) {
	for _, f := range files {
		total += f.size
	}
	if total <= limit {
		return aged{}, total
	}
	slices.SortFunc(files, aged.compare)
	for _, last = range files {
		if total -= last.size; total <= limit-limit/8 {
			break
		}
	}
	return last, total
}

// examined is what a sweep wants to know about a file.
type examined struct {
	aged
	dead      bool // expired, left behind, or no entry
	evictable bool // a value that is not a counter
}

// examine reports false for a file that is none of the sweep's business.
func (d *Driver) examine(dir *os.Root, name string) (examined, bool) {
	if name == newName {
		return examined{dead: true}, true // nobody is writing it while the shard is held
	}
	if !isEntry(name, valueKind) && !isEntry(name, lockKind) && !isEntry(name, usageKind) {
		return examined{}, false
	}
	f, info, err := d.openEntry(dir, name)
	if err != nil {
		return examined{dead: true}, err == errForeign
	}
	defer f.Close()
	var header [headerSize + leaseSize]byte
	n, err := f.ReadAt(header[:], 0)
	e, _, ok := parseHeader(header[:n])
	if err != nil && err != io.EOF {
		return examined{}, false
	}
	if !ok || e.dead(d.now) {
		return examined{dead: true}, true
	}
	return examined{
		aged:      aged{written: info.ModTime().UnixNano(), tie: tieOf(name), size: onDisk(info.Size())},
		evictable: name[0] == valueKind && e.flags&(counterFlag|emptyFlag) == 0,
	}, true
}

func tieOf(name string) uint32 {
	var tie [4]byte
	_, _ = hex.Decode(tie[:], []byte(name[1:9])) // anything else is as good
	return uint32(tie[0])<<24 | uint32(tie[1])<<16 | uint32(tie[2])<<8 | uint32(tie[3])
}
