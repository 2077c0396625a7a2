package msgp_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// blank marshals itself to whatever it is told.
type blank struct {
	data []byte
	err  error
}

func (b *blank) MarshalText() ([]byte, error)      { return b.data, b.err }
func (b *blank) UnmarshalText(data []byte) error   { b.data = data; return b.err }
func (b *blank) MarshalJSON() ([]byte, error)      { return b.data, b.err }
func (b *blank) MarshalBinary() ([]byte, error)    { return b.data, b.err }
func (b *blank) UnmarshalBinary(data []byte) error { b.data = data; return b.err }

// TestNothingIsNotNil: what marshals itself to no bytes is written as no bytes, which the library reads
// too, and comes back as a value.
func TestNothingIsNotNil(t *testing.T) {
	var w msgp.Walk
	before := []byte("before")
	for _, b := range [][]byte{
		msgp.NotNil(len(before), msgp.AppendText(before, &w, "", &blank{})),
		msgp.NotNil(len(before), msgp.AppendBinary(before, &w, "", &blank{})),
		msgp.NotNil(len(before), msgp.AppendJSON(before, &w, "", &blank{})),
		msgp.NotNil(len(before), msgp.AppendBinary(before, &w, "", &blank{data: []byte{}})),
	} {
		require.Equal(t, "before\xc4\x00", string(b))
	}
	require.Equal(t, "before\xc4\x01\xc0", string(msgp.NotNil(len(before), msgp.AppendText(before, &w, "", &blank{data: []byte{0xC0}}))))
	require.NoError(t, w.Err())

	require.Equal(t, before, msgp.NotNil(len(before), msgp.AppendText(before, &w, "here", &blank{err: errors.New("no")})))
	require.ErrorContains(t, w.Err(), "here")

	for _, owned := range []bool{true, false} {
		r := msgp.NewReader([]byte{0xC4, 0}, owned)
		v := blank{data: []byte("old")}
		r.Text(&v)
		require.NoError(t, r.Done())
		require.Equal(t, []byte{}, v.data, "it is called, with nothing")
	}
	var site *url.URL
	require.NoError(t, msgpack.Unmarshal([]byte{0xC4, 0}, &site))
	require.Equal(t, &url.URL{}, site)
}
