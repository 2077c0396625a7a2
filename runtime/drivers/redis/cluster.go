package redis

import (
	"context"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/cachegen/cachegen/runtime/drivers"
)

const (
	// maxRedirects is how often a call follows a slot that moves before it waits.
	maxRedirects = 8
	// The client waits between these before it asks again for a slot that is on its way. A wait may
	// begin just before the deadline, so the longer one counts toward how late a call may return.
	minBackoff = time.Millisecond
	maxBackoff = 16 * time.Millisecond
)

// asCluster returns o for the cluster of which the server at Addr is a node.
func (o Options) asCluster() (Options, error) {
	switch {
	case o.Database > 0:
		return o, configError("Database", o.Addr+": the server is a node of a cluster, which has no database but 0; leave it empty")
	case o.isSocket():
		return o, configError("Path", "the server is a node of a cluster, whose other nodes have no unix sockets here; list nodes in Addrs")
	}
	o.Addrs, o.Addr = []string{o.Addr}, ""
	return o, nil
}

// openCluster opens a store on a cluster. One of its nodes has to answer.
func openCluster(ctx context.Context, o Options) (*Driver, error) {
	// Another driver asks: some of its questions go on when the first is answered.
	seeds, err := newDriver(o).answering(ctx, o)
	if err != nil {
		return nil, err
	}
	d := newDriver(o)
	d.cluster = goredis.NewClusterClient(o.clusterClient(seeds))
	d.use(d.cluster, o)
	d.cluster.AddHook(untilMoved{})
	d.cluster.OnNewNode(func(node *goredis.Client) { node.AddHook(&nodeHook{node.Options().Addr, d}) })
	if err := d.Ping(ctx); err != nil {
		_ = d.Close() // nothing was stored; the ping's error is the one that matters
		return nil, refused(err, o)
	}
	return d, nil
}

// clusterClient returns the client's options for a cluster: those of each node's client, and how
// moving slots are followed.
func (o Options) clusterClient(seeds []string) *goredis.ClusterOptions {
	one := o.client("", nil)
	return &goredis.ClusterOptions{
		Addrs:     seeds,
		Dialer:    one.Dialer,
		Username:  one.Username,
		Password:  one.Password,
		TLSConfig: one.TLSConfig,
		PoolSize:  one.PoolSize,

		ContextTimeoutEnabled: one.ContextTimeoutEnabled,
		DialTimeout:           one.DialTimeout,
		ReadTimeout:           one.ReadTimeout,
		WriteTimeout:          one.WriteTimeout,
		PoolTimeout:           one.PoolTimeout,
		MaxRetries:            one.MaxRetries,
		DialerRetries:         one.DialerRetries,

		MaxRedirects:           maxRedirects,
		MinRetryBackoff:        minBackoff,
		MaxRetryBackoff:        maxBackoff,
		DisableRoutingPolicies: true, // the driver groups keys itself, and none of its commands has a policy

		Protocol:                 one.Protocol,
		DisableIdentity:          one.DisableIdentity,
		PipelinePoolSize:         one.PipelinePoolSize,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// answering asks all addresses at once and returns those that have answered when the first of them
// turns out to be a node of a cluster. The client asks one after the other, and would wait for one
// that hangs.
func (d *Driver) answering(ctx context.Context, o Options) ([]string, error) {
	ctx, err := d.begin(ctx, "open")
	if err != nil {
		return nil, err
	}
	type answer struct {
		addr string
		err  error
	}
	answers := make(chan answer, len(o.Addrs))
	for _, addr := range o.Addrs {
		go func() { answers <- answer{addr, d.checkNode(ctx, o, addr)} }()
	}
	var seeds []string
	var failure error
	for left := len(o.Addrs); left > 0 && (len(seeds) == 0 || len(answers) > 0); left-- {
		a := <-answers
		if a.err == nil {
			seeds = append(seeds, a.addr)
		} else if failure == nil || drivers.Permanent(a.err) {
			failure = a.err
		}
	}
	if len(seeds) == 0 {
		return nil, failure
	}
	return seeds, nil
}

// checkNode returns nil if the server at addr is a node of a cluster or does not say what it is.
func (d *Driver) checkNode(ctx context.Context, o Options, addr string) error {
	c := goredis.NewClient(o.client(addr, nil))
	defer c.Close()
	if err := c.Ping(ctx).Err(); err != nil {
		return refused(d.failAt(ctx, "open", addr, "", err), o)
	}
	mode, err := hello(ctx, c.Do, "mode")
	switch {
	case err != nil:
		return d.failAt(ctx, "open", addr, "", err)
	case mode == modeSentinel:
		return isSentinel(addr)
	case mode != modeCluster && mode != "":
		return configError("Addrs", addr+": the server is no node of a cluster; name one server, or set Master and list sentinels")
	}
	return nil
}
