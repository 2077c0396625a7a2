package redis

import (
	"context"
	"errors"
	"iter"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Scan implements [drivers.Scanner], one server after the other. The operation timeout bounds each of its
// steps, and only ctx bounds all of them.
func (d *Driver) Scan(ctx context.Context, prefix string) iter.Seq2[string, error] {
	pattern := globEscaper.Replace(d.keys.Keys()+certain(prefix)) + "*"
	return func(yield func(string, error) bool) {
		own := func(stored string) bool {
			key, own := d.keys.CutKey(stored)
			return !own || !strings.HasPrefix(key, prefix) || yield(key, nil)
		}
		err := d.walk(ctx, "scan", func() error { return d.scanAll(ctx, pattern, own) })
		if err != nil && !errors.Is(err, errEnough) {
			yield("", err)
		}
	}
}

// errEnough ends a scan whose reader wants no more.
var errEnough = errors.New("enough")

// scanAll calls found for the keys of all servers that match pattern, until it returns false.
func (d *Driver) scanAll(ctx context.Context, pattern string, found func(stored string) bool) error {
	bounded, err := d.begin(ctx, "scan")
	if err != nil {
		return err
	}
	servers, err := d.servers(bounded)
	if err != nil {
		return d.fail(bounded, "scan", err)
	}
	for _, s := range servers {
		if err := d.scan(ctx, s, pattern, found); err != nil {
			return err
		}
	}
	return nil
}

// scan is scanAll for one server.
func (d *Driver) scan(ctx context.Context, server goredis.UniversalClient, pattern string, found func(stored string) bool) error {
	for cursor := uint64(0); ; {
		stored, next, err := d.scanSome(ctx, server, pattern, cursor)
		if err != nil {
			return err
		}
		for _, name := range stored {
			if !found(name) {
				return errEnough
			}
		}
		if cursor = next; next == 0 {
			return nil
		}
	}
}

func (d *Driver) scanSome(ctx context.Context, server goredis.UniversalClient, pattern string, cursor uint64) ([]string, uint64, error) {
	ctx, err := d.begin(ctx, "scan")
	if err != nil {
		return nil, 0, err
	}
	stored, next, err := server.Scan(ctx, cursor, pattern, scanCount).Result()
	return stored, next, d.fail(ctx, "scan", err)
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
