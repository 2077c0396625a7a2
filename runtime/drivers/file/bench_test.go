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
	"testing"

	"github.com/stretchr/testify/require"

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

func filled(b *testing.B, o file.Options) (d *file.Driver, keys []string) {
	o.Path = b.TempDir()
	d = open(b, o)
	for i := range benchKeys {
		keys = append(keys, fmt.Sprint("user:", i))
		require.NoError(b, d.Put(b.Context(), keys[i], make([]byte, benchValue), 0))
	}
	return d, keys
}

// BenchmarkPut replaces values of 1 KiB. Compare each driver with the plain files of its kind.
func BenchmarkPut(b *testing.B) {
	for name, sync := range map[string]bool{"": false, "-sync": true} {
		b.Run("driver"+name, func(b *testing.B) {
			d, keys := filled(b, file.Options{Sync: sync})
			benchPut(b, func(i int, value []byte) error { return d.Put(context.Background(), keys[i], value, 0) })
		})
		b.Run("plain"+name, func(b *testing.B) {
			paths := plainFiles(b)
			for _, path := range paths {
				require.NoError(b, putPlain(path, make([]byte, benchValue), false))
			}
			benchPut(b, func(i int, value []byte) error { return putPlain(paths[i], value, sync) })
		})
	}
}

func benchPut(b *testing.B, put func(i int, value []byte) error) {
	b.ReportAllocs()
	value := make([]byte, benchValue)
	for i := 0; b.Loop(); i++ {
		binary.LittleEndian.PutUint64(value, uint64(i))
		if err := put(i%benchKeys, value); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGet reads values of 1 KiB.
func BenchmarkGet(b *testing.B) {
	b.Run("driver", func(b *testing.B) {
		d, keys := filled(b, file.Options{})
		benchGet(b, func(i int) ([]byte, error) {
			value, _, err := d.Get(context.Background(), keys[i])
			return value, err
		})
	})
	b.Run("plain", func(b *testing.B) {
		paths := plainFiles(b)
		for _, path := range paths {
			require.NoError(b, putPlain(path, make([]byte, benchValue), false))
		}
		benchGet(b, func(i int) ([]byte, error) { return getPlain(paths[i]) })
	})
}

func benchGet(b *testing.B, get func(i int) ([]byte, error)) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if value, err := get(i % benchKeys); err != nil || len(value) != benchValue {
			b.Fatal(len(value), err)
		}
	}
}
