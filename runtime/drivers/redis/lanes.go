package redis

import (
	"context"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// lanes are the lanes of a driver, one for each server. The zero value has none and makes none.
type lanes struct {
	client  goredis.UniversalClient
	timeout time.Duration
	rest    time.Duration
	all     sync.Map // *lane by client of a server

	mu     sync.Mutex // held to add one
	closed bool
}

// of returns the lane of the server that has a stored key, or nil.
func (l *lanes) of(ctx context.Context, stored string) *lane {
	switch c := l.client.(type) {
	case *goredis.Client:
		return l.lane(c, "")
	case *goredis.ClusterClient:
		if master, err := c.MasterForKey(ctx, stored); err == nil {
			return l.lane(master, master.Options().Addr)
		}
	}
	return nil
}

func (l *lanes) lane(c *goredis.Client, node string) *lane {
	if known, ok := l.all.Load(c); ok {
		return known.(*lane)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	added, _ := l.all.LoadOrStore(c, &lane{client: c, node: node, timeout: l.timeout, rest: l.rest})
	return added.(*lane)
}

// close refuses what comes from now on.
func (l *lanes) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, known := range l.all.Range {
		known.(*lane).close()
	}
}

// wait returns when nothing is under way any more, which is soon after the client was closed.
func (l *lanes) wait() {
	for _, known := range l.all.Range {
		known.(*lane).done.Wait()
	}
}
