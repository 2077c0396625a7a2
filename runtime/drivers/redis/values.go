package redis

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"
	"unsafe"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Get implements [drivers.Driver].
func (d *Driver) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	ctx, err = d.begin(ctx, "get")
	if err != nil {
		return nil, false, err
	}
	text, err := d.get(ctx, d.keys.Key(key))
	switch {
	case err == nil:
		// The client made the string for this call and drops it, so its bytes are the caller's.
		return bytesOf(text), true, nil
	case errors.Is(err, goredis.Nil):
		return nil, false, nil
	}
	return nil, false, d.fail(ctx, "get", err)
}

// get asks for a stored key. It does what the client's Get does, without a new list of arguments.
func (d *Driver) get(ctx context.Context, stored string) (string, error) {
	r := requests.Get().(*request)
	r.key = stored
	cmd := goredis.NewStringCmd(ctx, r.args[:]...)
	err := d.client.Process(ctx, cmd)
	if err == nil || errors.Is(err, goredis.Nil) { // after any other error the client may still have it
		requests.Put(r)
	}
	return cmd.Val(), err
}

// request is the arguments of a GET, the second of which points at key.
type request struct {
	args [2]any
	key  string
}

var requests = sync.Pool{New: func() any {
	r := &request{}
	r.args = [2]any{"get", &r.key}
	return r
}}

// bytesOf returns the bytes of text, which nobody else has; they are not nil.
func bytesOf(text string) []byte {
	if text == "" {
		return []byte{}
	}
	return unsafe.Slice(unsafe.StringData(text), len(text))
}

// Put implements [drivers.Driver].
func (d *Driver) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if ttl < 0 {
		return drivers.ErrTTL
	}
	ctx, err := d.begin(ctx, "put")
	if err != nil {
		return err
	}
	return d.fail(ctx, "put", d.client.Set(ctx, d.keys.Key(key), value, roundTTL(ttl)).Err())
}

// Add implements [drivers.Driver].
func (d *Driver) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	if ttl < 0 {
		return false, drivers.ErrTTL
	}
	ctx, err := d.begin(ctx, "add")
	if err != nil {
		return false, err
	}
	added, err := d.client.SetNX(ctx, d.keys.Key(key), value, roundTTL(ttl)).Result()
	return added, d.fail(ctx, "add", err)
}

// Forget implements [drivers.Driver], with one command for all keys.
func (d *Driver) Forget(ctx context.Context, keys ...string) error {
	ctx, err := d.begin(ctx, "forget")
	if err != nil || len(keys) == 0 {
		return err
	}
	return d.fail(ctx, "forget", d.client.Unlink(ctx, d.keys.AllKeys(keys)...).Err())
}

// roundTTL rounds up to whole milliseconds, the server's unit, so that no entry is gone early.
func roundTTL(ttl time.Duration) time.Duration {
	rest := ttl % time.Millisecond
	if rest == 0 || ttl > math.MaxInt64-time.Millisecond {
		return ttl
	}
	return ttl - rest + time.Millisecond
}
