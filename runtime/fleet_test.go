package cache_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/memory"
	"github.com/cachegen/cachegen/runtime/event"
)

// backendOf is a store of bytes that several managers, each standing for a process, share. It is
// memory under another type, so that the engine takes it for any driver with leases; a manager's
// Close leaves it open. fail, if not nil, is the error of every Acquire.
type backendOf struct {
	*memory.Driver
	fail error
}

func (b *backendOf) Close() error { return nil }

func (b *backendOf) Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, replace bool) ([]drivers.Lease, error) {
	if b.fail != nil {
		return nil, b.fail
	}
	return b.Driver.Acquire(ctx, keys, token, ttl, replace)
}

// leaseless is a driver without leases.
type leaseless struct{ drivers.Driver }

func newBackend(t *testing.T) *backendOf {
	d, err := memory.Open(t.Context(), memory.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return &backendOf{Driver: d}
}

// process returns a manager on a shared backend.
func process(t *testing.T, d drivers.Driver, seen *recorder) *cache.Manager {
	c := onDriver(t, d)
	if seen != nil {
		c.OnEvent = seen.record
	}
	return newManager(t, c)
}

// TestInvalidationOfAnotherProcessBeatsALoad: the load's caller gets its value, which is not stored.
func TestInvalidationOfAnotherProcessBeatsALoad(t *testing.T) {
	for name, invalidation := range invalidations {
		run := func(t *testing.T, hide func(drivers.Driver) drivers.Driver) (left string) {
			inBubble(t, func(t *testing.T) {
				shared := hide(newBackend(t))
				seen := &recorder{}
				here, there := process(t, shared, seen), process(t, shared, nil)
				finish := heldLoad(t, cache.NewCache(here, userSpec()))
				require.NoError(t, invalidation.call(t.Context(), there, cache.NewCache(there, userSpec())))
				require.Equal(t, "old", finish().Name)
				left = stored(t, there)
				if left == invalidation.left {
					require.Equal(t, 1, seen.count(event.RefusedFill))
				}
			})
			return left
		}
		t.Run(name, func(t *testing.T) {
			require.Equal(t, invalidation.left, run(t, func(d drivers.Driver) drivers.Driver { return d }))
		})
		t.Run(name+" without leases", func(t *testing.T) {
			require.Equal(t, "old", run(t, func(d drivers.Driver) drivers.Driver { return leaseless{d} }), "the test sees no violation")
		})
	}
}

func fleetSpec() cache.Spec[int64, *user] {
	spec := userSpec()
	spec.Fleet = true
	return spec
}

// fleet returns caches of several processes on one backend.
func fleet(t *testing.T, d drivers.Driver, size int, spec cache.Spec[int64, *user]) []*cache.Cache[int64, *user] {
	all := make([]*cache.Cache[int64, *user], size)
	for i := range all {
		all[i] = cache.NewCache(process(t, d, nil), spec)
	}
	return all
}

func TestOneLoadInTheWholeFleet(t *testing.T) {
	for _, c := range []struct {
		name string
		spec cache.Spec[int64, *user]
		most int64
	}{{"fleet", fleetSpec(), 1}, {"process", userSpec(), 8}} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				caches := fleet(t, newBackend(t), 8, c.spec)
				var loads atomic.Int64
				crowd(8*20, func(i int) {
					u, err := caches[i%8].RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) {
						loads.Add(1)
						time.Sleep(30 * time.Second) // several times as long as a lease lasts
						return named("loaded"), nil
					})
					require.NoError(t, err)
					require.Equal(t, "loaded", u.Name)
				})
				require.Equal(t, c.most, loads.Load())
				for _, one := range caches {
					_, ok, err := one.Get(t.Context(), 7)
					require.NoError(t, err)
					require.True(t, ok)
				}
			})
		})
	}
}

