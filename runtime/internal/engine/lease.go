package engine

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

const (
	// leaseTTL is how long a lease lasts unless it is renewed: for that long, after a process died in
	// a load, the loads of others are not stored, or wait.
	leaseTTL   = 5 * time.Second
	renewEvery = leaseTTL / 3
	// A load that waits for another process's asks again after firstWait, then ever more slowly.
	firstWait   = 5 * time.Millisecond
	longestWait = 50 * time.Millisecond
)

// lease is the right of one load to fill keys, in the whole fleet. It is renewed while the load runs.
// Every change of a key, in whatever process, ends it in the store.
type lease struct {
	store *Store
	by    drivers.Leaser
	names []string // the driver's names of the keys
	token string

	mu    sync.Mutex
	timer *time.Timer // the next renewal; nil once the lease has ended here
}

// newToken names one load among all there ever are.
func newToken() string { return rand.Text() }

func (s *Store) newLease(by drivers.Leaser, names []string, token string) *lease {
	l := &lease{store: s, by: by, names: names, token: token}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.timer = time.AfterFunc(renewEvery, l.renew)
	return l
}

// renew asks for more time, and for the next renewal if a key is left.
func (l *lease) renew() {
	if !l.store.begin() {
		return
	}
	defer l.store.work.Done()
	ctx, cancel := context.WithTimeout(context.Background(), l.store.config.Timeout)
	defer cancel()
	held, err := l.by.Renew(ctx, l.names, l.token, leaseTTL)
	if err == nil && !slices.Contains(held, true) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Reset(renewEvery)
	}
}

// stop ends the renewals.
func (l *lease) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
}

// fill stores items whose lease is still good and reports which were.
func (l *lease) fill(ctx context.Context, items []drivers.Item, ttl time.Duration) ([]bool, error) {
	l.stop()
	return l.by.Fill(ctx, items, l.token, ttl)
}

// release lets others load the keys at once. What cannot be released ends by itself.
func (l *lease) release() {
	l.stop()
	ctx, cancel := context.WithTimeout(context.Background(), l.store.config.Timeout)
	defer cancel()
	_ = l.by.Release(ctx, l.names, l.token)
}

// takeLease takes the lease of f's key. It reports true if the key has a value by now, which is then
// the outcome of f. A load that gets no lease is not stored; with Job.Fleet it waits for the other one
// instead, until nobody wants f any more.
func (s *Store) takeLease(f *flight, b *backend) (landed bool) {
	names, token, replace := []string{b.name(f.key)}, newToken(), f.replace
	ctx, cancel := s.firstLook(f)
	defer cancel()
	for wait := firstWait; ; wait = min(wait*3/2, longestWait) {
		got, err := acquireOne(ctx, b.lease, names, token, replace)
		ctx = f.ctx
		switch {
		case err != nil:
			f.degraded = true
			if f.ctx.Err() == nil { // else nobody wants f any more
				s.storeError(f.job, "lease", f.key, err)
			}
			return false
		case got.Won:
			s.begins(f, token)
			f.lease = s.newLease(b.lease, names, token)
			return false
		case got.Value != nil && s.landedOn(f, Found{Bytes: got.Value}, true):
			return true
		case got.Value != nil: // it cannot be used
			replace = true
			continue
		case !f.job.Fleet():
			f.lost = true
			s.begins(f, cmp.Or(got.Holder, token)) // its own, which is not held, is safe
			return false
		}
		if !pause(f.ctx, wait) {
			return false
		}
	}
}

// firstLook bounds what comes before the load by half of the time that the starter has left: a store
// that hangs leaves the other half to the loader.
func (s *Store) firstLook(f *flight) (context.Context, context.CancelFunc) {
	deadline, ok := f.starter.Deadline()
	half := time.Until(deadline) / 2
	if !ok || half >= s.config.Timeout || half <= 0 {
		return f.ctx, func() {}
	}
	return context.WithTimeout(f.ctx, half)
}

func acquireOne(ctx context.Context, by drivers.Leaser, names []string, token string, replace bool) (drivers.Lease, error) {
	got, err := by.Acquire(ctx, names, token, leaseTTL, replace)
	if err == nil && len(got) != 1 {
		err = fmt.Errorf("cachegen: the driver answered %d leases for one key", len(got))
	}
	if err != nil {
		return drivers.Lease{}, err
	}
	return got[0], nil
}

// pause waits for about d. It reports false if ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d - mrand.N(d/4))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
