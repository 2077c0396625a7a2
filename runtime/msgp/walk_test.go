package msgp_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/msgp"
)

func TestClonesOfDynamicValuesShareNothing(t *testing.T) {
	for _, v := range append(dynamic, dynamic) {
		before, err := msgp.AppendAny(nil, v)
		require.NoError(t, err)
		var w msgp.Walk
		c := w.CloneAny("v", v)
		require.NoError(t, w.Err())
		require.Equal(t, v, c)
		scramble(reflect.ValueOf(&c))
		after, err := msgp.AppendAny(nil, v)
		require.NoError(t, err)
		require.Equal(t, before, after, "%#v", v)
	}
}

func TestClonesOfSlicesAndMapsShareNothing(t *testing.T) {
	type names []string
	type ages map[string]int
	require.Nil(t, msgp.CloneSlice(names(nil)))
	require.Nil(t, msgp.CloneMap(ages(nil)))
	list, byName := names{"a", "b"}, ages{"a": 1}
	listed, mapped := msgp.CloneSlice(list), msgp.CloneMap(byName)
	list[0], byName["a"] = "c", 2
	require.Equal(t, names{"a", "b"}, listed)
	require.Equal(t, ages{"a": 1}, mapped)
	require.Equal(t, names{}, msgp.CloneSlice(names{}), "empty is not nil")
}

func TestWalkKeepsTheFirstError(t *testing.T) {
	var w msgp.Walk
	require.True(t, w.Enter("T"))
	require.Nil(t, w.CloneAny("T.First", make(chan int)))
	require.Equal(t, []byte{9}, w.Any([]byte{9}, "T.Second", func() {}))
	w.Fail("T.Third", errBroken)
	require.False(t, w.Enter("T"), "so that nothing more is done")
	w.Leave()
	require.EqualError(t, w.Err(), "cachegen/msgp: T.First: chan int cannot be stored inside an any; use a basic type, or cache a concrete type")
}