func TestWaitForAnotherProcess(t *testing.T) {
	loadedBy := func(t *testing.T, c *cache.Cache[int64, *user], name string) {
		u, err := c.RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) { return named(name), nil })
		require.NoError(t, err)
		require.Equal(t, name, u.Name)
	}
	const soon = 100 * time.Millisecond
	t.Run("whose load fails", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			caches := fleet(t, newBackend(t), 2, fleetSpec())
			go func() {
				_, err := caches[0].RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) {
					time.Sleep(time.Minute)
					return nil, errBroken
				})
				require.ErrorIs(t, err, errBroken)
			}()
			synctest.Wait()
			start := time.Now()
			loadedBy(t, caches[1], "second")
			require.GreaterOrEqual(t, time.Since(start), time.Minute)
			require.LessOrEqual(t, time.Since(start), time.Minute+soon)
		})
	})
	t.Run("that is dead", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			shared := newBackend(t)
			_, err := shared.Acquire(t.Context(), []string{"user:7"}, "of the dead", 5*time.Second, false)
			require.NoError(t, err)
			start := time.Now()
			loadedBy(t, fleet(t, shared, 1, fleetSpec())[0], "second")
			require.GreaterOrEqual(t, time.Since(start), 5*time.Second)
			require.LessOrEqual(t, time.Since(start), 5*time.Second+soon)
		})
	})
	t.Run("as long as the caller likes", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			shared := newBackend(t)
			_, err := shared.Acquire(t.Context(), []string{"user:7"}, "another", time.Hour, false)
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			_, err = fleet(t, shared, 1, fleetSpec())[0].RememberE(ctx, 7, func(context.Context, int64) (*user, error) {
				t.Error("it loaded")
				return nil, nil
			})
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, time.Second, time.Since(start))
		})
	})
	t.Run("as long as the cache allows", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			shared := newBackend(t)
			_, err := shared.Acquire(t.Context(), []string{"user:7"}, "another", time.Hour, false)
			require.NoError(t, err)
			spec := fleetSpec()
			spec.Timeout = time.Minute
			_, err = fleet(t, shared, 1, spec)[0].RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) {
				return nil, nil
			})
			require.ErrorContains(t, err, "within its timeout")
		})
	})
}

func TestLeasesThatCannotBeHad(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		shared, seen := newBackend(t), &recorder{}
		users := cache.NewCache(process(t, shared, seen), fleetSpec())
		shared.fail = errBroken
		u, err := users.RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) { return named("loaded"), nil })
		require.NoError(t, err)
		require.Equal(t, "loaded", u.Name)
		got, err := users.RememberMany(t.Context(), []int64{7}, func(context.Context, []int64) (map[int64]*user, error) {
			return map[int64]*user{7: named("loaded")}, nil
		})
		require.NoError(t, err)
		require.Len(t, got, 1)
		_, ok, err := users.Get(t.Context(), 7)
		require.NoError(t, err)
		require.False(t, ok, "what has no lease is not stored")
		require.Len(t, seen.all(event.StoreError), 2)
		require.ErrorIs(t, seen.all(event.StoreError)[0].Err, errBroken)
	})
}

func TestLoadReplacesWhatCannotBeUsed(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		shared := newBackend(t)
		users := fleet(t, shared, 1, userSpec())[0]
		load := func(context.Context, int64) (*user, error) { return named("loaded"), nil }
		many := func(context.Context, []int64) (map[int64]*user, error) {
			return map[int64]*user{7: named("loaded")}, nil
		}
		for name, remember := range map[string]func() error{
			"RememberE":    func() error { _, err := users.RememberE(t.Context(), 7, load); return err },
			"Refresh":      func() error { _, err := users.Refresh(t.Context(), 7, load); return err },
			"RememberMany": func() error { _, err := users.RememberMany(t.Context(), []int64{7}, many); return err },
		} {
			require.NoError(t, shared.Put(t.Context(), "user:7", []byte("\xC1damaged"), 0))
			require.NoError(t, remember(), name)
			u, ok, err := users.Get(t.Context(), 7)
			require.NoError(t, err)
			require.True(t, ok, name)
			require.Equal(t, "loaded", u.Name)
		}
	})
}

