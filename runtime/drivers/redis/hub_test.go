package redis

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOneRequestAtATime: a watcher that comes while its channel is being left waits for the subscription
// that follows, and is not deceived by an answer from before.
func TestOneRequestAtATime(t *testing.T) {
	t.Parallel()
	h := newHub(nil)
	h.poke = make(chan struct{}, 1) // as if the goroutine ran
	watch := func(channel string) (*answer, func()) {
		wake := make(chan struct{}, 1)
		a, err := h.join(channel, wake)
		require.NoError(t, err)
		return a, func() { h.leave(channel, wake) }
	}
	requirePlan := func(join, leave []string) {
		t.Helper()
		gotJoin, gotLeave, watched := h.plan()
		require.Equal(t, join, gotJoin)
		require.Equal(t, leave, gotLeave)
		require.True(t, watched)
	}
	watch("other")
	requirePlan([]string{"other"}, nil)

	first, stop := watch("c")
	requirePlan([]string{"c"}, nil)
	stop()
	requirePlan(nil, nil)
	second, stop := watch("c")
	requirePlan(nil, nil)
	h.confirm("c")
	requireKnown(t, first, nil)
	requireKnown(t, second, nil)

	stop()
	requirePlan(nil, []string{"c"})
	third, stop := watch("c")
	requirePlan(nil, nil)
	h.confirm("c")
	requireUnknown(t, third)
	requirePlan([]string{"c"}, nil)
	requireUnknown(t, third)
	h.confirm("c")
	requireKnown(t, third, nil)

	stop()
	requirePlan(nil, []string{"c"})
	fourth, _ := watch("c")
	broken := errors.New("broken")
	require.False(t, h.over(broken))
	requireUnknown(t, fourth)
	join, _, _ := h.plan()
	require.ElementsMatch(t, []string{"c", "other"}, join)
	require.False(t, h.over(broken))
	requireKnown(t, fourth, broken)
}

func requireKnown(t *testing.T, a *answer, err error) {
	t.Helper()
	<-a.known
	require.Equal(t, err, a.err)
}

func requireUnknown(t *testing.T, a *answer) {
	t.Helper()
	select {
	case <-a.known:
		t.Fatal("it was answered too early")
	default:
	}
}
