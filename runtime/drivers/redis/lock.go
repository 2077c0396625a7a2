package redis

import (
	"context"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// locks is the kind of the internal keys that hold the owners of locks.
const locks = "k"

// unlock removes the lock KEYS[1] if its owner is ARGV[1].
var unlock = goredis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
`)

// Lock implements [drivers.Locker].
func (d *Driver) Lock(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	if ttl <= 0 {
		return false, drivers.ErrTTL
	}
	ctx, err := d.begin(ctx, "lock")
	if err != nil {
		return false, err
	}
	won, err := d.client.SetNX(ctx, d.keys.Internal(locks, name), owner, roundTTL(ttl)).Result()
	return won, d.fail(ctx, "lock", err)
}

// Unlock implements [drivers.Locker].
func (d *Driver) Unlock(ctx context.Context, name, owner string) (bool, error) {
	ctx, err := d.begin(ctx, "unlock")
	if err != nil {
		return false, err
	}
	removed, err := unlock.Run(ctx, d.client, []string{d.keys.Internal(locks, name)}, owner).Int64()
	return removed == 1, d.fail(ctx, "unlock", err)
}

// ForceUnlock implements [drivers.Locker].
func (d *Driver) ForceUnlock(ctx context.Context, name string) error {
	ctx, err := d.begin(ctx, "force unlock")
	if err != nil {
		return err
	}
	return d.fail(ctx, "force unlock", d.client.Del(ctx, d.keys.Internal(locks, name)).Err())
}
