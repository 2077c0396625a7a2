package drivers_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/registry"
)

func TestOpenOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, err := drivers.Open(ctx, drivers.StoreConfig{Driver: "redis"})
	var notLinked *drivers.NotLinkedError
	require.ErrorAs(t, err, &notLinked)
	require.EqualError(t, err, `cachegen/drivers: driver "redis" is not linked: import _ "github.com/cachegen/cachegen/runtime/drivers/redis"`)
	require.True(t, drivers.Permanent(err))

	_, err = drivers.Open(ctx, drivers.StoreConfig{Driver: "rediss"})
	var unknown *registry.NotFoundError
	require.ErrorAs(t, err, &unknown)
	require.True(t, drivers.Permanent(err))

	_, err = drivers.Open(ctx, drivers.StoreConfig{})
	require.True(t, drivers.Permanent(err))
	require.False(t, drivers.Permanent(errors.New("connection refused")))
	require.False(t, drivers.Permanent(nil))
}

// Example_foreign registers a driver of one's own: a store without contexts, made one by Adapt.
func Example_foreign() {
	drivers.Drivers().Register("map", func(context.Context, drivers.StoreConfig) (drivers.Driver, error) {
		return drivers.Adapt(newMapStore()), nil
	})
	defer func() { drivers.Drivers().Override("map", nil) }()

	ctx := context.Background()
	d, err := drivers.Open(ctx, drivers.StoreConfig{Driver: "map"})
	if err != nil {
		panic(err)
	}
	defer d.Close()
	n, err := d.Increment(ctx, "visits", 1, 0)
	fmt.Println(n, err)
	// Output: 1 <nil>
}
