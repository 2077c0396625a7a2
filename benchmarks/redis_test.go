package benchmarks

import (
	"context"
	"fmt"
	"math/rand"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cachegen/cachegen/benchmarks/payload"
	"github.com/cachegen/cachegen/benchmarks/rivals"
	"github.com/cachegen/cachegen/internal/redistest"
)

const (
	redisUsers = 1024 // a power of two
	callers    = 64
	batch      = 100
)

// BenchmarkRedisHit is a get-or-load that hits in Redis, from one caller and from many. The time of one
// operation of many callers is the inverse of their throughput.
func BenchmarkRedisHit(b *testing.B) {
	server := redistest.Start(b)
	for i, r := range shuffled(rivals.OnRedis()) {
		b.Run("lib="+r.Name, func(b *testing.B) {
			get := warmRedis(b, r, rivals.Address{Server: server, Database: i})
			b.Run("callers=1", func(b *testing.B) { hit(b, get, sequence(redisUsers)) })
			b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
				b.SetParallelism(callers / runtime.GOMAXPROCS(0))
				hitTogether(b, get, sequence(redisUsers))
			})
		})
	}
}

// BenchmarkRedisHitPaired is BenchmarkRedisHit with one caller, where the contenders take turns.
func BenchmarkRedisHitPaired(b *testing.B) {
	server := redistest.Start(b)
	var contenders []contender
	for i, r := range rivals.OnRedis() {
		if r.Name == rivals.ClientSide {
			continue // its hits are in memory
		}
		get := warmRedis(b, r, rivals.Address{Server: server, Database: i})
		contenders = append(contenders, contender{r.Name, func(ctx context.Context, turn int) error {
			_, err := get(ctx, int64(turn%redisUsers))
			return err
		}})
	}
	paired(b, contenders, 1)
}

// BenchmarkRedisGet asks the clients beneath the caches for bytes, from one caller and from many. They take
// turns, round by round and in random order. It reports the median throughput of each, that of cachegen's
// driver as a multiple of the others', and the processor time of one call, which is less noisy.
func BenchmarkRedisGet(b *testing.B) {
	const size = 300
	server := redistest.Start(b)
	var clients []rivals.GetBytes
	for _, r := range rivals.BytesOnRedis() {
		clients = append(clients, r.Open(b, server, redisUsers, size))
	}
	for _, n := range []int{1, callers} {
		b.Run(fmt.Sprintf("callers=%d", n), func(b *testing.B) {
			rate, cpu := make([][]float64, len(clients)), make([][]float64, len(clients))
			for b.Loop() {
				for _, i := range rand.Perm(len(clients)) {
					perSecond, busy := getRound(b, clients[i], n, 200*max(n, 20), size)
					rate[i], cpu[i] = append(rate[i], perSecond), append(cpu[i], busy)
				}
			}
			for i, r := range rivals.BytesOnRedis() {
				b.ReportMetric(median(rate[i]), r.Name+"-gets/s")
				b.ReportMetric(median(cpu[i]), r.Name+"-cpu-ns")
				if i > 0 {
					b.ReportMetric(median(rate[0])/median(rate[i]), "x-"+r.Name)
				}
			}
			b.ReportMetric(0, "ns/op") // of all together means nothing
		})
	}
}

// getRound has callers get calls values, and returns how many that were in a second, and the nanoseconds
// of processor time that each took this process.
func getRound(b *testing.B, get rivals.GetBytes, callers, calls, size int) (perSecond, cpu float64) {
	ctx := request(b)
	busy, start := processorTime(b), time.Now()
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			for i := range calls / callers {
				value, err := get(ctx, rivals.Key((c*31+i)%redisUsers))
				if err != nil || len(value) != size {
					b.Error(len(value), err)
					return
				}
			}
		})
	}
	all.Wait()
	took := time.Since(start)
	return float64(calls) / took.Seconds(), float64(processorTime(b)-busy) / float64(calls)
}

func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

// warmRedis opens a cache and fills it.
func warmRedis(b *testing.B, r rivals.Redis, at rivals.Address) rivals.Get {
	l := new(rivals.Loader)
	get := r.Open(b, at, l.Load)
	rivals.Warm(b, get, l, redisUsers)
	loads := l.Calls()
	b.Cleanup(func() {
		if n := l.Calls() - loads; n > 0 {
			b.Errorf("%s: %d calls were no hits", r.Name, n)
		}
	})
	return get
}

// BenchmarkMany100 gets a hundred users, all of which Redis has, in one call.
func BenchmarkMany100(b *testing.B) {
	server := redistest.Start(b)
	for i, r := range shuffled(rivals.ManyOnRedis()) {
		b.Run("lib="+r.Name, func(b *testing.B) {
			get := getBatch(b, r, rivals.Address{Server: server, Database: i})
			ctx := request(b)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := get(ctx, i); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkMany100Paired is BenchmarkMany100, where the contenders take turns.
func BenchmarkMany100Paired(b *testing.B) {
	server := redistest.Start(b)
	var contenders []contender
	for i, r := range rivals.ManyOnRedis() {
		contenders = append(contenders, contender{r.Name, getBatch(b, r, rivals.Address{Server: server, Database: i})})
	}
	paired(b, contenders, 1)
}

// getBatch opens a cache with users, and returns a function that gets a hundred of them: other ones each
// turn.
func getBatch(b *testing.B, r rivals.RedisMany, at rivals.Address) func(ctx context.Context, turn int) error {
	users := make([]*payload.User, redisUsers)
	for id := range users {
		users[id] = payload.NewUser(int64(id))
	}
	get := r.Open(b, at, users)
	ids := slices.Repeat(sequence(redisUsers), 2)
	return func(ctx context.Context, turn int) error {
		first := turn * batch % redisUsers
		found, err := get(ctx, ids[first:first+batch])
		if err == nil && len(found) != batch {
			err = fmt.Errorf("%s: %d of %d users", r.Name, len(found), batch)
		}
		return err
	}
}

// contender is one of those that take turns.
type contender struct {
	name string
	call func(ctx context.Context, turn int) error
}

// paired has the contenders take turns, call by call and in random order: on a small machine the round
// trip of a lone caller comes in two speeds that last for seconds, and so do the processor's caches, which
// others use too. This way all meet the same ones. It reports the median time of each for one of the hits
// that a call is, and that of cachegen as a multiple of what is written by hand.
func paired(b *testing.B, contenders []contender, hits int) {
	ctx := request(b)
	took := map[string][]time.Duration{}
	random := rand.New(rand.NewSource(1))
	for turn := 0; b.Loop(); turn++ {
		for _, i := range random.Perm(len(contenders)) {
			c := contenders[i]
			start := time.Now()
			if err := c.call(ctx, turn); err != nil {
				b.Fatal(c.name, err)
			}
			took[c.name] = append(took[c.name], time.Since(start))
		}
	}
	medians := map[string]float64{}
	for name, times := range took {
		slices.Sort(times)
		medians[name] = float64(times[len(times)/2]) / float64(hits)
		b.ReportMetric(medians[name], name+"-p50-ns")
	}
	if hand, ok := medians[rivals.ByHand]; ok {
		b.ReportMetric(medians["cachegen"]/hand, "x-by-hand")
	}
	b.ReportMetric(0, "ns/op") // of all together means nothing
}
