package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// slots counts the slots of all shards.
func (t *table) slots() (n int) {
	for i := range t.shards {
		n += len(t.shards[i].slots)
	}
	return n
}

func nothing() error { return nil }

func TestTableIsEmptyWhenNothingIsUnderWay(t *testing.T) {
	for name, use := range map[string]func(tb *table){
		"a load":          func(tb *table) { tb.leave("k", tb.enter("k"), nil) },
		"an invalidation": func(tb *table) { _ = tb.invalidate(context.Background(), []string{"k", "l"}, nothing) },
		"one that fails": func(tb *table) {
			_ = tb.invalidate(context.Background(), []string{"k"}, func() error { return errors.New("down") })
		},
		"a flush": func(tb *table) { _ = tb.flush(context.Background(), nothing) },
		"a fill":  fillOnce,
		"a load that was voided": func(tb *table) {
			tok := tb.enter("k")
			_ = tb.flush(context.Background(), nothing)
			tb.leave("k", tok, nil)
		},
	} {
		tb := newTable()
		use(tb)
		require.Zero(t, tb.slots(), name)
	}
}

func fillOnce(tb *table) {
	tok := tb.enter("k")
	if tb.startFill("k", tok) {
		tb.endFill("k")
	}
	tb.leave("k", tok, nil)
}

func TestOneFillOfAKeyAtATime(t *testing.T) {
	tb := newTable()
	first, second := tb.enter("k"), tb.enter("k")
	require.True(t, tb.startFill("k", first))
	require.False(t, tb.startFill("k", second))
	tb.endFill("k")
	require.True(t, tb.startFill("k", second), "neither is void")
	tb.endFill("k")
}

func TestInvalidationVoidsWhatBeganBeforeItsEnd(t *testing.T) {
	tb := newTable()
	before := tb.enter("k")
	var during *token
	require.NoError(t, tb.invalidate(t.Context(), []string{"k"}, func() error {
		during = tb.enter("k")
		require.False(t, tb.startFill("k", during))
		return nil
	}))
	after := tb.enter("k")
	require.False(t, tb.startFill("k", before))
	require.False(t, tb.startFill("k", during))
	require.True(t, tb.startFill("k", after))
}

func TestFlushVoidsEveryKey(t *testing.T) {
	tb := newTable()
	before := map[string]*token{}
	for _, key := range []string{"a", "b", "c", "d"} {
		before[key] = tb.enter(key)
	}
	var during *token
	require.NoError(t, tb.flush(t.Context(), func() error {
		during = tb.enter("e")
		require.False(t, tb.startFill("e", during))
		return nil
	}))
	for key, tok := range before {
		require.False(t, tb.startFill(key, tok), key)
	}
	require.False(t, tb.startFill("e", during))
	require.True(t, tb.startFill("a", tb.enter("a")))
}

// TestInvalidationOfARepeatedKey would leave a slot behind if it counted keys instead of calls.
func TestInvalidationOfARepeatedKey(t *testing.T) {
	tb := newTable()
	require.NoError(t, tb.invalidate(t.Context(), []string{"k", "k"}, nothing))
	require.Zero(t, tb.slots())
	require.True(t, tb.startFill("k", tb.enter("k")))
}
