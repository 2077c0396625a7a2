package file

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"time"
)

// Scan implements [drivers.Scanner]. It reads the beginning of each entry, and has the names in one
// shard at a time in memory.
func (d *Driver) Scan(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for i := range d.shards {
			goOn, err := d.scan(ctx, &d.shards[i], prefix, yield)
			if err != nil {
				yield("", d.fail("scan", err))
			}
			if err != nil || !goOn {
				return
			}
		}
	}
}

func (d *Driver) scan(ctx context.Context, s *shard, prefix string, yield func(string, error) bool) (goOn bool, err error) {
	b, err := d.begin(ctx, 0)
	if err != nil {
		return false, err
	}
	names, err := d.listSteadily(b, s)
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if !isEntry(name, valueKind) {
			continue
		}
		if _, err := d.begin(ctx, 0); err != nil {
			return false, err
		}
		key, found, err := d.keyOf(s, name)
		if err != nil {
			return false, err
		}
		if found && strings.HasPrefix(key, prefix) && !yield(key, nil) {
			return false, nil
		}
	}
	return true, nil
}

// listSteadily is list for those who must not miss what is replaced meanwhile, since some file
// systems give the new file a new place in the directory. If a list may not be whole, it lists again
// while it holds the shard.
func (d *Driver) listSteadily(b bound, s *shard) ([]string, error) {
	before := d.changedAt(s)
	steady := time.Since(before) > clockTick
	names, err := d.list(s)
	if err != nil || steady && d.changedAt(s).Equal(before) {
		return names, err
	}
	err = d.withShard(b, s, false, func(h *held) (err error) {
		names, err = namesIn(h.dir)
		return err
	})
	if absent(err) {
		return nil, nil
	}
	return names, err
}

// clockTick is more than file systems' clocks may stand still.
const clockTick = 20 * time.Millisecond

// changedAt returns when a name in s was last changed, as far as that is known.
func (d *Driver) changedAt(s *shard) time.Time {
	dir, err := d.directory(s, false)
	if err != nil {
		return time.Time{}
	}
	info, err := dir.Stat(".")
	if err != nil {
		return time.Now()
	}
	return info.ModTime()
}

// keyOf returns the key of the named entry, if there is still one with a value.
func (d *Driver) keyOf(s *shard, name string) (key string, found bool, err error) {
	dir, err := d.directory(s, false)
	if err != nil {
		return "", false, ignoreAbsent(err)
	}
	f, _, err := d.openEntry(dir, name)
	if absent(err) || err == errForeign {
		return "", false, nil
	} else if err != nil {
		return "", false, err
	}
	defer f.Close()
	file := make([]byte, 1024) // most keys are short
	n, err := f.ReadAt(file, 0)
	e, at, ok := parseHeader(file[:n])
	if ok && at.value > len(file) {
		file = make([]byte, at.value)
		n, err = f.ReadAt(file, 0)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", false, err
	}
	if !ok || at.value > n || !e.alive(d.now) {
		return "", false, nil
	}
	key = string(file[at.key:at.value])
	return key, d.values.place(key).name == name, nil
}
