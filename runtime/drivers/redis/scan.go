package redis

import (
	"context"
	"iter"
	"strings"
	"sync"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Scan implements [drivers.Scanner]. The operation timeout bounds each of its steps, and only ctx
// bounds all of them.
func (d *Driver) Scan(ctx context.Context, prefix string) iter.Seq2[string, error] {
	pattern := globEscaper.Replace(d.keys.Keys()+certain(prefix)) + "*"
	return func(yield func(string, error) bool) {
		servers, err := d.servers(ctx)
		if err != nil {
			yield("", err)
			return
		}
		for _, c := range servers {
			if !d.scan(ctx, c, pattern, prefix, yield) {
				return
			}
		}
	}
}

// scan yields the keys of one server, and reports whether to go on.
func (d *Driver) scan(ctx context.Context, c goredis.Cmdable, pattern, prefix string, yield func(string, error) bool) bool {
	for cursor := uint64(0); ; {
		stored, next, err := d.scanSome(ctx, c, pattern, cursor)
		if err != nil {
			yield("", err)
			return false
		}
		for _, name := range stored {
			key, own := d.keys.CutKey(name)
			if own && strings.HasPrefix(key, prefix) && !yield(key, nil) {
				return false
			}
		}
		if cursor = next; next == 0 {
			return true
		}
	}
}

func (d *Driver) scanSome(ctx context.Context, c goredis.Cmdable, pattern string, cursor uint64) ([]string, uint64, error) {
	ctx, err := d.begin(ctx, "scan")
	if err != nil {
		return nil, 0, err
	}
	stored, next, err := c.Scan(ctx, cursor, pattern, scanCount).Result()
	return stored, next, d.fail(ctx, "scan", err)
}

// servers returns the servers that hold keys: the masters of a cluster, or the one there is.
func (d *Driver) servers(ctx context.Context) ([]goredis.Cmdable, error) {
	cluster, ok := any(d.client).(*goredis.ClusterClient)
	if !ok {
		return []goredis.Cmdable{d.client}, nil
	}
	ctx, err := d.begin(ctx, "scan")
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var masters []goredis.Cmdable
	err = cluster.ForEachMaster(ctx, func(_ context.Context, c *goredis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		masters = append(masters, c)
		return nil
	})
	return masters, d.fail(ctx, "scan", err)
}

// certain returns what the stored form of every key that begins with prefix begins with, behind the
// namespace. Whether a percent sign is escaped depends on what follows it, so one that may be the
// beginning of an escape is left out.
func certain(prefix string) string {
	for _, end := range []string{"%", "%2", "%7"} {
		if cut, ok := strings.CutSuffix(prefix, end); ok {
			return drivers.EscapeKey(cut)
		}
	}
	return drivers.EscapeKey(prefix)
}
