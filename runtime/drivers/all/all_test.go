package all_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
	_ "github.com/cachegen/cachegen/runtime/drivers/all"
)

func TestAllDriversAreLinked(t *testing.T) {
	require.Equal(t, []string{"database", "file", "memory", "redis"}, drivers.Drivers().Names())
}
