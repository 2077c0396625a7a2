package redis

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// CountTrips returns what counts the round trips that d makes to each node of its cluster, by the
// node's address.
func CountTrips(d *Driver) map[string]*atomic.Int64 {
	trips := map[string]*atomic.Int64{}
	for i := range 1000 { // enough keys to meet every node
		node, err := d.cluster.MasterForKey(context.Background(), strconv.Itoa(i))
		if err != nil {
			panic(err)
		}
		addr := node.Options().Addr
		if trips[addr] == nil {
			trips[addr] = &atomic.Int64{}
			node.AddHook(counter{trips[addr]})
		}
	}
	return trips
}

type counter struct{ n *atomic.Int64 }

func (c counter) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (c counter) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		if cmd.Name() != "hello" && cmd.Name() != "ping" { // what makes connections, and a late answer to Open
			c.n.Add(1)
		}
		return next(ctx, cmd)
	}
}

func (c counter) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmds)
	}
}

// TakeRaw is the taking of a limit, without the answer: what the server decided by.
func (d *Driver) TakeRaw(ctx context.Context, name string, rate drivers.Rate, n int64) (before drivers.Usage, now time.Time, err error) {
	return d.take(ctx, name, rate, n)
}

// Name returns the stored form of key and the name of its lease.
func (d *Driver) Name(key string) (stored, lease string) { return d.name(key) }

// ShareAlways has every Get of d go the way of many callers at once, also after a connection has failed.
func ShareAlways(d *Driver) *Driver {
	d.few, d.lanes.rest = 0, 0
	return d
}
