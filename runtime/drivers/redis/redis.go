// Package redis is the driver for a standalone Redis server, version 6.2 or newer, and for servers
// that speak its protocol. Importing it registers the driver under the name "redis".
//
// Keys stand in the server as [drivers.Namespace] lays them out. The driver sends HELLO (or AUTH),
// SELECT, PING, GET, MGET, UNLINK, SCAN, EVALSHA, EVAL, SUBSCRIBE and UNSUBSCRIBE, and its scripts use
// GET, MGET, SET, DEL, INCRBY, PTTL, PEXPIRE, TIME and PUBLISH: an ACL user needs these, on the keys and
// on the channels that begin with the store's prefix.
//
// Where more than three callers ask for values at once, their GETs share round trips, for a fraction of
// the processor time; see [Options].Unshared.
//
// No call outlives its deadline or the operation timeout, whichever is earlier; a call whose ctx
// is cancelled without a deadline returns after the operation timeout at the latest. Failed calls
// are not retried: the caller knows better whether a late answer is of use.
//
// The client beneath, go-redis, prints failed connection attempts to standard error, never with a
// password; its SetLogger sends them elsewhere, for the whole process.
package redis

import (
	"context"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func init() { drivers.Drivers().Register("redis", open) }

// Driver is an open store. It implements [drivers.Driver], [drivers.Batcher], [drivers.Locker],
// [drivers.Watcher], [drivers.Leaser], [drivers.Limiter], [drivers.Scanner] and [drivers.Pinger], and is
// safe for concurrent use. The zero value is of no use: see [Open].
type Driver struct {
	client  *goredis.Client
	keys    drivers.Namespace
	leases  string // what the names of leases begin with
	hub     *hub   // of watchers
	addr    string
	timeout time.Duration
	lanes   lanes        // of callers at once
	getting atomic.Int64 // callers of Get
	few     int64        // of them have a connection each
	closed  atomic.Bool
}

var (
	_ drivers.Driver  = (*Driver)(nil)
	_ drivers.Batcher = (*Driver)(nil)
	_ drivers.Locker  = (*Driver)(nil)
	_ drivers.Watcher = (*Driver)(nil)
	_ drivers.Leaser  = (*Driver)(nil)
	_ drivers.Limiter = (*Driver)(nil)
	_ drivers.Scanner = (*Driver)(nil)
	_ drivers.Pinger  = (*Driver)(nil)
)

// Open connects to the server that o describes and asks for one answer, under ctx and within the
// operation timeout. It returns a [*drivers.ConfigError] if o cannot work or the server refuses
// the login, and any other error if the server cannot be reached now.
func Open(ctx context.Context, o Options) (*Driver, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	d := &Driver{
		client:  goredis.NewClient(o.client()),
		keys:    drivers.StoreConfig{Prefix: o.Prefix, Name: o.Name}.Namespace(),
		addr:    o.Addr,
		timeout: o.Timeout,
		few:     few,
	}
	d.leases = d.keys.Internals(leases)
	d.hub = newHub(d.subscribe)
	if !o.Unshared {
		d.lanes.client, d.lanes.timeout, d.lanes.rest = d.client, d.timeout, rest
	}
	if err := d.Ping(ctx); err != nil {
		_ = d.client.Close() // nothing was stored; the ping's error is the one that matters
		return nil, refused(err, o)
	}
	return d, nil
}

// open is the factory behind the name "redis".
func open(ctx context.Context, cfg drivers.StoreConfig) (drivers.Driver, error) {
	o, err := fromConfig(cfg)
	if err != nil {
		return nil, err
	}
	d, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Ping implements [drivers.Pinger].
func (d *Driver) Ping(ctx context.Context) error {
	ctx, err := d.begin(ctx, "ping")
	if err != nil {
		return err
	}
	return d.fail(ctx, "ping", d.client.Ping(ctx).Err())
}

// Close closes the connections. Calls under way end soon, most of them with [drivers.ErrClosed].
func (d *Driver) Close() error {
	if d.closed.Swap(true) {
		return nil
	}
	d.hub.close()
	d.lanes.close()
	err := d.client.Close()
	d.lanes.wait()
	return err
}

// client returns the options of the underlying client: every wait is bounded by the operation
// timeout, and nothing is asked of a new connection that the driver does not use.
func (o Options) client() *goredis.Options {
	network := "tcp"
	if o.isSocket() {
		network = "unix"
	}
	out := &goredis.Options{
		Network:   network,
		Addr:      o.Addr,
		Username:  o.Username,
		Password:  o.Password,
		DB:        o.Database,
		TLSConfig: o.TLS,
		PoolSize:  o.Connections,

		ContextTimeoutEnabled: true,
		DialTimeout:           o.Timeout,
		ReadTimeout:           o.Timeout,
		WriteTimeout:          o.Timeout,
		PoolTimeout:           o.Timeout,
		MaxRetries:            -1,
		DialerRetries:         1,

		Protocol:                 2, // its replies need no look-out for pushes
		DisableIdentity:          true,
		PipelinePoolSize:         -1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	out.Dialer = dialer(out)
	return out
}
