package file

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestFormat pins the bytes of an entry: files outlive the program that wrote them.
func TestFormat(t *testing.T) {
	t.Parallel()
	p := newKind(valueKind, "app:").place("user:1")
	require.Equal(t, 22, p.shard)
	require.Equal(t, "vabc3a47b8ad18b855c687d9ca2c6091ee7312db5", p.name)
	got := entry{value: []byte("value"), deadline: 0x0102030405060708, flags: counterFlag}.appendTo(nil, p)
	require.Equal(t, "\xC1cgf\x01\x01\x00\x00\x06\x00\x00\x00\x08\x07\x06\x05\x04\x03\x02\x01"+
		"\xa4\xf7\x23\xc6user:1value", string(got))
	leased := entry{flags: leaseFlag | emptyFlag, lease: lease{token: "token", deadline: 0x0102030405060708, epoch: 9}}
	require.Equal(t, "\xC1cgf\x01\x06\x05\x00\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"+
		"\xfd\x1f\x08\x1e\x08\x07\x06\x05\x04\x03\x02\x01\x09\x00\x00\x00\x00\x00\x00\x00tokenuser:1", string(leased.appendTo(nil, p)))
}

// TestDamage flips every bit of an entry, cuts it at every length, and adds to it.
func TestDamage(t *testing.T) {
	t.Parallel()
	p := newKind(valueKind, "app:").place("key")
	for _, e := range []entry{
		{value: []byte("the value"), deadline: 1},
		{value: []byte("the value"), flags: leaseFlag, lease: lease{token: "token", deadline: 2, epoch: 3}},
		{value: []byte{}, flags: leaseFlag | emptyFlag, lease: lease{deadline: 2, epoch: 3}},
	} {
		whole := e.appendTo(nil, p)
		got, ok := p.parse(whole)
		require.True(t, ok)
		require.Equal(t, e, got)
		for i := range whole {
			for bit := range 8 {
				whole[i] ^= 1 << bit
				_, ok := p.parse(whole)
				require.False(t, ok, "bit %d of byte %d", bit, i)
				whole[i] ^= 1 << bit
			}
			_, ok := p.parse(whole[:i])
			require.False(t, ok, "cut after %d bytes", i)
		}
		_, ok = p.parse(append(whole, 0))
		require.False(t, ok, "a byte too many")
	}
}

// TestEntriesThatMakeNoSense have a good checksum.
func TestEntriesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	p := newKind(valueKind, "app:").place("key")
	for name, e := range map[string]entry{
		"a value where there is none": {value: []byte("v"), flags: leaseFlag | emptyFlag},
		"neither value nor lease":     {flags: emptyFlag},
		"a token without a lease":     {value: []byte("v"), lease: lease{token: "token"}},
	} {
		_, ok := p.parse(e.appendTo(nil, p))
		require.False(t, ok, name)
	}
}

// TestForeignEntries reads whole entries in places that are not theirs.
func TestForeignEntries(t *testing.T) {
	t.Parallel()
	own := newKind(valueKind, "app:").place("key")
	for name, p := range map[string]place{
		"another key":       newKind(valueKind, "app:").place("kez"),
		"a longer key":      newKind(valueKind, "app:").place("key "),
		"another namespace": newKind(valueKind, "app2:").place("key"),
		"a lock":            newKind(lockKind, "app:").place("key"),
		"a shifted border":  newKind(valueKind, "app:").place("keyv"),
	} {
		_, ok := own.parse(entry{value: []byte("value")}.appendTo(nil, p))
		require.False(t, ok, name)
	}
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		now  int64
		ttl  time.Duration
		want int64
	}{
		{100, 0, 0}, {100, 1, 101}, {0, 1, 1}, {-5, 5, 1}, {-5, 4, -1},
		{100, math.MaxInt64, math.MaxInt64}, {0, math.MaxInt64, math.MaxInt64}, {100, math.MaxInt64 - 100, math.MaxInt64},
		{-100, math.MaxInt64, math.MaxInt64 - 100},
	} {
		d := &Driver{now: func() time.Time { return time.Unix(0, c.now) }}
		require.Equal(t, c.want, d.deadline(c.ttl), "now %d, ttl %d", c.now, c.ttl)
	}
	at := func(ns int64) func() time.Time { return func() time.Time { return time.Unix(0, ns) } }
	require.True(t, entry{}.alive(at(math.MaxInt64)))
	require.True(t, entry{deadline: 10}.alive(at(9)))
	require.False(t, entry{deadline: 10}.alive(at(10)))
}

// TestDirectoryNames keeps namespaces apart that a file system folds, and out of the path.
func TestDirectoryNames(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, namespace := range []string{"app:", "APP:", "app!s!app:", "..:", "../..:", "/:", "a/b:", "\x00:", "日本:", ":", string(make([]byte, 300))} {
		name := directoryName(namespace)
		require.Regexp(t, `^[A-Za-z0-9_-]{0,32}-[0-9a-f]{32}$`, name)
		hash := name[len(name)-32:]
		require.False(t, seen[hash])
		seen[hash] = true
	}
}

func TestPickVictims(t *testing.T) {
	t.Parallel()
	files := []aged{{3, 0, 100}, {1, 0, 100}, {2, 7, 100}, {2, 3, 100}, {4, 0, 400}}
	last, total := pickVictims(files, 800)
	require.Zero(t, last)
	require.EqualValues(t, 800, total)
	last, total = pickVictims(files, 799)
	require.Equal(t, aged{1, 0, 100}, last)
	require.EqualValues(t, 700, total, "seven eighths of 799 is 700")
	last, total = pickVictims(files, 600)
	require.Equal(t, aged{2, 7, 100}, last)
	require.EqualValues(t, 500, total)
	last, total = pickVictims(files, 0)
	require.Equal(t, aged{4, 0, 400}, last)
	require.Zero(t, total)
	last, total = pickVictims(nil, 0)
	require.Zero(t, last)
	require.Zero(t, total)
}

// FuzzParse: no bytes make parsing panic, and what it accepts is what would be written.
func FuzzParse(f *testing.F) {
	p := newKind(valueKind, "app:").place("key")
	f.Add(entry{value: []byte("value")}.appendTo(nil, p))
	f.Add(entry{flags: leaseFlag | emptyFlag, lease: lease{token: "token", deadline: 1, epoch: 2}}.appendTo(nil, p))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, ok := p.parse(data)
		if ok && string(e.appendTo(nil, p)) != string(data) {
			t.Fatalf("%x was accepted", data)
		}
	})
}
