package file

import (
	"context"
	"io"
	"io/fs"
	"os"
)

// Get implements [drivers.Driver]. It takes no lock.
func (d *Driver) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	value, found, err = d.get(ctx, d.values.place(key))
	return value, found, d.fail("get", err)
}

func (d *Driver) get(ctx context.Context, p place) (value []byte, found bool, err error) {
	if err := d.begin(ctx, 0); err != nil {
		return nil, false, err
	}
	e, err := d.find(&d.shards[p.shard], p)
	switch {
	case err == errForeign:
		d.discard(ctx, p)
		return nil, false, nil
	case absent(err) || err == nil && e.expired(d.now):
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
	f, err := dir.OpenFile(p.name, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return entry{}, d.unusable(dir, p.name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return entry{}, err
	}
	if !d.readable(info) {
		return entry{}, errForeign
	}
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
func (d *Driver) discard(ctx context.Context, p place) {
	_ = d.withShard(ctx, &d.shards[p.shard], false, func(h *held) error {
		if _, err := d.load(h.dir, p); err == errForeign {
			return h.dir.Remove(p.name)
		}
		return nil
	})
}

// current returns the live entry at p.
func (h *held) current(p place) (e entry, found bool, err error) {
	e, err = h.d.load(h.dir, p)
	switch {
	case absent(err), err == errForeign:
		return entry{}, false, nil
	case err != nil:
		return entry{}, false, err
	}
	return e, !e.expired(h.d.now), nil
}
