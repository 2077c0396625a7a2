package vm_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/internal/racetest"
	"github.com/cachegen/cachegen/runtime/msgp"
	"github.com/cachegen/cachegen/runtime/msgp/vm"
)

// secret encodes itself in as many values as it has words.
type secret struct{ words []string }

func (s secret) EncodeMsgpack(e *msgpack.Encoder) error {
	if s.words == nil {
		return e.EncodeNil()
	}
	return e.EncodeMulti(words(s.words)...)
}

func words(s []string) (all []any) {
	for _, w := range s {
		all = append(all, w)
	}
	return all
}

var errForbidden = errors.New("forbidden")

func (s *secret) DecodeMsgpack(d *msgpack.Decoder) error {
	w, err := d.DecodeString()
	switch {
	case err != nil:
		return err
	case w == "forbidden":
		return errForbidden
	}
	s.words = []string{w}
	return nil
}

// lazy decodes nothing.
type lazy struct{ secret }

func (*lazy) DecodeMsgpack(*msgpack.Decoder) error { return nil }

func TestCustomTypesAreWrittenAsTheLibraryDoes(t *testing.T) {
	for _, v := range []secret{{}, {[]string{""}}, {[]string{"word"}}} {
		var w msgp.Walk
		b := vm.AppendCustom([]byte{9}, &w, "T.F", v)
		require.NoError(t, w.Err())
		want, err := msgpack.Marshal(v)
		require.NoError(t, err)
		require.Equal(t, append([]byte{9}, want...), b)

		r := msgp.NewReader(b, true)
		require.Equal(t, 9, r.Int())
		var got secret
		vm.ReadCustom(&r, &got)
		require.NoError(t, r.Done())
		require.Equal(t, v, got)

		var c secret
		vm.CopyCustom(&w, "T.F", &c, v)
		require.NoError(t, w.Err())
		require.Equal(t, v, c)
	}
}

func TestRawMessagesAreCopies(t *testing.T) {
	b := []byte{0x92, 1, 0xA1, 'x'}
	r := msgp.NewReader(b, true)
	var raw msgpack.RawMessage
	vm.ReadCustom(&r, &raw)
	require.NoError(t, r.Done())
	clear(b)
	require.Equal(t, msgpack.RawMessage{0x92, 1, 0xA1, 'x'}, raw)
}

func TestCustomTypesThatFail(t *testing.T) {
	for _, v := range []secret{{[]string{}}, {[]string{"two", "values"}}} {
		var w msgp.Walk
		require.Equal(t, []byte{9}, vm.AppendCustom([]byte{9}, &w, "T.F", v))
		require.ErrorContains(t, w.Err(), "cachegen/msgp: T.F: ")
		require.ErrorContains(t, w.Err(), "something else than one msgpack value")
	}
	var w msgp.Walk
	vm.CopyCustom(&w, "T.F", new(secret), secret{[]string{"forbidden"}})
	require.ErrorIs(t, w.Err(), errForbidden)

	forbidden := msgp.AppendString(nil, "forbidden")
	for name, b := range map[string][]byte{"its own": forbidden, "short": forbidden[:4], "another kind": {0xC3}, "a bomb": {0xDD, 0xFF, 0xFF, 0xFF, 0xFF}} {
		r := msgp.NewReader(b, true)
		var v secret
		vm.ReadCustom(&r, &v)
		require.Error(t, r.Done(), name)
		require.Zero(t, v, name)
	}
	r := msgp.NewReader(msgp.AppendString(nil, "word"), true)
	vm.ReadCustom(&r, new(lazy))
	require.ErrorContains(t, r.Done(), "DecodeMsgpack left bytes")
	var e *msgp.DecodeError
	require.ErrorAs(t, r.Done(), &e)
	require.Zero(t, e.Offset)
}

func TestCodersAreUsedAgain(t *testing.T) {
	if racetest.Enabled {
		t.Skip("sync.Pool drops coders at random under the race detector")
	}
	v := secret{[]string{"word"}}
	buf, b := make([]byte, 0, 64), msgp.AppendString(nil, "word")
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		var w msgp.Walk
		vm.AppendCustom(buf, &w, "T.F", v)
	}), 3.0, "what EncodeMsgpack itself allocates")
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		r := msgp.NewReader(b, true)
		var v secret
		vm.ReadCustom(&r, &v)
	}), 4.0, "what DecodeMsgpack itself allocates")
}
