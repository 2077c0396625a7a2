package redis

import (
	"context"
	"errors"
	"strings"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// readBuffer is how much of a reply is read at once: a hundred values of a few hundred bytes. The
// client's own size is half of it, and costs another system call.
const readBuffer = 64 << 10

// client returns the options of a client of one server: every wait is bounded by the operation
// timeout, and nothing is asked of a new connection that the driver does not use. Connections go
// to the master that s knows if s is not nil.
func (o Options) client(addr string, s *sentinels) *goredis.Options {
	network := "tcp"
	if strings.HasPrefix(addr, "/") {
		network = "unix"
	}
	out := &goredis.Options{
		Network:   network,
		Addr:      addr,
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
		ReadBufferSize:           readBuffer,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	out.Dialer = dialer(out)
	if s != nil {
		out.Addr = o.Master // only its name: the sentinels know the address
		out.Dialer, out.OnConnect = s.dialer(out.Dialer), isMaster
	}
	return out
}

// What a server says of itself.
const (
	modeCluster  = "cluster"
	modeSentinel = "sentinel"
	roleMaster   = "master"
)

// isNode reports whether the one server at addr is a node of a cluster. One that does not say is none:
// an older server, a proxy, or one where the user may not ask. Neither is one that calls itself a node
// and knows no slots, as a proxy before a cluster may.
func (d *Driver) isNode(ctx context.Context, addr string) (bool, error) {
	ctx, err := d.begin(ctx, "open")
	if err != nil {
		return false, err
	}
	mode, err := hello(ctx, d.client.Do, "mode")
	switch {
	case err != nil:
		return false, d.fail(ctx, "open", err)
	case mode == modeSentinel:
		return false, isSentinel(addr)
	case mode != modeCluster:
		return false, nil
	}
	err = d.client.ClusterSlots(ctx).Err()
	if isAnswer(err) && !goredis.IsPermissionError(err) {
		return false, nil
	}
	return err == nil, d.fail(ctx, "open", err)
}

func isSentinel(addr string) error {
	return configError("Addrs", addr+": it is a sentinel; set Master to the name of the group that it watches")
}

// isAnswer reports whether err is what a server answered, be it that there is no value.
func isAnswer(err error) bool {
	if err == goredis.Nil {
		return true // the common case, at no cost
	}
	var answer goredis.Error
	return errors.As(err, &answer)
}

// hello returns one of the properties that a server lists when a client greets it, or "" if it
// refuses to.
func hello(ctx context.Context, do func(context.Context, ...any) *goredis.Cmd, property string) (string, error) {
	list, err := do(ctx, "hello").Slice()
	if err != nil && !isAnswer(err) {
		return "", err
	}
	for i := 0; i+1 < len(list); i += 2 {
		if list[i] == property {
			text, _ := list[i+1].(string)
			return text, nil
		}
	}
	return "", nil
}
