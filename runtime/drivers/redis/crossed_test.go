package redis_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/faultproxy"
	"github.com/cachegen/cachegen/internal/racetest"
	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/redis"
)

// TestNoReplyReachesTheWrongCaller: replies that come late, after the call was given up, and
// connections that break in the middle of one, must not be taken for the answer to the next call.
func TestNoReplyReachesTheWrongCaller(t *testing.T) {
	t.Parallel()
	total := int64(20_000)
	switch {
	case long:
		total *= 10
	case racetest.Enabled:
		total /= 4
	}
	s := redistest.Start(t)
	seed := open(t, redis.Options{Addr: s.Addr()})
	items, keys := namedItems()
	require.NoError(t, seed.PutMany(context.Background(), items, 0))

	p := faultproxy.Start(t, s.Addr())
	d := open(t, redis.Options{Addr: p.Addr(), Timeout: patient, Connections: 8})
	dice := rand.New(rand.NewPCG(1, 2))
	p.SetEach(func() faultproxy.Fault {
		f := faultproxy.Fault{}
		if dice.IntN(2) == 0 {
			f.Delay = time.Duration(dice.IntN(4000)) * time.Microsecond
		}
		if dice.IntN(2) == 0 {
			f.Cut = 1 + dice.IntN(20_000)
		}
		return f
	})
	p.Cut()
	var calls, answered, failed, cancelled, wrong atomic.Int64
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 3))
			for calls.Add(1) <= total {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.IntN(8000))*time.Microsecond)
				if r.IntN(2) == 0 {
					ctx, cancel = context.WithCancel(context.Background())
					time.AfterFunc(time.Duration(r.IntN(4000))*time.Microsecond, cancel)
				}
				crossed, err := readAtRandom(ctx, d, r, keys)
				wrong.Add(crossed)
				switch {
				case err == nil:
					answered.Add(1)
				case ctx.Err() != nil:
					cancelled.Add(1)
				default:
					failed.Add(1)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	t.Logf("%d calls: %d answered, %d given up, %d failed; %d wrong values", total, answered.Load(), cancelled.Load(), failed.Load(), wrong.Load())
	require.Zero(t, wrong.Load())
	require.Greater(t, answered.Load(), total/50) // the check is about something, on a busy machine too
	require.Greater(t, cancelled.Load(), total/50)
	require.Positive(t, failed.Load())
}

// namedItems returns items of many sizes whose values name their keys.
func namedItems() (items []drivers.Item, keys []string) {
	for i := range 200 {
		key := fmt.Sprint("user:", i)
		keys = append(keys, key)
		items = append(items, drivers.Item{Key: key, Value: []byte(key + "=" + strings.Repeat("x", i*i/10))})
	}
	return items, keys
}

// readAtRandom makes one call, and returns how many of the values that it returned are another key's.
func readAtRandom(ctx context.Context, d *redis.Driver, r *rand.Rand, keys []string) (crossed int64, err error) {
	asked := []string{keys[r.IntN(len(keys))]}
	var values [][]byte
	switch r.IntN(4) {
	case 0: // its reply, a sum, is no value
		n, err := d.Increment(ctx, "n", 1, 0)
		if err == nil && n <= 0 {
			crossed++
		}
		return crossed, err
	case 1:
		asked = append(asked, keys[r.IntN(len(keys))], keys[r.IntN(len(keys))])
		values, err = d.GetMany(ctx, asked)
	default:
		var value []byte
		value, _, err = d.Get(ctx, asked[0])
		values = [][]byte{value}
	}
	for i, value := range values {
		if err == nil && !strings.HasPrefix(string(value), asked[i]+"=") {
			crossed++
		}
	}
	return crossed, err
}
