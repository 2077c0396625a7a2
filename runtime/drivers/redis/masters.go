package redis

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// servers returns the servers that hold keys: the masters of a cluster, or the one there is. ctx is
// bounded, and whoever hangs when asked who the masters are takes half of the time that is left.
func (d *Driver) servers(ctx context.Context) ([]goredis.UniversalClient, error) {
	if d.cluster == nil {
		return []goredis.UniversalClient{d.client}, nil
	}
	deadline, _ := ctx.Deadline()
	ctx, cancel := context.WithTimeout(ctx, time.Until(deadline)/2)
	defer cancel()
	var mu sync.Mutex
	var masters []goredis.UniversalClient
	err := d.cluster.ForEachMaster(ctx, func(_ context.Context, node *goredis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		masters = append(masters, node)
		return nil
	})
	if err == nil && len(masters) == 0 {
		err = errors.New("the cluster has no master; assign its slots")
	}
	return masters, err
}

// masters calls fn for all servers at once, and returns the first error. The ctx of fn is bounded:
// finding the servers and fn are one operation.
func (d *Driver) masters(ctx context.Context, op string, fn func(ctx context.Context, server goredis.UniversalClient) error) error {
	ctx, err := d.begin(ctx, op)
	if err != nil {
		return err
	}
	servers, err := d.servers(ctx)
	if err != nil {
		return d.fail(ctx, op, err)
	}
	errs := make(chan error, len(servers))
	for _, s := range servers {
		go func() { errs <- fn(ctx, s) }()
	}
	for range servers {
		err = cmp.Or(err, <-errs)
	}
	return err
}

// pingNodes returns nil as soon as one master answers.
func (d *Driver) pingNodes(ctx context.Context) error {
	answered := make(chan struct{}, 1)
	done := make(chan error, 1)
	go func() {
		done <- d.masters(ctx, "ping", func(ctx context.Context, node goredis.UniversalClient) error {
			err := node.Ping(ctx).Err()
			if err == nil {
				select {
				case answered <- struct{}{}:
				default: // another master has
				}
			}
			return d.fail(ctx, "ping", err)
		})
	}()
	select {
	case <-answered:
		return nil
	case err := <-done:
		select {
		case <-answered:
			return nil
		default:
			return err // that of all masters
		}
	}
}
