package file

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"sync"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// maxKey is the length of the longest key: more than the 512 bytes of the contract, and a bound.
// maxOwner is that of the longest owner of a lock, with its number.
const (
	maxKey   = 1 << 20
	maxOwner = 1 << 16
)

// maxFile is the size of the largest file that the store writes, and can read.
func (d *Driver) maxFile() int64 {
	const others = headerSize + leaseSize + maxToken + maxKey
	return min(max(d.maxBytes, maxOwner), math.MaxInt-others) + others
}

// buffers are for files under way. Large ones are left to the garbage collector.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const largestBuffer = 64 << 10

// write replaces what is at p by e. It fails without a trace unless it fails at the very end, after
// the new value took the place of the old one.
func (h *held) write(p place, e entry) error {
	if err := h.d.checkSize(p, e); err != nil {
		return err
	}
	buffer := buffers.Get().(*[]byte)
	file := e.appendTo((*buffer)[:0], p)
	if cap(file) <= largestBuffer {
		*buffer = file[:0]
	}
	err := h.replace(p.name, file, e.flags&emptyFlag == 0)
	buffers.Put(buffer)
	if err == nil && p.kind == h.d.values && e.flags&(counterFlag|emptyFlag) == 0 {
		h.d.usage.wrote(int64(len(file)), h.d.maxBytes)
	}
	return err
}

// checkSize refuses what could not be read again, or would take the whole store.
func (d *Driver) checkSize(p place, e entry) error {
	if len(p.key) > maxKey {
		return fmt.Errorf("the key of %d bytes is too long: hash keys of more than %d", len(p.key), maxKey)
	}
	if len(e.lease.token) > maxToken {
		return fmt.Errorf("the token of %d bytes is too long: use at most %d", len(e.lease.token), maxToken)
	}
	limit := d.maxBytes
	if p.kind != d.values {
		limit = maxOwner
	}
	if int64(len(e.value)) > limit {
		return fmt.Errorf("%w: it has %d bytes, and the store takes at most %d: raise MaxBytes, or do not store it", drivers.ErrTooLarge, len(e.value), limit)
	}
	return nil
}

// replace puts a file with the given content under name, whatever was there before. What need not
// last beyond the process is not synced.
func (h *held) replace(name string, content []byte, lasts bool) error {
	sync := lasts && h.d.folder.sync
	err := h.prepare(content, sync)
	if err == nil {
		err = h.bound.err()
	}
	if err == nil {
		err = h.d.step("rename")
	}
	if err == nil {
		err = h.dir.Rename(newName, name)
	}
	if err != nil {
		return errors.Join(err, ignoreAbsent(h.dir.Remove(newName)))
	}
	h.changed = h.changed || sync
	return nil
}

// prepare writes the file new.
func (h *held) prepare(content []byte, sync bool) error {
	f, err := h.create()
	if err != nil {
		return err
	}
	if err = h.d.step("write"); err == nil {
		_, err = f.Write(content)
	}
	if err == nil {
		err = h.d.step("sync")
	}
	if err == nil && sync {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// create makes the file new. One that is there already was left by a process that died: whoever
// holds the shard owns it.
func (h *held) create() (*os.File, error) {
	if err := h.d.step("create"); err != nil {
		return nil, err
	}
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL | nonBlocking
	f, err := h.dir.OpenFile(newName, flags, fileMode)
	if !errors.Is(err, fs.ErrExist) {
		return f, err
	}
	if err := h.dir.Remove(newName); err != nil {
		return nil, err
	}
	return h.dir.OpenFile(newName, flags, fileMode)
}

// remove removes the named entry, if there is one.
func (h *held) remove(name string) error {
	if err := h.d.step("remove"); err != nil {
		return err
	}
	err := h.dir.Remove(name)
	h.changed = h.changed || err == nil
	return ignoreAbsent(err)
}

// step asks the test, if there is one, whether the next step of a write fails.
func (d *Driver) step(name string) error {
	if d.reached == nil {
		return nil
	}
	return d.reached(name)
}
