package redis

import (
	"context"
	"errors"
	"math"
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

// get asks for a stored key, together with other callers if there are some.
func (d *Driver) get(ctx context.Context, stored string) (string, error) {
	defer d.getting.Add(-1)
	if d.getting.Add(1) <= d.few {
		return d.getAlone(ctx, stored)
	}
	l := d.lanes.of(ctx, stored)
	if l == nil {
		return d.getAlone(ctx, stored)
	}
	text, ok, err := l.get(ctx, stored)
	if ok {
		return text, err
	}
	deadline, _ := ctx.Deadline()
	ctx, cancel := context.WithDeadline(ctx, deadline) // ends every wait: some time has passed already
	defer cancel()
	return d.getAlone(ctx, stored)
}

// getAlone does what the client's Get does, without a new list of arguments.
func (d *Driver) getAlone(ctx context.Context, stored string) (string, error) {
	r := newRequest(ctx, stored)
	_ = d.client.Process(ctx, r.cmd) // it has its own error
	return r.result()
}

// bytesOf returns the bytes of text, which nobody else has; they are not nil.
func bytesOf(text string) []byte {
	if text == "" {
		return []byte{}
	}
	return unsafe.Slice(unsafe.StringData(text), len(text))
}

// put stores the values from ARGV[2] on under the first half of KEYS, for ARGV[1] milliseconds or, if
// that is 0, for ever, and ends the leases that are the other half. The values go first: the server
// refuses them if its memory is full, but not once a script has changed something.
var put = newScript(`
local n = #KEYS / 2
for i = 1, n do
  if ARGV[1] == '0' then
    redis.call('SET', KEYS[i], ARGV[i + 1])
  else
    redis.call('SET', KEYS[i], ARGV[i + 1], 'PX', ARGV[1])
  end
end
return redis.call('DEL', unpack(KEYS, n + 1))
`)

// putCall is a call of put.
func (d *Driver) putCall(ctx context.Context, items []drivers.Item, ttl time.Duration) *goredis.IntCmd {
	args := append(put.on(d.names(items), 1+len(items)), roundTTL(ttl).Milliseconds())
	return goredis.NewIntCmd(ctx, appendValues(args, items)...)
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
	call := d.putCall(ctx, []drivers.Item{{Key: key, Value: value}}, ttl)
	return d.fail(ctx, "put", d.run(ctx, put, call))
}

// add stores ARGV[2] under KEYS[1], for ARGV[1] milliseconds or, if that is 0, for ever, unless there is
// a value. If it does, it ends the lease KEYS[2] and returns 1.
var add = newScript(`
local stored
if ARGV[1] == '0' then
  stored = redis.call('SET', KEYS[1], ARGV[2], 'NX')
else
  stored = redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[1])
end
if not stored then
  return 0
end
redis.call('DEL', KEYS[2])
return 1
`)

// Add implements [drivers.Driver].
func (d *Driver) Add(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	if ttl < 0 {
		return false, drivers.ErrTTL
	}
	ctx, err := d.begin(ctx, "add")
	if err != nil {
		return false, err
	}
	args := append(add.on(d.namesOf(key), 2), roundTTL(ttl).Milliseconds(), value)
	call := goredis.NewIntCmd(ctx, args...)
	err = d.run(ctx, add, call)
	return call.Val() == 1, d.fail(ctx, "add", err)
}

// Forget implements [drivers.Driver], with one command for all keys and their leases, or with one for
// each key and one round trip to each node of a cluster.
func (d *Driver) Forget(ctx context.Context, keys ...string) error {
	ctx, err := d.begin(ctx, "forget")
	if err != nil || len(keys) == 0 {
		return err
	}
	if d.cluster == nil || len(keys) == 1 {
		return d.fail(ctx, "forget", d.client.Unlink(ctx, d.namesOf(keys...)...).Err())
	}
	calls := make([]goredis.Cmder, len(keys))
	for i, key := range keys {
		stored, lease := d.name(key)
		calls[i] = goredis.NewIntCmd(ctx, "unlink", stored, lease)
	}
	d.send(ctx, calls)
	return d.fail(ctx, "forget", d.outcome(ctx, calls))
}

// roundTTL rounds up to whole milliseconds, the server's unit, so that no entry is gone early.
func roundTTL(ttl time.Duration) time.Duration {
	rest := ttl % time.Millisecond
	if rest == 0 || ttl > math.MaxInt64-time.Millisecond {
		return ttl
	}
	return ttl - rest + time.Millisecond
}
