package redis

import (
	"context"
	"fmt"
	"iter"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// leases is the kind of the internal keys that stand for loads under way. Their values are tokens.
const leases = "l"

// A call of acquire, fill or put is on n keys and, behind them, their leases.
var (
	// acquire takes leases for the token ARGV[1] and ARGV[2] milliseconds, of keys without a value
	// unless ARGV[3] is 1. It returns values, 0 for a lease that was taken, and the milliseconds left
	// and the token of one that is held by another.
	acquire = newScript(`
local n = #KEYS / 2
local found = {}
if ARGV[3] == '0' then
  found = redis.call('MGET', unpack(KEYS, 1, n))
end
for i = 1, n do
  if not found[i] then
    found[i] = 0
    if not redis.call('SET', KEYS[n + i], ARGV[1], 'NX', 'PX', ARGV[2]) then
      found[i] = {redis.call('PTTL', KEYS[n + i]), redis.call('GET', KEYS[n + i])}
    end
  end
end
return found
`)

	// fill stores the values from ARGV[3] on for ARGV[2] milliseconds, 0 for ever, where the token
	// ARGV[1] holds the lease, and ends that lease. It returns 1 for what it stored, else 0.
	fill = newScript(`
local n = #KEYS / 2
local held = redis.call('MGET', unpack(KEYS, n + 1))
for i = 1, n do
  if held[i] == ARGV[1] then
    if ARGV[2] == '0' then
      redis.call('SET', KEYS[i], ARGV[i + 2])
    else
      redis.call('SET', KEYS[i], ARGV[i + 2], 'PX', ARGV[2])
    end
    redis.call('DEL', KEYS[n + i])
    held[i] = 1
  else
    held[i] = 0
  end
end
return held
`)

	// renew makes the leases KEYS that the token ARGV[1] holds end in ARGV[2] milliseconds, at once if
	// that is 0, and leaves them as they are if it is negative. It returns 1 for each of them, else 0.
	renew = newScript(`
local held = redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS do
  if held[i] ~= ARGV[1] then
    held[i] = 0
  elseif tonumber(ARGV[2]) < 0 then
    held[i] = 1
  else
    held[i] = redis.call('PEXPIRE', KEYS[i], ARGV[2])
  end
end
return held
`)
)

// maxKeys bounds the keys of one call of a script: the server serves nobody else meanwhile.
const maxKeys = 100

// parts yields the bounds of parts of n keys, each for one call of a script.
func (d *Driver) parts(n int) iter.Seq2[int, int] {
	size := maxKeys
	if d.cluster != nil {
		size = 1 // another key may be in another slot
	}
	return func(yield func(from, to int) bool) {
		for from := 0; from < n; from += size {
			if !yield(from, min(from+size, n)) {
				return
			}
		}
	}
}

// namesOf returns the stored forms of keys and, behind them, the names of their leases.
func (d *Driver) namesOf(keys ...string) []string {
	names := make([]string, 2*len(keys))
	for i, key := range keys {
		names[i], names[len(keys)+i] = d.name(key)
	}
	return names
}

// names is namesOf for the keys of items.
func (d *Driver) names(items []drivers.Item) []string {
	names := make([]string, 2*len(items))
	for i := range items {
		names[i], names[len(items)+i] = d.name(items[i].Key)
	}
	return names
}

// name returns the stored form of key and the name of its lease: in one cluster slot, and of one string.
func (d *Driver) name(key string) (stored, lease string) {
	lease = d.leases + drivers.EscapeKey(key) + "}"
	return lease[len(d.leases)-len(d.keys.Keys()) : len(lease)-1], lease
}

// Acquire implements [drivers.Leaser].
func (d *Driver) Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, replace bool) ([]drivers.Lease, error) {
	if ttl <= 0 {
		return nil, drivers.ErrTTL
	}
	ctx, err := d.begin(ctx, "acquire")
	if err != nil {
		return nil, err
	}
	over := 0
	if replace {
		over = 1
	}
	ms := roundTTL(ttl).Milliseconds()
	answers, err := d.answers(ctx, acquire, len(keys), func(from, to int) []any {
		return append(acquire.on(d.namesOf(keys[from:to]...), 3), token, ms, over)
	})
	found := make([]drivers.Lease, len(keys))
	for i, a := range answers {
		switch a := a.(type) {
		case string:
			found[i].Value = bytesOf(a)
		case int64:
			found[i].Won = true
		case []any:
			found[i].Left, found[i].Holder = heldBy(a)
		}
	}
	return found, d.fail(ctx, "acquire", err)
}

