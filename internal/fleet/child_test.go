//go:build unix

package fleet_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/rerun"
	cache "github.com/cachegen/cachegen/runtime"
	_ "github.com/cachegen/cachegen/runtime/drivers/all"
)

// TestMain plays the role of a process of the fleet if this one was started for that.
func TestMain(m *testing.M) {
	rerun.Main(m, map[string]rerun.Role{"member": play, "counter": countForEver})
}

// role is what a process does, and on which store.
type role struct {
	Does       string
	Fields     fields
	Truth      string
	Goroutines int
	Steps      int
	TTL        time.Duration
}

// fields are those of a store's configuration that tests need.
type fields struct {
	Driver, Prefix, Path, Host string
	Port                       int
	Addrs                      []string
	DSN                        string
}

func (f fields) config() cache.StoreConfig {
	return cache.StoreConfig{
		Driver: f.Driver, Prefix: f.Prefix, Path: f.Path, Host: f.Host, Port: f.Port, Addrs: f.Addrs, DSN: f.DSN,
		Timeout: 30 * time.Second, // these tests are not about time: a machine may stall
	}
}

// player is a process in its role.
type player struct {
	role
	manager *cache.Manager
	numbers *cache.Cache[string, int64]
	stale   atomic.Int64
	over    atomic.Bool // it has done enough
}

func play(_, text string) error {
	p := &player{}
	if err := json.Unmarshal([]byte(text), &p.role); err != nil {
		return err
	}
	p.manager = cache.NewManager(&cache.Config{Stores: map[string]cache.StoreConfig{"default": p.Fields.config()}})
	p.numbers = cache.NewCache(p.manager, cache.Spec[string, int64]{
		Name: "Numbers", Pattern: "n:{key string}", TTL: time.Hour, Fleet: p.Does == "load",
		AppendKey: func(dst []byte, k string) ([]byte, error) { return append(append(dst, "n:"...), k...), nil },
	})
	if err := p.manager.Ready(context.Background()); err != nil {
		return err
	}
	rerun.Ready()
	errs := make(chan error, p.Goroutines)
	var all sync.WaitGroup
	for g := range p.Goroutines {
		all.Go(func() { errs <- p.perform(g) })
	}
	all.Wait()
	close(errs)
	var err error
	for e := range errs {
		err = errors.Join(err, e)
	}
	fmt.Println(p.stale.Load())
	return errors.Join(err, p.manager.Shutdown(context.Background()))
}

func (p *player) perform(g int) error {
	w, err := dial(p.Truth)
	if err != nil {
		return err
	}
	defer w.conn.Close()
	r := rand.New(rand.NewPCG(uint64(os.Getpid()), uint64(g)))
	for step := 0; step < p.Steps && !p.over.Load(); step++ {
		switch p.Does {
		case "count":
			_, err = p.manager.IncrementTTL("counter", 1, time.Hour)
		case "load":
			_, err = p.numbers.RememberE(context.Background(), fmt.Sprint("round", step), w.slowRead)
		case "history":
			err = p.history(w, r)
		case "lock":
			err = p.lock(w)
		}
		if err != nil {
			return fmt.Errorf("%s: step %d: %w", p.Does, step, err)
		}
	}
	return nil
}

// history is a step of a random history: a write of the data and its invalidation, or a read that is
// checked.
func (p *player) history(w *witness, r *rand.Rand) error {
	ctx, key := context.Background(), fmt.Sprint(r.IntN(4))
	if r.IntN(8) == 0 {
		n, err := w.ask("write", key, 0)
		if err != nil {
			return err
		}
		if err := p.numbers.Forget(ctx, key); err != nil {
			return err
		}
		_, err = w.ask("ack", key, n)
		return err
	}
	least, err := w.ask("least", key, 0)
	if err != nil {
		return err
	}
	n, err := p.numbers.RememberE(ctx, key, func(_ context.Context, key string) (int64, error) {
		own, err := dial(p.Truth) // it may run for a caller of another goroutine
		if err != nil {
			return 0, err
		}
		defer own.conn.Close()
		n, err := own.ask("read", key, 0)
		<-time.After(time.Duration(rand.IntN(2000)) * time.Microsecond) // the rest of a load
		return n, err
	})
	if n < least {
		p.stale.Add(1)
	}
	return err
}

// lock enters the place that one holder at a time may enter.
func (p *player) lock(w *witness) error {
	l := p.manager.Lock("place", p.TTL)
	err := l.Block(context.Background(), time.Minute, func(ctx context.Context) error {
		fence, err := l.Fence(ctx)
		if err != nil || ctx.Err() != nil {
			return err
		}
		if refused, err := w.ask("enter", "place", fence); refused != 0 || err != nil {
			return err
		}
		over, err := w.ask("leave", "place", 0)
		if over != 0 {
			p.over.Store(true)
		}
		return err
	})
	if errors.Is(err, cache.ErrLockLost) { // this process was stopped for longer than the lock lasts
		return nil
	}
	return err
}

// witness asks the truth.
type witness struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(path string) (*witness, error) {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return nil, err
	}
	w := &witness{conn, bufio.NewReader(conn)}
	_, err = w.ask("pid", "-", int64(os.Getpid()))
	return w, err
}

func (w *witness) ask(op, key string, n int64) (answer int64, err error) {
	if _, err = fmt.Fprintln(w.conn, op, key, n); err == nil {
		_, err = fmt.Fscanln(w.in, &answer)
	}
	return answer, err
}

// slowRead is a load that takes long enough for every process to want it meanwhile.
func (w *witness) slowRead(_ context.Context, key string) (int64, error) {
	<-time.After(50 * time.Millisecond)
	return w.ask("read", key, 0)
}
