package drivers_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func TestStoreConfigHidesSecrets(t *testing.T) {
	t.Parallel()
	const canary = "c4n4ry"
	cfg := drivers.StoreConfig{
		Driver: "redis", Name: "api", Prefix: "app", Host: "h", Port: 1, Username: "u", TLS: true,
		Password: canary, DSN: "redis://u:" + canary + "@h", Options: map[string]string{"token": canary},
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "cfg", cfg)
	encoded, err := json.Marshal(map[string]any{"cfg": cfg})
	require.NoError(t, err)
	for _, text := range []string{
		fmt.Sprintf("%v %+v %#v %s %q %x", cfg, cfg, cfg, cfg, cfg, cfg),
		fmt.Sprintf("%v %+v %#v", &cfg, []drivers.StoreConfig{cfg}, struct{ C drivers.StoreConfig }{cfg}),
		log.String(),
		string(encoded),
	} {
		require.NotContains(t, text, canary)
		require.Contains(t, text, "Password:***")
		require.Contains(t, text, "Host:h")
	}
	require.Equal(t, "{Driver:memory}", drivers.StoreConfig{Driver: "memory"}.String())
}

func TestOperationTimeout(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[time.Duration]time.Duration{
		0: drivers.DefaultTimeout, -1: drivers.DefaultTimeout, time.Second: time.Second,
	} {
		require.Equal(t, want, drivers.StoreConfig{Timeout: timeout}.OperationTimeout())
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	require.NoError(t, drivers.StoreConfig{Driver: "not linked yet"}.Validate())
	var config *drivers.ConfigError
	require.ErrorAs(t, drivers.StoreConfig{Driver: " "}.Validate(), &config)
	require.Equal(t, "Driver", config.Field)
}
