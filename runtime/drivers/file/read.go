package file

import (
	"context"
	"io"
	"io/fs"
	"os"
)

// Get implements [drivers.Driver]. It takes no lock.
func (d *Driver) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	b, err := d.begin(ctx, 0)
	if err == nil {
		value, found, err = d.get(b, d.values.place(key))
	}
	return value, found, d.fail("get", err)
}

func (d *Driver) get(b bound, p place) (value []byte, found bool, err error) {
	e, err := d.find(&d.shards[p.shard], p)
	switch {
	case err == errForeign:
		d.discard(b, p)
		return nil, false, nil
	case absent(err) || err == nil && !e.alive(d.now):
		return nil, false, nil
	}
	return e.value, err == nil, err
}

// find loads the entry at p from the shard that there is now.
func (d *Driver) find(s *shard, p place) (entry, error) {
	for attempt := 1; ; attempt++ {
		dir, err := d.directory(s, false)
		if err != nil {
			return entry{}, err
		}
		e, err := d.load(dir, p)
		if !absent(err) || attempt == attempts || !d.lost(s, dir) {
			return e, err
		}
	}
}

// load reads the entry at p, whether it has expired or not. It returns fs.ErrNotExist if there is
// none, and errForeign for a file that is none.
func (d *Driver) load(dir *os.Root, p place) (entry, error) {
	f, info, err := d.openEntry(dir, p.name)
	if err != nil {
		return entry{}, err
	}
	defer f.Close()
	file := make([]byte, info.Size())
	if _, err := io.ReadFull(f, file); err == io.EOF || err == io.ErrUnexpectedEOF {
		return entry{}, errForeign // somebody cut it meanwhile
	} else if err != nil {
		return entry{}, err
	}
	e, ok := p.parse(file)
	if !ok {
		return entry{}, errForeign
	}
	return e, nil
}

// openEntry opens a file that may be an entry, for reading. See load for its errors.
func (d *Driver) openEntry(dir *os.Root, name string) (*os.File, fs.FileInfo, error) {
	f, err := dir.OpenFile(name, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, nil, d.unusable(dir, name, err)
	}
	info, err := f.Stat()
	if err == nil && !d.readable(info) {
		err = errForeign
	}
	if err != nil {
		_ = f.Close() // nothing was read
		return nil, nil, err
	}
	return f, info, nil
}

// readable reports whether a file may be an entry, so that reading it neither hangs nor takes too
// much memory.
func (d *Driver) readable(info fs.FileInfo) bool {
	return ours(info, d.folder.uid) && info.Size() <= d.maxFile()
}

// unusable tells why a file could not be opened: a file of ours ought to be readable, so that one is
// an error, while anything else is in the way.
func (d *Driver) unusable(dir *os.Root, name string, err error) error {
	if absent(err) {
		return err
	}
	info, statErr := dir.Lstat(name)
	if statErr == nil && !ours(info, d.folder.uid) {
		return errForeign
	}
	return err
}

// discard removes what is in the place of an entry and is none, unless it has been replaced since.
// It is a service to the next reader, who sees a miss without it too.
func (d *Driver) discard(b bound, p place) {
	_ = d.withShard(b, &d.shards[p.shard], false, func(h *held) error {
		if _, err := d.load(h.dir, p); err == errForeign {
			return h.dir.Remove(p.name)
		}
		return nil
	})
}

// load returns the entry at p, or one without a value and a lease.
func (h *held) load(p place) (entry, error) {
	e, err := h.d.load(h.dir, p)
	if absent(err) || err == errForeign {
		return entry{flags: emptyFlag}, nil
	}
	return e, err
}
