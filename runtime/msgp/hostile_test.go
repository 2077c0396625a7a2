package msgp_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// hostile holds payloads that no encoder writes.
func hostile() [][]byte {
	many := func(header []byte, code byte, n int) []byte { return append(header, bytes.Repeat([]byte{code}, n)...) }
	all := [][]byte{
		{}, {0xC0}, {0xC1}, {0x00}, {0x80}, {0x90}, {0xA0}, {0xC4, 0}, {0xFF},
		{0xDD, 0xFF, 0xFF, 0xFF, 0xFF}, {0xDF, 0xFF, 0xFF, 0xFF, 0xFF}, {0xDC, 0x03, 0xE8},
		{0xDB, 0xFF, 0xFF, 0xFF, 0xFF}, {0xC6, 0xFF, 0xFF, 0xFF, 0xFF}, {0xC9, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
		{0x91, 0xDD, 0xFF, 0xFF, 0xFF, 0xFF}, {0x81, 0xA0, 0xDF, 0xFF, 0xFF, 0xFF, 0xFF},
		bytes.Repeat([]byte{0x91}, 1<<17), bytes.Repeat([]byte("\x81\xA4Next"), 1<<14), bytes.Repeat([]byte("\x84\xA4Kids\x91"), 1<<14),
		append([]byte("\x84\xA4Kids\xDD\x00\x00\xFF\xFF"), bytes.Repeat([]byte{0x80}, 1<<17)...),
		append([]byte("\x87\xA5Prefs\xDE\xFF\xFF"), bytes.Repeat([]byte{0xA0}, 1<<17)...),
		append([]byte("\x85\xA4More\xDE\xFF\xFF"), bytes.Repeat([]byte{0xC9, 0, 0, 0, 3, 103, 'L', 's', 0x90}, 1<<13)...),
	}
	for _, code := range []byte{0x80, 0x90, 0xC0, 0x01, 0xA0} {
		all = append(all, many(msgp.AppendArrayHeader(nil, 1<<16), code, 1<<16), many(msgp.AppendMapHeader(nil, 1<<15), code, 1<<16))
	}
	return all
}

// TestHostileBytesAreErrors feeds every type what no encoder writes, and what was written for another
// type.
func TestHostileBytesAreErrors(t *testing.T) {
	models, payloads := zoo(), hostile()
	for _, m := range models {
		payloads = append(payloads, encoded(t, m))
	}
	for _, m := range models {
		for _, b := range payloads {
			allocated := allocation(func() { readOrFail(t, m, b) })
			require.LessOrEqual(t, allocated, uint64(64<<10+64*len(b)), "%T from %d bytes %.32x", m.value, len(b), b)
		}
	}
}

// readOrFail reads b, which either fails as it should or gives a value that can be written and read.
func readOrFail(t *testing.T, m model, b []byte) {
	v, err := m.read(b, false)
	if err != nil {
		var e *msgp.DecodeError
		require.ErrorAs(t, err, &e)
		require.LessOrEqual(t, e.Offset, len(b))
		return
	}
	again, err := m.codec(nil, v)
	require.NoError(t, err)
	_, err = m.read(again, true)
	require.NoError(t, err, "%T from %x, written again as %x", m.value, b, again)
}

func TestDamagedBytes(t *testing.T) {
	for _, m := range zoo() {
		b := encoded(t, m)
		for n := range b {
			_, err := m.read(b[:n], true)
			require.Error(t, err, "%T cut to %d bytes", m.value, n)
		}
		for bit := range 8 * len(b) {
			b[bit/8] ^= 1 << (bit % 8)
			readOrFail(t, m, b)
			b[bit/8] ^= 1 << (bit % 8)
		}
		_, err := m.read(append(b, 0xC0), true)
		require.ErrorContains(t, err, "bytes after the value")
	}
}

func TestCyclesAndDepthAreErrors(t *testing.T) {
	cyclic := &node{}
	cyclic.Next = cyclic
	m := modelOf(cyclic, appendNode, readNode, detachNode)
	_, err := m.codec(nil, cyclic)
	require.ErrorIs(t, err, msgp.ErrDepth)
	var e *msgp.AppendError
	require.ErrorAs(t, err, &e)
	require.EqualError(t, e, "cachegen/msgp: node: nested deeper than 10000 levels; a value that refers to itself cannot be stored")
	_, err = m.clone(cyclic)
	require.ErrorIs(t, err, msgp.ErrDepth)

	long := &node{}
	for range msgp.MaxDepth - 1 {
		long = &node{Next: long}
	}
	b, err := m.codec(nil, long)
	require.NoError(t, err)
	v, err := m.read(b, true)
	require.NoError(t, err, "what could be written can be read")
	_, err = m.clone(v)
	require.NoError(t, err)
	_, err = m.codec(nil, &node{Next: long})
	require.ErrorIs(t, err, msgp.ErrDepth)
	_, err = m.read(append(append([]byte("\x84\xa5Value\x01\xa4Next"), b...), "\xa4Kids\xc0\xa5Named\xc0"...), true)
	require.ErrorIs(t, err, msgp.ErrDepth)
}

func TestDuplicateKeysOfMapsAreErrors(t *testing.T) {
	for message, b := range map[string]string{
		"Prefs: a key stands twice": "\x81\xa5Prefs\x82\xa1k\xa1v\xa1k\xa1w",
		"Meta: a key stands twice":  "\x81\xa4Meta\x82\xa1k\xa1v\xa1k\xa1w",
		"More: a key stands twice":  "\x81\xa4More\x82\xa1k\xa1v\xa1k\xa1w",
	} {
		var failed bool
		for _, m := range zoo() {
			if _, err := m.read([]byte(b), true); err != nil && bytes.Contains([]byte(err.Error()), []byte(message)) {
				failed = true
			}
		}
		require.True(t, failed, message)
	}
}

var errBroken = errors.New("broken")

// broken fails both ways.
type broken struct{}

func (broken) MarshalText() ([]byte, error)    { return nil, errBroken }
func (broken) MarshalBinary() ([]byte, error)  { return nil, errBroken }
func (broken) MarshalJSON() ([]byte, error)    { return nil, errBroken }
func (broken) MarshalMsgpack() ([]byte, error) { return []byte{1, 2}, nil }
func (*broken) UnmarshalText([]byte) error     { return errBroken }
func (*broken) UnmarshalBinary([]byte) error   { return errBroken }
func (*broken) UnmarshalJSON([]byte) error     { return errBroken }
func (*broken) UnmarshalMsgpack([]byte) error  { return errBroken }

func TestMarshalersThatFail(t *testing.T) {
	for name, appendTo := range map[string]func([]byte, *msgp.Walk, string, broken) []byte{
		"text": msgp.AppendText[broken], "binary": msgp.AppendBinary[broken], "json": msgp.AppendJSON[broken], "msgpack": msgp.AppendMsgpack[broken],
	} {
		var w msgp.Walk
		require.Equal(t, []byte{9}, appendTo([]byte{9}, &w, "T.F", broken{}), name)
		require.ErrorContains(t, w.Err(), "cachegen/msgp: T.F: ", name)
		if name != "msgpack" {
			require.ErrorIs(t, w.Err(), errBroken)
		}
	}
	for name, copyTo := range map[string]func(*msgp.Walk, *broken){
		"text":    func(w *msgp.Walk, v *broken) { msgp.CopyText(w, "T.F", v, v) },
		"binary":  func(w *msgp.Walk, v *broken) { msgp.CopyBinary(w, "T.F", v, v) },
		"json":    func(w *msgp.Walk, v *broken) { msgp.CopyJSON(w, "T.F", v, v) },
		"msgpack": func(w *msgp.Walk, v *broken) { msgp.CopyMsgpack(w, "T.F", v, v) },
	} {
		var w msgp.Walk
		copyTo(&w, new(broken))
		require.ErrorIs(t, w.Err(), errBroken, name)
	}
	for name, read := range map[string]func(*msgp.Reader, *broken){
		"text":    func(r *msgp.Reader, v *broken) { r.Text(v) },
		"binary":  func(r *msgp.Reader, v *broken) { r.Binary(v) },
		"json":    func(r *msgp.Reader, v *broken) { r.JSON(v) },
		"msgpack": func(r *msgp.Reader, v *broken) { r.Msgpack(v) },
	} {
		r := msgp.NewReader([]byte{0xC4, 1, 7}, true)
		read(&r, new(broken))
		require.ErrorIs(t, r.Done(), errBroken, name)
		null := msgp.NewReader([]byte{0xC0}, true)
		read(&null, new(broken))
		require.NoError(t, null.Done(), "%s is not called for nil", name)
		short := msgp.NewReader([]byte{0xC4, 1}, true)
		read(&short, new(broken))
		require.ErrorIs(t, short.Done(), msgp.ErrShort, name)
	}
}

func TestAnyInsideAStructIsRefusedWithThePath(t *testing.T) {
	for want, v := range map[string]*opaque{
		`cachegen/msgp: opaque.Meta["x"][1]: chan int cannot`: {Meta: map[string]any{"x": []any{1, make(chan int)}}},
		`cachegen/msgp: opaque.Meta: msgp_test.level cannot`:  {Meta: level(1)},
		`cachegen/msgp: opaque.More[]["y"]: func() cannot`:    {More: map[string]any{"x": map[string]any{"y": func() {}}}},
	} {
		m := modelOf(v, appendOpaque, readOpaque, detachOpaque)
		_, err := m.codec(nil, v)
		require.ErrorContains(t, err, want)
		_, err = m.clone(v)
		require.ErrorContains(t, err, want)
	}
	loop := map[string]any{}
	loop["loop"] = loop
	v := &opaque{Meta: loop}
	m := modelOf(v, appendOpaque, readOpaque, detachOpaque)
	_, err := m.codec(nil, v)
	require.ErrorContains(t, err, "opaque.Meta: nested deeper")
	_, err = m.clone(v)
	require.ErrorIs(t, err, msgp.ErrDepth)
}

func FuzzEmitted(f *testing.F) {
	models := zoo()
	for i, m := range models {
		f.Add(uint8(i), encoded(f, m))
	}
	f.Fuzz(func(t *testing.T, i uint8, b []byte) {
		readOrFail(t, models[int(i)%len(models)], b)
	})
}
