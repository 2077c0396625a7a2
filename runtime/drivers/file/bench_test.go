//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

const (
	benchKeys  = 1000
	benchValue = 1024
)

// plainFiles returns paths for the keys, spread over directories as the driver spreads them.
func plainFiles(b *testing.B) (paths []string) {
	root := b.TempDir()
	for i := range benchKeys {
		dir := filepath.Join(root, fmt.Sprintf("%02x", i%32))
		require.NoError(b, os.MkdirAll(dir, 0o700))
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("v%040x", i)))
	}
	return paths
}

// putPlain is the cheapest sequence of calls that leaves the old or the new file when the program is
// killed, and with sync the new one when the power fails after it.
func putPlain(path string, value []byte, sync bool) error {
	dir := filepath.Dir(path)
	temporary := filepath.Join(dir, "new")
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(value); err != nil {
		return err
	}
	if sync {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close(), os.Rename(temporary, path)); err != nil || !sync {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// getPlain is the cheapest sequence of calls that reads a file.
func getPlain(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	value := make([]byte, benchValue)
	_, err = io.ReadFull(f, value)
	return value, err
}

// writePlain writes all paths.
func writePlain(b *testing.B, paths []string) {
	for _, path := range paths {
		require.NoError(b, putPlain(path, make([]byte, benchValue), false))
	}
}

func filled(b *testing.B, o file.Options) (d *file.Driver, keys []string) {
	o.Path = b.TempDir()
	d = open(b, o)
	for i := range benchKeys {
		keys = append(keys, fmt.Sprint("user:", i))
		require.NoError(b, d.Put(b.Context(), keys[i], make([]byte, benchValue), 0))
	}
	return d, keys
}

// versus runs two ways to do the same in turn, so that whatever else the machine does slows down both,
// and reports the median of each and their ratio.
func versus(b *testing.B, names [2]string, ways ...func(i int) error) {
	var took [2][]time.Duration
	for i := 0; b.Loop(); i++ {
		for way, do := range ways {
			started := time.Now()
			if err := do(i); err != nil {
				b.Fatal(names[way], err)
			}
			took[way] = append(took[way], time.Since(started))
		}
	}
	var median [2]float64
	for way, name := range names {
		slices.Sort(took[way])
		median[way] = float64(took[way][len(took[way])/2])
		b.ReportMetric(median[way], name+"-ns")
	}
	b.ReportMetric(median[0]/median[1], "ratio")
	b.ReportMetric(0, "ns/op")
}

// counted gives the value of each write a number, so that none is written twice.
func counted(put func(i int, value []byte) error) func(i int) error {
	value := make([]byte, benchValue)
	return func(i int) error {
		binary.LittleEndian.PutUint64(value, uint64(i))
		return put(i%benchKeys, value)
	}
}

// BenchmarkVersusPlainFiles compares with the cheapest calls that do the same, with values of 1 KiB.
func BenchmarkVersusPlainFiles(b *testing.B) {
	names := [2]string{"driver", "plain"}
	for name, sync := range map[string]bool{"put": false, "put-sync": true} {
		b.Run(name, func(b *testing.B) {
			d, keys := filled(b, file.Options{Sync: sync})
			paths := plainFiles(b)
			writePlain(b, paths)
			versus(b, names,
				counted(func(i int, value []byte) error { return d.Put(context.Background(), keys[i], value, 0) }),
				counted(func(i int, value []byte) error { return putPlain(paths[i], value, sync) }))
		})
	}
	b.Run("get", func(b *testing.B) {
		d, keys := filled(b, file.Options{})
		paths := plainFiles(b)
		writePlain(b, paths)
		versus(b, names,
			func(i int) error { _, _, err := d.Get(context.Background(), keys[i%benchKeys]); return err },
			func(i int) error { _, err := getPlain(paths[i%benchKeys]); return err })
	})
}

// BenchmarkVersusOneByOne compares calls for 100 keys with 100 calls.
func BenchmarkVersusOneByOne(b *testing.B) {
	const many = 100
	names := [2]string{"batch", "single"}
	for name, sync := range map[string]bool{"put": false, "put-sync": true} {
		b.Run(name, func(b *testing.B) {
			d, keys := filled(b, file.Options{Sync: sync, Timeout: patient})
			other, _ := filled(b, file.Options{Sync: sync, Timeout: patient})
			items := make([]drivers.Item, many)
			for i := range items {
				items[i] = drivers.Item{Key: keys[i], Value: make([]byte, benchValue)}
			}
			versus(b, names,
				func(i int) error { return d.PutMany(context.Background(), items, 0) },
				func(i int) error {
					for _, it := range items {
						if err := other.Put(context.Background(), it.Key, it.Value, 0); err != nil {
							return err
						}
					}
					return nil
				})
		})
	}
	b.Run("get", func(b *testing.B) {
		d, keys := filled(b, file.Options{})
		versus(b, names,
			func(i int) error { _, err := d.GetMany(context.Background(), keys[:many]); return err },
			func(i int) error {
				for _, key := range keys[:many] {
					if _, _, err := d.Get(context.Background(), key); err != nil {
						return err
					}
				}
				return nil
			})
	})
	b.Run("forget", func(b *testing.B) {
		d, keys := filled(b, file.Options{})
		other, _ := filled(b, file.Options{})
		versus(b, names,
			func(i int) error { return d.Forget(context.Background(), keys[:many]...) },
			func(i int) error {
				for _, key := range keys[:many] {
					if err := other.Forget(context.Background(), key); err != nil {
						return err
					}
				}
				return nil
			})
	})
}

// BenchmarkDriver is for allocations and profiles.
func BenchmarkDriver(b *testing.B) {
	ctx := context.Background()
	value := make([]byte, benchValue)
	rate := drivers.Rate{Limit: 1e6, Period: time.Hour}
	for name, do := range map[string]func(d *file.Driver, key string) error{
		"put":    func(d *file.Driver, key string) error { return d.Put(ctx, key, value, 0) },
		"get":    func(d *file.Driver, key string) error { _, _, err := d.Get(ctx, key); return err },
		"forget": func(d *file.Driver, key string) error { return d.Forget(ctx, key) },
		"lock": func(d *file.Driver, key string) error {
			_, err := d.Lock(ctx, key, "owner", time.Hour)
			_, unlockErr := d.Unlock(ctx, key, "owner")
			return errors.Join(err, unlockErr)
		},
		"lease": func(d *file.Driver, key string) error {
			_, err := d.Acquire(ctx, []string{key}, "token", time.Hour, true)
			_, fillErr := d.Fill(ctx, []drivers.Item{{Key: key, Value: value}}, "token", 0)
			return errors.Join(err, fillErr)
		},
		"take": func(d *file.Driver, key string) error { _, err := d.Take(ctx, key, rate, 1); return err },
	} {
		b.Run(name, func(b *testing.B) {
			d, keys := filled(b, file.Options{})
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := do(d, keys[i%benchKeys]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
