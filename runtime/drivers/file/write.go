package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"sync"
)

// maxKey is the length of the longest key: more than the 512 bytes of the contract, and a bound.
const maxKey = 1 << 20

// maxFile is the size of the largest file that the store writes, and can read.
func (d *Driver) maxFile() int64 {
	const others = maxKey + headerSize
	return min(d.maxBytes, math.MaxInt-others) + others
}

// buffers are for files under way. Large ones are left to the garbage collector.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const largestBuffer = 64 << 10

// write replaces what is at p by e. It fails without a trace unless it fails at the very end, after
// the new value took the place of the old one.
func (h *held) write(ctx context.Context, p place, e entry) error {
	if int64(len(e.value)) > h.d.maxBytes {
		return fmt.Errorf("the value of %d bytes is larger than the store: raise MaxBytes from %d, or do not store it", len(e.value), h.d.maxBytes)
	}
	if len(p.key) > maxKey {
		return fmt.Errorf("the key of %d bytes is too long: hash keys of more than %d", len(p.key), maxKey)
	}
	buffer := buffers.Get().(*[]byte)
	file := e.appendTo((*buffer)[:0], p)
	if cap(file) <= largestBuffer {
		*buffer = file[:0]
	}
	err := h.replace(ctx, p.name, file)
	buffers.Put(buffer)
	if err == nil && p.kind == h.d.values && e.flags&counterFlag == 0 {
		h.d.usage.wrote(int64(len(file)), h.d.maxBytes)
	}
	return err
}

// replace puts a file with the given content under name, whatever was there before.
func (h *held) replace(ctx context.Context, name string, content []byte) error {
	err := h.prepare(content)
	if err == nil {
		err = ctx.Err()
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
	if !h.d.folder.sync {
		return nil
	}
	if err := h.d.step("sync directory"); err != nil {
		return err
	}
	return syncDirectory(h.dir)
}

// prepare writes the file new.
func (h *held) prepare(content []byte) error {
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
	if err == nil && h.d.folder.sync {
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
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := h.dir.OpenFile(newName, flags, fileMode)
	if !errors.Is(err, fs.ErrExist) {
		return f, err
	}
	if err := h.dir.Remove(newName); err != nil {
		return nil, err
	}
	return h.dir.OpenFile(newName, flags, fileMode)
}

// remove removes the entry at p, if there is one.
func (h *held) remove(p place) error {
	return ignoreAbsent(h.dir.Remove(p.name))
}

// step asks the test, if there is one, whether the next step of a write fails.
func (d *Driver) step(name string) error {
	if d.reached == nil {
		return nil
	}
	return d.reached(name)
}
