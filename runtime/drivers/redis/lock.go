package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Kinds of internal keys: locks holds the fence and the owner of a lock as fence:owner, and fences
// the number of its last grant.
const (
	locks  = "k"
	fences = "f"
)

// lock takes the lock KEYS[1] for ARGV[1] and ARGV[2] milliseconds, by the rule of
// drivers.NextFence. KEYS[2] is the last fence, kept for ARGV[3] milliseconds. It returns the fence
// and 0, or 0 and the milliseconds that the lock is still held by somebody else. A microsecond of
// this century is a whole number to the script language.
var lock = goredis.NewScript(`
local left = redis.call('PTTL', KEYS[1])
if left ~= -2 then
  return {'0', tostring(left)}
end
local now = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local fence = string.format('%.0f', math.max(last + 1, now[1] * 1000000 + now[2]))
redis.call('SET', KEYS[1], fence .. ':' .. ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], fence, 'PX', ARGV[3])
return {fence, '0'}
`)

// extend and unlock change the lock KEYS[1] if its owner is ARGV[1]. Those who watch a lock are told in
// the step that ends it; their channel has its name.
var (
	extend = goredis.NewScript(`
local held = redis.call('GET', KEYS[1])
if held and string.match(held, '^%d+:(.*)$') == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
`)
	unlock = goredis.NewScript(`
local held = redis.call('GET', KEYS[1])
if held and string.match(held, '^%d+:(.*)$') == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('PUBLISH', KEYS[1], '')
  return 1
end
return 0
`)
	forceUnlock = goredis.NewScript(`
redis.call('DEL', KEYS[1])
return redis.call('PUBLISH', KEYS[1], '')
`)
)

// Lock implements [drivers.Locker].
func (d *Driver) Lock(ctx context.Context, name, owner string, ttl time.Duration) (g drivers.Grant, err error) {
	if ttl <= 0 {
		return g, drivers.ErrTTL
	}
	ctx, err = d.begin(ctx, "lock")
	if err != nil {
		return g, err
	}
	keys := []string{d.keys.Internal(locks, name), d.keys.Internal(fences, name)}
	ttl = roundTTL(ttl)
	answer, err := lock.Run(ctx, d.client, keys, owner, ttl.Milliseconds(), (ttl + drivers.FenceMemory).Milliseconds()).StringSlice()
	if err == nil {
		g, err = grant(answer)
	}
	return g, d.fail(ctx, "lock", err)
}

func grant(answer []string) (g drivers.Grant, err error) {
	if len(answer) != 2 {
		return g, fmt.Errorf("the server answered %d values instead of 2", len(answer))
	}
	if g.Fence, err = strconv.ParseInt(answer[0], 10, 64); err != nil {
		return g, err
	}
	left, err := strconv.ParseInt(answer[1], 10, 64)
	g.Left = time.Duration(max(left, 0)) * time.Millisecond
	return g, err
}

// Extend implements [drivers.Locker].
func (d *Driver) Extend(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	if ttl <= 0 {
		return false, drivers.ErrTTL
	}
	return d.ifHeld(ctx, "extend", extend, name, owner, roundTTL(ttl).Milliseconds())
}

// Unlock implements [drivers.Locker].
func (d *Driver) Unlock(ctx context.Context, name, owner string) (bool, error) {
	return d.ifHeld(ctx, "unlock", unlock, name, owner)
}

// ifHeld runs a script that changes a lock of owner and returns whether it did.
func (d *Driver) ifHeld(ctx context.Context, op string, script *goredis.Script, name string, args ...any) (bool, error) {
	ctx, err := d.begin(ctx, op)
	if err != nil {
		return false, err
	}
	changed, err := script.Run(ctx, d.client, []string{d.keys.Internal(locks, name)}, args...).Int64()
	return changed == 1, d.fail(ctx, op, err)
}

// Fence implements [drivers.Locker].
func (d *Driver) Fence(ctx context.Context, name, owner string) (int64, error) {
	ctx, err := d.begin(ctx, "fence")
	if err != nil {
		return 0, err
	}
	held, err := d.client.Get(ctx, d.keys.Internal(locks, name)).Result()
	if err == goredis.Nil {
		return 0, nil
	}
	fence, by, _ := strings.Cut(held, ":")
	if err != nil || by != owner {
		return 0, d.fail(ctx, "fence", err)
	}
	n, err := strconv.ParseInt(fence, 10, 64)
	return n, d.fail(ctx, "fence", err)
}

// ForceUnlock implements [drivers.Locker].
func (d *Driver) ForceUnlock(ctx context.Context, name string) error {
	ctx, err := d.begin(ctx, "force unlock")
	if err != nil {
		return err
	}
	return d.fail(ctx, "force unlock", forceUnlock.Run(ctx, d.client, []string{d.keys.Internal(locks, name)}).Err())
}
