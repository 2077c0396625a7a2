package cachetest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/cachetest"
)

func TestClockDecidesWhenThingsExpire(t *testing.T) {
	m := cachetest.New(t, "session")
	require.NoError(t, m.Put("greeting", "hello", time.Minute))
	_, err := m.IncrementTTL("hits", 1, time.Minute)
	require.NoError(t, err)
	got, err := m.Lock("job", time.Minute).Get(t.Context())
	require.NoError(t, err)
	require.True(t, got)

	m.Advance(time.Minute - time.Nanosecond)
	require.True(t, m.Has("greeting"))
	n, err := m.Increment("hits", 1)
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	got, err = m.Lock("job", time.Minute).Get(t.Context())
	require.NoError(t, err)
	require.False(t, got)

	m.Advance(time.Nanosecond)
	require.False(t, m.Has("greeting"))
	n, err = m.Increment("hits", 1)
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	got, err = m.Lock("job", time.Minute).Get(t.Context())
	require.NoError(t, err)
	require.True(t, got)
}

func TestNamedStoresAreApart(t *testing.T) {
	m := cachetest.New(t, "session")
	session, err := m.Store("session")
	require.NoError(t, err)
	require.NoError(t, session.Put("k", "in session", 0))
	require.False(t, m.Has("k"))
	_, err = m.Store("sesion")
	require.ErrorContains(t, err, `did you mean "session"?`)
}

func TestClockDoesNotGoBack(t *testing.T) {
	m := cachetest.New(t)
	require.Panics(t, func() { m.Advance(-time.Second) })
}
