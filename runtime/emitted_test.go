package cache_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
	"github.com/cachegen/cachegen/runtime/keys"
	"github.com/cachegen/cachegen/runtime/msgp"
)

// note has a codec of the shape that is generated. The functions count how often they are used.
type note struct {
	ID   int64
	Tags []string
}

var used struct{ append, read, clone int }

var noteFields = msgp.NewFields("ID", "Tags")

func appendNote(b []byte, v *note, w *msgp.Walk) []byte {
	used.append++
	if v.ID < 0 {
		w.Fail("note.ID", errors.New("negative"))
	}
	b = msgp.AppendInt64(append(b, "\x82\xa2ID"...), v.ID)
	b = msgp.AppendArrayHeader(append(b, "\xa4Tags"...), len(v.Tags))
	for _, tag := range v.Tags {
		b = msgp.AppendString(b, tag)
	}
	return b
}

func readNote(r *msgp.Reader) *note {
	used.read++
	v := new(note)
	for s := r.Struct(noteFields); s.Next(r); {
		switch s.Field() {
		case 0:
			v.ID = r.Int64()
		case 1:
			v.Tags = make([]string, r.ArrayHeader(1))
			for i := range v.Tags {
				v.Tags[i] = r.String()
			}
		}
	}
	return v
}

func cloneNote(v *note) *note {
	used.clone++
	return &note{v.ID, slices.Clone(v.Tags)}
}

var _ = cache.Register(cache.Codec[*note]{AppendWalk: appendNote, Read: readNote, Clone: cloneNote})

func newNotes(m *cache.Manager, version string) *cache.Cache[int64, *note] {
	return cache.NewCache(m, cache.Spec[int64, *note]{
		Name: "Notes", TTL: time.Hour, Version: version,
		AppendKey: func(dst []byte, id int64) ([]byte, error) { return keys.AppendInt(append(dst, "note:"...), id), nil },
	})
}

func loadNote(_ context.Context, id int64) (*note, error) { return &note{id, []string{"a", "b"}}, nil }

// TestGeneratedCodecOnMemory: values are live there, and each caller has a copy that no codec made.
func TestGeneratedCodecOnMemory(t *testing.T) {
	ctx := t.Context()
	m := newManager(t, nil)
	notes := newNotes(m, "")
	used = struct{ append, read, clone int }{}
	first, err := notes.RememberE(ctx, 1, loadNote)
	require.NoError(t, err)
	for range 3 {
		first.Tags[0] = "changed"
		n, ok := notes.Hit([]byte("note:1"))
		require.True(t, ok)
		require.Equal(t, []string{"a", "b"}, n.Tags)
		first = n
	}
	first.Tags[0] = "changed"
	v, ok := m.Get("note:1")
	require.True(t, ok)
	require.Equal(t, []string{"a", "b"}, v.(*note).Tags)
	v.(*note).Tags[0] = "changed"
	n, _, err := notes.Get(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, n.Tags)
	require.Zero(t, used.append)
	require.Zero(t, used.read)
	require.Equal(t, 6, used.clone, "one for the store and one for each read")
}

// TestGeneratedCodecOnBytes: a typed cache and the untyped calls use it, and understand each other.
func TestGeneratedCodecOnBytes(t *testing.T) {
	ctx := t.Context()
	m := newManager(t, redisConfig(redistest.Shared(t)))
	notes := newNotes(m, "")
	used = struct{ append, read, clone int }{}
	_, err := notes.RememberE(ctx, 1, loadNote)
	require.NoError(t, err)
	v, ok := m.Get("note:1")
	require.True(t, ok)
	require.Equal(t, &note{1, []string{"a", "b"}}, v)
	require.NoError(t, m.Put("note:2", &note{2, []string{}}, time.Hour))
	n, ok, err := notes.Get(ctx, 2)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, &note{2, []string{}}, n)
	require.Equal(t, 2, used.append)
	require.Equal(t, 2, used.read)

	require.ErrorContains(t, notes.Put(ctx, -1, &note{ID: -1}), "negative")
}

// TestVersionDecides: a generated codec reads bytes of another shape, if they have what it needs; a
// version keeps values apart that have the same shape.
func TestVersionDecides(t *testing.T) {
	ctx := t.Context()
	d, err := memory.Open(ctx, memory.Options{})
	require.NoError(t, err)
	cache.Drivers().Register("bytes-of-"+t.Name(), func(context.Context, drivers.StoreConfig) (drivers.Driver, error) {
		return bytesOnly{d}, nil
	})
	m := newManager(t, &cache.Config{Stores: map[string]cache.StoreConfig{"default": {Driver: "bytes-of-" + t.Name()}}})
	require.NoError(t, newNotes(m, "").Put(ctx, 1, &note{ID: 1}))
	_, ok, err := newNotes(m, "").Get(ctx, 1)
	require.NoError(t, err)
	require.True(t, ok)
	_, ok, err = newNotes(m, "2").Get(ctx, 1)
	require.NoError(t, err)
	require.False(t, ok)
}

// bytesOnly hides what the memory driver can do beyond the contract.
type bytesOnly struct{ drivers.Driver }
