package driver_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	_ "github.com/cachegen/cachegen/examples/driver"
	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/drivertest"
)

func TestContract(t *testing.T) {
	drivertest.Run(t, func(t *testing.T) drivers.Driver {
		d, err := drivers.Open(t.Context(), drivers.StoreConfig{Driver: "map"})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}, drivertest.Caps{})
}

// A registered driver is used by its name.
func Example() {
	ctx := context.Background()
	m := cache.NewManager(&cache.Config{Stores: map[string]cache.StoreConfig{"default": {Driver: "map"}}})
	defer m.Shutdown(ctx)
	if err := m.Ready(ctx); err != nil {
		fmt.Println(err)
		return
	}
	greeting, err := cache.RememberTWithContext(m, ctx, "greeting", time.Hour, func() (string, error) {
		return "hello", nil
	})
	fmt.Println(greeting, err)
	fmt.Println(m.GetString("greeting"))
	// Output:
	// hello <nil>
	// hello true
}