func TestInvalidationOfAnotherProcessBeatsABatch(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		shared, seen := newBackend(t), &recorder{}
		here := cache.NewCache(process(t, shared, seen), userSpec())
		there := fleet(t, shared, 1, userSpec())[0]
		got, err := here.RememberMany(t.Context(), []int64{1, 7, 9}, func(ctx context.Context, ids []int64) (map[int64]*user, error) {
			require.NoError(t, there.Forget(ctx, 7))
			time.Sleep(30 * time.Second) // the leases of the others are renewed
			out := map[int64]*user{}
			for _, id := range ids {
				out[id] = ada(id)
			}
			return out, nil
		})
		require.NoError(t, err)
		require.Len(t, got, 3)
		left, err := there.Many(t.Context(), []int64{1, 7, 9})
		require.NoError(t, err)
		require.Len(t, left, 2)
		require.NotContains(t, left, int64(7))
		require.Equal(t, 1, seen.count(event.RefusedFill))
	})
}

// spread is one cache as several processes have it: each step goes through another.
type spread struct {
	all  []readThrough
	next *atomic.Int64
}

func (s spread) any() readThrough { return s.all[int(s.next.Add(1))%len(s.all)] }

func (s spread) read(ctx context.Context, key int64) (int64, error) { return s.any().read(ctx, key) }

func (s spread) forget(ctx context.Context, key int64) error { return s.any().forget(ctx, key) }

// slow is a backend whose operations take a while before and after they take effect.
type slow struct {
	*backendOf
	mu sync.Mutex
	r  *rand.Rand
}

func (s *slow) nap() {
	s.mu.Lock()
	d := time.Duration(s.r.Int64N(int64(time.Millisecond)))
	s.mu.Unlock()
	time.Sleep(d)
}

func (s *slow) Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, replace bool) ([]drivers.Lease, error) {
	s.nap()
	defer s.nap()
	return s.backendOf.Acquire(ctx, keys, token, ttl, replace)
}

func (s *slow) Fill(ctx context.Context, items []drivers.Item, token string, ttl time.Duration) ([]bool, error) {
	s.nap()
	defer s.nap()
	return s.backendOf.Fill(ctx, items, token, ttl)
}

func (s *slow) Forget(ctx context.Context, keys ...string) error {
	s.nap()
	defer s.nap()
	return s.backendOf.Forget(ctx, keys...)
}

// TestNoReadOfAFleetIsOlder runs random histories over processes that share a backend.
func TestNoReadOfAFleetIsOlder(t *testing.T) {
	run := func(t *testing.T, steps int, fleetwide bool, hide func(drivers.Driver) drivers.Driver) (stale int64) {
		inBubble(t, func(t *testing.T) {
			h := &history{pause: naps(time.Millisecond)}
			shared := hide(&slow{backendOf: newBackend(t), r: rand.New(rand.NewPCG(1, 2))})
			s := spread{next: &atomic.Int64{}}
			for range 4 {
				m, spec := process(t, shared, nil), numbersSpec()
				spec.Fleet = fleetwide
				s.all = append(s.all, fenced{m, cache.NewCache(m, spec), h.load})
			}
			h.run(t, s, steps)
			stale = h.stale.Load()
		})
		return stale
	}
	all := func(d drivers.Driver) drivers.Driver { return d }
	for _, fleetwide := range []bool{false, true} {
		require.Zero(t, run(t, 3000, fleetwide, all))
	}
	none := func(d drivers.Driver) drivers.Driver { return leaseless{d} }
	require.Positive(t, run(t, 1000, false, none), "the checker sees no violation")
}

func TestShutdownEndsWaitingForAnotherProcess(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		shared := newBackend(t)
		_, err := shared.Acquire(t.Context(), []string{"user:7"}, "another", time.Hour, false)
		require.NoError(t, err)
		m := process(t, shared, nil)
		users := cache.NewCache(m, fleetSpec())
		done := make(chan error)
		go func() {
			_, err := users.RememberE(t.Context(), 7, func(context.Context, int64) (*user, error) { return nil, errors.New("it loaded") })
			done <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go func() { _ = m.Shutdown(ctx) }()
		require.ErrorIs(t, <-done, cache.ErrClosed)
	})
}
