package redis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/drivertest"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// patient is the operation timeout of tests that are not about time: a machine may stall.
const patient = 30 * time.Second

// open opens a store that is closed at the end of the test. On a busy machine a short timeout may need
// more than one attempt.
func open(t testing.TB, o redis.Options) *redis.Driver {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = patient
	}
	d, err := redis.Open(context.Background(), o)
	for attempt := 1; attempt < 10 && errors.Is(err, context.DeadlineExceeded); attempt++ {
		d, err = redis.Open(context.Background(), o)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

// fresh opens a store on the shared server, under a prefix of its own.
func fresh(t testing.TB) *redis.Driver {
	t.Helper()
	s := redistest.Shared(t)
	return open(t, redis.Options{Addr: s.Addr(), Prefix: s.Prefix()})
}

func TestContract(t *testing.T) {
	t.Parallel()
	s := redistest.Shared(t)
	drivertest.Run(t,
		func(t *testing.T) drivers.Driver {
			return open(t, redis.Options{Addr: s.Addr(), Prefix: redistest.Shared(t).Prefix()})
		},
		drivertest.Caps{OpenStore: func(t *testing.T, prefix, name string) drivers.Driver {
			return open(t, redis.Options{Addr: s.Addr(), Prefix: s.Prefix() + prefix, Name: name})
		}})
}

// TestContractOnOwnServer runs on a server of its own, so that prefixes are what they
// seem, patterns included.
func TestContractOnOwnServer(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	raw := goredis.NewClient(&goredis.Options{Addr: s.Addr(), DB: 3})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	drivertest.Run(t,
		func(t *testing.T) drivers.Driver {
			require.NoError(t, raw.FlushDB(context.Background()).Err()) // Flush keeps locks
			return open(t, redis.Options{Addr: s.Addr(), Database: 3})
		},
		drivertest.Caps{OpenStore: func(t *testing.T, prefix, name string) drivers.Driver {
			return open(t, redis.Options{Addr: s.Addr(), Prefix: prefix, Name: name})
		}})
}

func TestContractOnCluster(t *testing.T) {
	t.Parallel()
	c := redistest.SharedCluster(t)
	drivertest.Run(t,
		func(t *testing.T) drivers.Driver {
			return open(t, redis.Options{Addrs: c.Addrs(), Prefix: redistest.SharedCluster(t).Prefix()})
		},
		drivertest.Caps{OpenStore: func(t *testing.T, prefix, name string) drivers.Driver {
			return open(t, redis.Options{Addr: c.Addrs()[1], Prefix: c.Prefix() + prefix, Name: name})
		}})
}

func TestContractOnSentinel(t *testing.T) {
	t.Parallel()
	g := redistest.StartSentinel(t, redistest.Setup{Replicas: 1})
	prefix := func(t *testing.T) string { return redistest.Shared(t).Prefix() }
	drivertest.Run(t,
		func(t *testing.T) drivers.Driver {
			return open(t, redis.Options{Addrs: g.Addrs(), Master: redistest.Group, Prefix: prefix(t)})
		},
		drivertest.Caps{OpenStore: func(t *testing.T, prefix, name string) drivers.Driver {
			return open(t, redis.Options{Addrs: g.Addrs()[:1], Master: redistest.Group, Prefix: prefix, Name: name})
		}})
}
