package file

import (
	"context"
	"errors"
	"os"
	"slices"
)

// batchSize is how many files are looked at, and at most removed, while others wait for the shard.
const batchSize = 64

// Flush implements [drivers.Driver]. Its duration grows with the number of entries, and only ctx
// bounds it. An entry that is written meanwhile may or may not be there afterwards.
func (d *Driver) Flush(ctx context.Context) error {
	if _, err := d.begin(ctx, 0); err != nil {
		return d.fail("flush", err)
	}
	// First the leases, of all shards: a fill by one could come in behind the listing of a shard.
	for _, step := range []func(ctx context.Context, s *shard) error{d.endLeases, d.flush} {
		for i := range d.shards {
			if err := step(ctx, &d.shards[i]); err != nil {
				return d.fail("flush", err)
			}
		}
	}
	return nil
}

func (d *Driver) endLeases(ctx context.Context, s *shard) error {
	return ignoreAbsent(d.withShard(d.boundBy(ctx), s, false, (*held).endLeases))
}

func (d *Driver) flush(ctx context.Context, s *shard) error {
	names, err := d.list(s)
	for batch := range slices.Chunk(names, batchSize) {
		if err := d.prune(d.boundBy(ctx), s, batch, isFlushed); err != nil {
			return err
		}
	}
	return err
}

// isFlushed is true for values with their leases and for the usages of limits.
func isFlushed(_ *os.Root, name string) bool {
	return isEntry(name, valueKind) || isEntry(name, usageKind)
}

// list returns the names in s. A shard that does not exist has none.
func (d *Driver) list(s *shard) ([]string, error) {
	for attempt := 1; ; attempt++ {
		dir, err := d.directory(s, false)
		if err != nil {
			return nil, ignoreAbsent(err)
		}
		names, err := namesIn(dir)
		if attempt == attempts || !d.lost(s, dir) {
			return names, err
		}
	}
}

func namesIn(dir *os.Root) ([]string, error) {
	f, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// prune removes those of the files for which doomed is true, and still is when s is held. One that
// cannot be removed does not keep the others.
func (d *Driver) prune(b bound, s *shard, names []string, doomed func(dir *os.Root, name string) bool) error {
	dir, err := d.directory(s, false)
	if err != nil {
		return ignoreAbsent(err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !doomed(dir, name) })
	if len(names) == 0 {
		return nil
	}
	return ignoreAbsent(d.withShard(b, s, false, func(h *held) error {
		var err error
		for _, name := range names {
			if doomed(h.dir, name) {
				err = errors.Join(err, h.remove(name))
			}
		}
		return err
	}))
}
