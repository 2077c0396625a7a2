package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInterruptedRunSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	c := &command{stdout: &stdout, stderr: &stderr}
	require.Equal(t, exitTrouble, c.run(ctx, []string{"."}))
	require.Equal(t, "cachegen: interrupted; nothing was changed\n", stderr.String())
	require.Empty(t, stdout.String())
}
