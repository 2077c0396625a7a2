package benchmarks

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cachegen/cachegen/benchmarks/payload"
	"github.com/cachegen/cachegen/benchmarks/rivals"
	"github.com/cachegen/cachegen/internal/redistest"
)

const (
	crowd    = 500
	slowLoad = 50 * time.Millisecond
)

// BenchmarkStampede has 500 goroutines ask for one key that is not there, whose load takes 50 ms. It
// reports how many loads that made, and when the last goroutine had its value.
func BenchmarkStampede(b *testing.B) {
	for _, r := range shuffled(rivals.Shared()) {
		b.Run("store=memory/lib="+r.Name, func(b *testing.B) {
			l := new(rivals.Loader)
			stampede(b, r.Open(b, slow(l)), l)
		})
	}
	server := redistest.Start(b)
	for i, r := range shuffled(rivals.OnRedis()) {
		b.Run("store=redis/lib="+r.Name, func(b *testing.B) {
			l := new(rivals.Loader)
			stampede(b, r.Open(b, rivals.Address{Server: server, Database: i}, slow(l)), l)
		})
	}
}

// slow is a loader that takes its time, unless nobody waits any longer.
func slow(l *rivals.Loader) rivals.Get {
	return func(ctx context.Context, id int64) (*payload.User, error) {
		select {
		case <-time.After(slowLoad):
			return l.Load(ctx, id)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func stampede(b *testing.B, get rivals.Get, l *rivals.Loader) {
	ctx := request(b)
	var last time.Duration
	rounds := 0
	for ; b.Loop(); rounds++ {
		last += rush(b, ctx, get, int64(rounds))
	}
	b.ReportMetric(float64(l.Calls())/float64(rounds), "loads")
	b.ReportMetric(1000*last.Seconds()/float64(rounds), "last-ms")
	b.ReportMetric(0, "ns/op") // would hold the start of the goroutines too
}

// rush has the crowd ask for id at once, and returns how long it took until the last one was served.
func rush(b *testing.B, ctx context.Context, get rivals.Get, id int64) time.Duration {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ready.Add(crowd)
	for range crowd {
		done.Go(func() {
			ready.Done()
			<-start
			if err := ask(ctx, get, id); err != nil {
				b.Error(err)
			}
		})
	}
	ready.Wait()
	began := time.Now()
	close(start)
	done.Wait()
	return time.Since(began)
}

func ask(ctx context.Context, get rivals.Get, id int64) error {
	u, err := get(ctx, id)
	if err == nil && u.ID != id {
		err = fmt.Errorf("user %d instead of %d", u.ID, id)
	}
	return err
}
