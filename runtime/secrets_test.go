package cache_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
)

// canary stands for every secret: it must not be seen anywhere.
const canary = "hunter2-canary"

func secretConfig() cache.Config {
	sc := cache.StoreConfig{
		Driver: "memory", Password: canary, DSN: "redis://u:" + canary + "@h", Options: map[string]string{"token": canary},
	}
	return cache.Config{Default: "main", Stores: map[string]cache.StoreConfig{"main": sc}}
}

// requireSecret requires that no way to print v shows the canary. shown is what has to be seen.
func requireSecret(t *testing.T, v any, shown string) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "% x"} {
		out := fmt.Sprintf(verb, v)
		require.NotContains(t, out, canary, "%T as %s", v, verb)
		require.NotContains(t, out, fmt.Sprintf("%x", canary), "%T as %s", v, verb)
		require.Contains(t, out, shown, "%T as %s", v, verb)
	}
	j, _ := json.Marshal(map[string]any{"v": v})
	require.NotContains(t, string(j), canary, "%T as JSON", v)
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(h).Info("m", "v", v, slog.Group("g", "v", v))
	}
	require.NotContains(t, log.String(), canary, "%T in a log", v)
}

func TestSecretsAreNotPrinted(t *testing.T) {
	c := secretConfig()
	m := newManager(t, &c)
	sc := c.Stores["main"]
	requireSecret(t, c, "main")
	requireSecret(t, &c, "main")
	requireSecret(t, sc, "memory")
	requireSecret(t, &sc, "memory")
	requireSecret(t, c.Stores, "memory")
	requireSecret(t, []*cache.Config{&c}, "")
	requireSecret(t, struct{ C cache.Config }{c}, "main")
	requireSecret(t, m, "main")
	requireSecret(t, struct{ M *cache.Manager }{m}, "")
	requireSecret(t, cache.NewStore(newFake(), sc), "Store")
	requireSecret(t, cache.NewCache(m, userSpec()), "")
	requireSecret(t, m.Lock("k", 1), "")
}

func TestConfigurationIsLegibleInJSON(t *testing.T) {
	c := secretConfig()
	out, err := json.Marshal(c)
	require.NoError(t, err)
	require.Contains(t, string(out), "Password:***")
}

func TestErrorsHoldNoSecret(t *testing.T) {
	c := secretConfig()
	leak := register(t, func(_ context.Context, sc cache.StoreConfig) (drivers.Driver, error) {
		return nil, &drivers.ConfigError{Driver: "leak", Field: "DSN", Reason: "cannot be parsed"}
	})
	for _, driver := range []string{"memory", "", "memroy", leak} {
		sc := c.Stores["main"]
		sc.Driver = driver
		c.Stores["main"] = sc
		m := newManager(t, &c)
		_, err := cache.NewCache(m, userSpec()).RememberE(t.Context(), 7, loadUser)
		for _, err := range []error{m.Ready(t.Context()), m.Put("k", 1, 0), err, c.Validate()} {
			require.False(t, strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), canary), driver)
		}
	}
}
