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

// increment adds ARGV[1] to the number under KEYS[1]; a missing one is created with ARGV[2]
// milliseconds to live, or for ever if that is 0. The digits of an envelope (see
// drivers.ParseNumber) take its place first, and the envelope is put back if they are no number.
// Sums travel as strings: a number of the script language would lose digits beyond 2^53. The lease
// KEYS[2] ends if the number changed.
var increment = goredis.NewScript(`
local stored = redis.call('GET', KEYS[1])
if not stored then
  if ARGV[2] == '0' then
    redis.call('SET', KEYS[1], ARGV[1])
  else
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  end
  redis.call('DEL', KEYS[2])
  return ARGV[1]
end
local first, flags = string.byte(stored, 1, 2)
local enveloped = first == ` + strconv.Itoa(drivers.EnvelopeMagic) + ` and flags and flags % 2 == 1
if enveloped then
  local digits = string.match(stored, '=(-?%d+)$') or ''
  redis.call('SET', KEYS[1], digits, 'KEEPTTL')
end
local sum = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(sum) == 'table' then
  if enveloped then
    redis.call('SET', KEYS[1], stored, 'KEEPTTL')
  end
  return sum
end
redis.call('DEL', KEYS[2])
return redis.call('GET', KEYS[1])
`)

// Increment implements [drivers.Driver].
func (d *Driver) Increment(ctx context.Context, key string, delta int64, ttl time.Duration) (int64, error) {
	if ttl < 0 {
		return 0, drivers.ErrTTL
	}
	ctx, err := d.begin(ctx, "increment")
	if err != nil {
		return 0, err
	}
	sum, err := increment.Run(ctx, d.client, d.namesOf(key), delta, roundTTL(ttl).Milliseconds()).Text()
	if err != nil {
		return 0, d.failNumber(ctx, err)
	}
	n, err := strconv.ParseInt(sum, 10, 64)
	if err != nil {
		return 0, d.fail(ctx, "increment", fmt.Errorf("the server answered %q instead of a number", sum))
	}
	return n, nil
}

// failNumber tells the server's complaints about the value from other failures.
func (d *Driver) failNumber(ctx context.Context, err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "would overflow"):
		return drivers.ErrOverflow
	case strings.Contains(text, "not an integer"), strings.Contains(text, "WRONGTYPE"):
		return drivers.ErrNotNumber
	}
	return d.fail(ctx, "increment", err)
}
