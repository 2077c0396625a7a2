// Package redis is the driver for Redis, version 6.2 or newer, and for servers that speak its
// protocol: one server, a cluster, or a master that sentinels watch. Importing it registers the
// driver under the name "redis".
//
// # Servers
//
// One address is one server, or all of a cluster if the server says that it is a node of one.
// Several addresses are nodes of a cluster. Addresses with Master are sentinels, whose answer to
// who the master of that group is decides where connections go; it is asked for each new
// connection and once a second, so that connections to a master that was replaced are dropped.
// Reads go to masters only: a replica may not have heard of an invalidation yet.
//
// In a cluster, operations on many keys take one round trip to each node, all nodes at once, and
// an error says at which node how many keys failed; the values from the other nodes are returned
// with it. Slots may move while the store is in use. A node that cannot be reached fails only the
// calls for its keys, and every failure makes the client ask who serves which slots now.
//
// # Keys and permissions
//
// Keys stand in the server as [drivers.Namespace] lays them out. The driver sends HELLO (or AUTH),
// SELECT, PING, GET, MGET, UNLINK, SCAN, EVALSHA, EVAL, SUBSCRIBE and UNSUBSCRIBE, its scripts use GET,
// MGET, SET, DEL, INCRBY, PTTL, PEXPIRE, TIME and PUBLISH, and a cluster is asked CLUSTER SLOTS, CLUSTER
// NODES and ASKING. An ACL user needs these, on the keys and the channels that begin with the store's
// prefix and a colon or an exclamation mark; for the prefix app:
//
//	ACL SETUSER cache on >PASSWORD ~app:* ~app!* &app!* +hello +auth +select +ping +get +mget +unlink
//	  +scan +evalsha +eval +subscribe +unsubscribe +set +del +incrby +pttl +pexpire +time +publish
//	  +cluster|slots +cluster|nodes +asking
//
// A user of the sentinels needs SENTINEL GET-MASTER-ADDR-BY-NAME, SENTINEL SENTINELS, and HELLO or AUTH.
//
// # Time
//
// Where more than three callers ask for values at once, their GETs share round trips, for a fraction of
// the processor time; see [Options].Unshared.
//
// No call outlives its deadline or the operation timeout, whichever is earlier; a call whose ctx
// is cancelled without a deadline returns after the operation timeout at the latest. Failed calls
// are not retried: the caller knows better whether a late answer is of use. What a cluster's node
// refused without doing it, because a slot moves, is asked again where it is now.
//
// The client beneath, go-redis, prints failed connection attempts to standard error, never with a
// password; its SetLogger sends them elsewhere, for the whole process.
package redis

import (
	"context"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func init() { drivers.Drivers().Register("redis", open) }

// Driver is an open store. It implements [drivers.Driver], [drivers.Batcher], [drivers.Locker],
// [drivers.Watcher], [drivers.Leaser], [drivers.Limiter], [drivers.Scanner] and [drivers.Pinger], and is
// safe for concurrent use. The zero value is of no use: see [Open].
type Driver struct {
	client    goredis.UniversalClient
	cluster   *goredis.ClusterClient // client, if that is a cluster's; otherwise nil
	sentinels *sentinels             // nil without sentinels
	secret    func(text string) bool // whether text holds a password; a function, so that it prints none
	keys      drivers.Namespace
	leases    string // what the names of leases begin with
	hub       *hub   // of watchers
	addr      string // names the servers in errors
	timeout   time.Duration
	lanes     lanes        // of callers at once
	getting   atomic.Int64 // callers of Get
	few       int64        // of them have a connection each
	closed    atomic.Bool
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

// Open connects to the servers that o describes and asks for one answer, under ctx and within the
// operation timeout. It returns a [*drivers.ConfigError] if o cannot work or the server refuses
// the login, and any other error if no server can be reached now.
func Open(ctx context.Context, o Options) (*Driver, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if !o.isCluster() {
		d, clustered, err := openOne(ctx, o)
		if err != nil || !clustered {
			return d, err
		}
		if o, err = o.asCluster(); err != nil {
			return nil, err
		}
	}
	return openCluster(ctx, o)
}

// newDriver returns a driver that lacks its client.
func newDriver(o Options) *Driver {
	d := &Driver{
		secret:  o.isSecret,
		keys:    drivers.StoreConfig{Prefix: o.Prefix, Name: o.Name}.Namespace(),
		addr:    o.place(),
		timeout: o.Timeout,
		few:     few,
	}
	d.leases = d.keys.Internals(leases)
	d.hub = newHub(d.subscribe)
	return d
}

// use makes client the one that d asks.
func (d *Driver) use(client goredis.UniversalClient, o Options) {
	d.client = client
	if !o.Unshared {
		d.lanes.client, d.lanes.timeout, d.lanes.rest = client, d.timeout, rest
	}
}

// openOne opens a store on one server, or on the master of sentinels. It returns no driver, and
// reports that, if the server is a node of a cluster.
func openOne(ctx context.Context, o Options) (d *Driver, clustered bool, err error) {
	d = newDriver(o)
	if o.Master != "" {
		d.sentinels = watch(o)
	}
	d.use(goredis.NewClient(o.client(o.Addr, d.sentinels)), o)
	if err = d.Ping(ctx); err == nil && o.Master == "" {
		clustered, err = d.isNode(ctx, o.Addr)
	}
	if err == nil && !clustered {
		return d, false, nil
	}
	_ = d.Close() // nothing was stored
	return nil, clustered, refused(err, o)
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

// Ping implements [drivers.Pinger]. A cluster can be reached if one of its masters can.
func (d *Driver) Ping(ctx context.Context) error {
	ctx, err := d.begin(ctx, "ping")
	if err != nil {
		return err
	}
	if d.cluster != nil {
		return d.pingNodes(ctx)
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
	if d.sentinels != nil {
		d.sentinels.close()
	}
	return err
}
