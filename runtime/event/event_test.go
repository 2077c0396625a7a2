package event_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/event"
)

func TestEveryKindHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for k := event.Hit; k <= event.OverLimit; k++ {
		require.NotContains(t, k.String(), "unknown event.Kind", int(k))
		require.False(t, seen[k.String()], k)
		seen[k.String()] = true
	}
	require.Equal(t, "refused fill", event.RefusedFill.String())
}

func TestOtherKindsSaySo(t *testing.T) {
	for _, k := range []event.Kind{0, event.OverLimit + 1, 255} {
		require.Equal(t, "<unknown event.Kind>", k.String())
	}
}