// heldBy reads how long a lease is held by somebody else, and by whom.
func heldBy(answer []any) (left time.Duration, token string) {
	if len(answer) != 2 {
		return 0, ""
	}
	ms, _ := answer[0].(int64)
	token, _ = answer[1].(string)
	return time.Duration(max(ms, 0)) * time.Millisecond, token
}

// Fill implements [drivers.Leaser].
func (d *Driver) Fill(ctx context.Context, items []drivers.Item, token string, ttl time.Duration) ([]bool, error) {
	if ttl < 0 {
		return nil, drivers.ErrTTL
	}
	ctx, err := d.begin(ctx, "fill")
	if err != nil {
		return nil, err
	}
	ms := roundTTL(ttl).Milliseconds()
	answers, err := d.answers(ctx, fill, len(items), func(from, to int) []any {
		args := append(fill.on(d.names(items[from:to]), 2+to-from), token, ms)
		return appendValues(args, items[from:to])
	})
	return wereOne(answers), d.fail(ctx, "fill", err)
}

// Renew implements [drivers.Leaser].
func (d *Driver) Renew(ctx context.Context, keys []string, token string, ttl time.Duration) ([]bool, error) {
	switch {
	case ttl < 0:
		return nil, drivers.ErrTTL
	case ttl == 0:
		return d.renew(ctx, "renew", keys, token, -time.Millisecond)
	}
	return d.renew(ctx, "renew", keys, token, roundTTL(ttl))
}

// Release implements [drivers.Leaser].
func (d *Driver) Release(ctx context.Context, keys []string, token string) error {
	_, err := d.renew(ctx, "release", keys, token, 0)
	return err
}

func (d *Driver) renew(ctx context.Context, op string, keys []string, token string, ttl time.Duration) ([]bool, error) {
	ctx, err := d.begin(ctx, op)
	if err != nil {
		return nil, err
	}
	ms := ttl.Milliseconds()
	answers, err := d.answers(ctx, renew, len(keys), func(from, to int) []any {
		return append(renew.on(d.namesOf(keys[from:to]...)[to-from:], 2), token, ms)
	})
	return wereOne(answers), d.fail(ctx, op, err)
}

// answers runs s on n keys, in parts whose arguments args returns, and returns one answer for each key:
// nil where its part failed.
func (d *Driver) answers(ctx context.Context, s *script, n int, args func(from, to int) []any) ([]any, error) {
	var calls []goredis.Cmder
	for from, to := range d.parts(n) {
		calls = append(calls, goredis.NewSliceCmd(ctx, args(from, to)...))
	}
	if len(calls) == 0 {
		return nil, nil
	}
	err := d.runAll(ctx, s, calls)
	answers, i := make([]any, n), 0
	for from, to := range d.parts(n) {
		got := calls[i].(*goredis.SliceCmd).Val()
		if copy(answers[from:to], got) < to-from && err == nil {
			err = fmt.Errorf("the server answered %d values instead of %d", len(got), to-from)
		}
		i++
	}
	return answers, err
}

// wereOne reports which answers are 1.
func wereOne(answers []any) []bool {
	ones := make([]bool, len(answers))
	for i, a := range answers {
		ones[i] = a == int64(1)
	}
	return ones
}

func appendValues(args []any, items []drivers.Item) []any {
	for i := range items {
		args = append(args, items[i].Value)
	}
	return args
}
