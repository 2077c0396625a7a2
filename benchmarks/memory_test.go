package benchmarks

import (
	"context"
	"fmt"
	"math/rand"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/cachegen/cachegen/benchmarks/payload"
	"github.com/cachegen/cachegen/benchmarks/rivals"
)

const (
	hotKeys = 512     // few enough to stay in the processor's caches
	draws   = 1 << 16 // a power of two
	skew    = 1.1     // the exponent of the Zipf distribution
)

// BenchmarkShared is a get-or-load that hits in memory, where all callers get the same value.
func BenchmarkShared(b *testing.B) { benchmarkMemory(b, rivals.Shared()) }

// BenchmarkCopying is a get-or-load that hits in memory, where each caller gets a value of its own.
func BenchmarkCopying(b *testing.B) { benchmarkMemory(b, rivals.Copying()) }

func benchmarkMemory(b *testing.B, contenders []rivals.Memory) {
	for _, r := range shuffled(contenders) {
		b.Run("lib="+r.Name, func(b *testing.B) {
			l := &rivals.Loader{Users: population()}
			get := r.Open(b, l.Load)
			rivals.Warm(b, get, l, int64(len(l.Users)))
			loads := l.Calls()
			b.Run("keys=hot", func(b *testing.B) { hit(b, get, sequence(hotKeys)) })
			b.Run("keys=zipf", func(b *testing.B) { hit(b, get, zipf(len(l.Users))) })
			b.Run("keys=zipf/callers=all", func(b *testing.B) { hitTogether(b, get, zipf(len(l.Users))) })
			if n := l.Calls() - loads; n > 0 {
				b.Errorf("%d calls were no hits", n)
			}
		})
	}
}

// BenchmarkSharedPaired is BenchmarkShared with one caller, where the contenders take turns.
func BenchmarkSharedPaired(b *testing.B) {
	const hits = 1 << 14 // of one turn, few of which find the caches as the others left them
	users := population()
	gets := map[string]rivals.Get{}
	for _, r := range rivals.Shared() {
		l := &rivals.Loader{Users: users}
		gets[r.Name] = r.Open(b, l.Load)
		rivals.Warm(b, gets[r.Name], l, int64(len(users)))
	}
	for keys, ids := range map[string][]int64{"hot": sequence(hotKeys), "zipf": zipf(len(users))} {
		b.Run("keys="+keys, func(b *testing.B) {
			var contenders []contender
			for name, get := range gets {
				contenders = append(contenders, contender{name, func(ctx context.Context, turn int) error {
					return hitAll(ctx, get, ids, turn*hits, hits)
				}})
			}
			runtime.GC()
			paired(b, contenders, hits)
		})
	}
}

// hitAll calls get with n of ids, from one on. The number of ids is a power of two.
func hitAll(ctx context.Context, get rivals.Get, ids []int64, from, n int) error {
	for i := from; i < from+n; i++ {
		id := ids[i&(len(ids)-1)]
		if u, err := get(ctx, id); err != nil || u.ID != id {
			return fmt.Errorf("user %d is %v: %w", id, u, err)
		}
	}
	return nil
}

// shuffled returns s in another order each time, so that what comes before a contender is left to chance.
func shuffled[T any](s []T) []T {
	rand.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}

// hit calls get with one id after the other. Their number is a power of two.
func hit(b *testing.B, get rivals.Get, ids []int64) {
	ctx := request(b)
	runtime.GC() // what was left by filling the cache
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		id := ids[i&(len(ids)-1)]
		if u, err := get(ctx, id); err != nil || u.ID != id {
			b.Fatal(u, err)
		}
	}
}

// hitTogether is hit from as many goroutines as run at once, each at a place of its own.
func hitTogether(b *testing.B, get rivals.Get, ids []int64) {
	ctx := request(b)
	runtime.GC()
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := rand.Intn(len(ids)); pb.Next(); i++ {
			id := ids[i&(len(ids)-1)]
			if u, err := get(ctx, id); err != nil || u.ID != id {
				b.Error(u, err)
				return
			}
		}
	})
}

// request returns a ctx as a request handler has it: it can be cancelled and has a deadline.
func request(tb testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(tb.Context(), time.Hour)
	tb.Cleanup(cancel)
	return ctx
}

// population returns the users, which are made once.
var population = sync.OnceValue(func() []*payload.User {
	users := make([]*payload.User, rivals.Population)
	if testing.Short() {
		users = users[:2*hotKeys]
	}
	for id := range users {
		users[id] = payload.NewUser(int64(id))
	}
	return users
})

// sequence returns the ids 0 to n-1.
func sequence(n int) []int64 {
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = int64(i)
	}
	return ids
}

// zipf returns ids below n, most of them small: the same ones each time.
func zipf(n int) []int64 {
	z := rand.NewZipf(rand.New(rand.NewSource(1)), skew, 1, uint64(n-1))
	ids := make([]int64, draws)
	for i := range ids {
		ids[i] = int64(z.Uint64())
	}
	return ids
}
