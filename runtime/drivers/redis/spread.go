package redis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	goredis "github.com/redis/go-redis/v9"
)

// send sends calls in one round trip to each server that they are for, all at once. Each call has its
// own error afterwards.
func (d *Driver) send(ctx context.Context, calls []goredis.Cmder) {
	switch {
	case len(calls) == 1:
		_ = d.client.Process(ctx, calls[0])
	case d.cluster != nil:
		d.spread(ctx, calls)
	default:
		exec(ctx, d.client, calls)
	}
}

// exec sends calls to one server. Each call has its own error afterwards.
func exec(ctx context.Context, server goredis.UniversalClient, calls []goredis.Cmder) {
	p := server.Pipeline()
	_ = p.BatchProcess(ctx, calls...) // only queues them
	_, _ = p.Exec(ctx)
}

// spread sends calls to the nodes of the cluster. The client's own pipelines would send some calls again
// that were done.
func (d *Driver) spread(ctx context.Context, calls []goredis.Cmder) {
	var wg sync.WaitGroup
	for node, share := range d.shares(ctx, calls) {
		wg.Go(func() {
			exec(ctx, node, share)
			for _, c := range share {
				if err := c.Err(); err != nil && !isAnswer(err) && !errors.Is(err, goredis.ErrClosed) {
					c.SetErr(&final{node.Options().Addr, err})
				}
			}
		})
	}
	wg.Wait()
	d.follow(ctx, calls)
}

// shares groups calls by the node that serves their keys. A call whose node is not known has an error.
func (d *Driver) shares(ctx context.Context, calls []goredis.Cmder) map[*goredis.Client][]goredis.Cmder {
	shares := map[*goredis.Client][]goredis.Cmder{}
	for _, c := range calls {
		node, err := d.cluster.MasterForKey(ctx, keyOf(c))
		if err != nil {
			c.SetErr(err)
			continue
		}
		shares[node] = append(shares[node], c)
	}
	return shares
}

// keyOf returns the first key of a call.
func keyOf(call goredis.Cmder) string {
	args, at := call.Args(), 1
	if name := call.Name(); name == "evalsha" || name == "eval" {
		at = firstKey
	}
	if key, ok := args[at].(*string); ok {
		return *key
	}
	key, _ := args[at].(string)
	return key
}

// followers is how many calls follow their slots at once.
const followers = 16

// follow sends the calls whose slots have moved, or are moving, to where they are now: one by one, since
// the client knows the way of single calls, and some at once.
func (d *Driver) follow(ctx context.Context, calls []goredis.Cmder) {
	var moved []goredis.Cmder
	for _, c := range calls {
		if err := c.Err(); isElsewhere(err) || errors.Is(err, goredis.ErrClosed) { // a node that has left
			c.SetErr(nil)
			moved = append(moved, c)
		}
	}
	if len(moved) == 0 {
		return
	}
	d.cluster.ReloadState(ctx)
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(followers, len(moved)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(moved)); i = next.Add(1) - 1 {
				_ = d.cluster.Process(ctx, moved[i]) // the call has the error
			}
		})
	}
	wg.Wait()
}

// isElsewhere reports whether err means that a call was not done because its slot is not, or not all,
// where it was sent.
func isElsewhere(err error) bool {
	return err != nil && (isRedirect(err) || goredis.IsTryAgainError(err) || goredis.IsReadOnlyError(err))
}

// partial is what went wrong with some calls of an operation, each of which is for one key.
type partial struct {
	addr   string // of the first node where that was so
	failed int
	all    int
	others int // the number of other nodes where that was so
	err    error
}

// Error implements error.
func (p *partial) Error() string { return p.keys() + ": " + p.err.Error() }

// keys says how many keys are concerned.
func (p *partial) keys() string {
	text := fmt.Sprintf("%d of %d keys", p.failed, p.all)
	if p.others > 0 {
		text += fmt.Sprintf(", here and at %d other nodes", p.others)
	}
	return text
}

// outcome returns what went wrong with calls that were sent: the first error, or in a cluster at which
// node that was and how many failed.
func (d *Driver) outcome(ctx context.Context, calls []goredis.Cmder) error {
	p := &partial{all: len(calls)}
	nodes := map[string]bool{}
	for _, c := range calls {
		err := c.Err()
		switch {
		case err == nil:
			continue
		case d.cluster == nil:
			return err
		}
		addr := d.nodeOf(ctx, c)
		if p.failed++; p.err == nil {
			p.addr, p.err = addr, bare(err)
		}
		nodes[addr] = true
	}
	if p.err == nil {
		return nil
	}
	p.others = len(nodes) - 1
	return p
}

// nodeOf returns the address of the node where a call failed.
func (d *Driver) nodeOf(ctx context.Context, c goredis.Cmder) string {
	if f := (*final)(nil); errors.As(c.Err(), &f) {
		return f.addr
	}
	if node, err := d.cluster.MasterForKey(ctx, keyOf(c)); err == nil {
		return node.Options().Addr
	}
	return d.addr
}
