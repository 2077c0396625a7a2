package redis

import (
	"context"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// usages is the kind of the internal keys that hold a drivers.Usage as seconds:nanoseconds:count.
const usages = "r"

// take decides whether something may be taken of the limit KEYS[1], and notes it if so: by the
// arithmetic of drivers.Rate.Take, but in seconds and nanoseconds, since the script language counts
// exactly only to 2^53. It returns the usage from before and the server's time, from which Take
// makes the answer.
//
// ARGV[1] and ARGV[2] are the time of a window, or by how much the taking moves the arrival time;
// ARGV[3] and ARGV[4] are what is taken and what is allowed in a window, or how far ahead of now the
// arrival time may be. ARGV[5] is window or gcra.
var take = newScript(`
local sec, nsec, count = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+):(%d+):(%d+)$')
sec, nsec, count = tonumber(sec or 0), tonumber(nsec or 0), tonumber(count or 0)
local time = redis.call('TIME')
local now, now_n = tonumber(time[1]), time[2] * 1000
local answer = {sec, nsec, count, now, now_n}
local over = sec < now or sec == now and nsec <= now_n
if over then
  sec, nsec, count = now, now_n, 0
end
if over or ARGV[5] == 'gcra' then
  sec, nsec = sec + ARGV[1], nsec + ARGV[2]
  if nsec >= 1000000000 then
    sec, nsec = sec + 1, nsec - 1000000000
  end
end
if ARGV[5] == 'gcra' then
  count = 0
  local ahead, ahead_n = sec - now - ARGV[3], nsec - now_n - ARGV[4]
  if ahead * 1000000000 + ahead_n > 0 then
    return answer
  end
else
  count = count + ARGV[3]
  if count > tonumber(ARGV[4]) then
    return answer
  end
end
local ms = math.ceil((sec - now) * 1000 + (nsec - now_n) / 1000000) + 1
redis.call('SET', KEYS[1], string.format('%.0f:%.0f:%.0f', sec, nsec, count), 'PX', ms)
return answer
`)

// Take implements [drivers.Limiter], by the server's clock.
func (d *Driver) Take(ctx context.Context, name string, rate drivers.Rate, n int64) (drivers.Allowance, error) {
	before, now, err := d.take(ctx, name, rate, n)
	if err != nil {
		return drivers.Allowance{}, err
	}
	_, a := rate.Take(before, now, n)
	return a, nil
}

// take has the server take, and returns what it did that by: the usage from before and its time.
func (d *Driver) take(ctx context.Context, name string, rate drivers.Rate, n int64) (before drivers.Usage, now time.Time, err error) {
	if err := rate.Validate(); err != nil {
		return before, now, err
	}
	ctx, err = d.begin(ctx, "take")
	if err != nil {
		return before, now, err
	}
	keys := []string{d.keys.Internal(usages, name)}
	call := goredis.NewIntSliceCmd(ctx, append(take.on(keys, 5), takeArgs(rate, n)...)...)
	err = d.run(ctx, take, call)
	v := call.Val()
	if err == nil && len(v) != 5 {
		err = fmt.Errorf("the server answered %d numbers instead of 5", len(v))
	}
	if err != nil {
		return before, now, d.fail(ctx, "take", err)
	}
	return drivers.Usage{Until: v[0]*int64(time.Second) + v[1], Count: v[2]}, time.Unix(v[3], v[4]), nil
}

func takeArgs(rate drivers.Rate, n int64) []any {
	if rate.Window {
		sec, nsec := seconds(int64(rate.Period))
		return []any{sec, nsec, n, rate.Limit, "window"}
	}
	interval := int64(rate.Period) / rate.Limit // in which one comes back
	sec, nsec := seconds(interval * n)
	ahead, aheadN := seconds(interval * rate.Capacity())
	return []any{sec, nsec, ahead, aheadN, "gcra"}
}

// seconds splits a number of nanoseconds.
func seconds(n int64) (sec, nsec int64) { return n / int64(time.Second), n % int64(time.Second) }
