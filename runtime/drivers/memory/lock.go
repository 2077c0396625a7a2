package memory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// holder is who holds a lock, by which grant.
type holder struct {
	owner string
	fence int64
}

// Lock implements drivers.Locker.
func (d *Driver) Lock(ctx context.Context, name, owner string, ttl time.Duration) (g drivers.Grant, err error) {
	if err := d.readyToHold(ctx, ttl); err != nil {
		return g, err
	}
	s := d.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, held := s.locks.get(d.clock, name); held {
		return drivers.Grant{Left: d.clock.left(l.deadline)}, nil
	}
	l := timed[holder]{holder{owner, d.nextFence()}, d.clock.deadline(ttl)}
	if err := s.locks.put(name, l); err != nil {
		return g, err
	}
	return drivers.Grant{Fence: l.value.fence}, nil
}

// readyToHold is ready for what needs a positive time to live.
func (d *Driver) readyToHold(ctx context.Context, ttl time.Duration) error {
	if err := d.ready(ctx, 0); err != nil {
		return err
	}
	if ttl <= 0 {
		return fmt.Errorf("%w: it must be positive here, not %v", drivers.ErrTTL, ttl)
	}
	return nil
}

// nextFence counts the grants of all locks together, so that none needs to be remembered.
func (d *Driver) nextFence() int64 {
	for {
		last := d.fence.Load()
		next := drivers.NextFence(last, d.clock.wall())
		if d.fence.CompareAndSwap(last, next) {
			return next
		}
	}
}

// held returns the shard of name, locked, and the lock if owner holds it.
func (d *Driver) held(name, owner string) (s *shard, l timed[holder], held bool) {
	s = d.shard(name)
	s.mu.Lock()
	l, held = s.locks.get(d.clock, name)
	return s, l, held && l.value.owner == owner
}

// Extend implements drivers.Locker.
func (d *Driver) Extend(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	if err := d.readyToHold(ctx, ttl); err != nil {
		return false, err
	}
	s, l, held := d.held(name, owner)
	defer s.mu.Unlock()
	if !held {
		return false, nil
	}
	l.deadline = d.clock.deadline(ttl)
	return true, s.locks.put(name, l)
}

// Fence implements drivers.Locker.
func (d *Driver) Fence(ctx context.Context, name, owner string) (int64, error) {
	if err := d.ready(ctx, 0); err != nil {
		return 0, err
	}
	s, l, held := d.held(name, owner)
	defer s.mu.Unlock()
	if !held {
		return 0, nil
	}
	return l.value.fence, nil
}

// Unlock implements drivers.Locker.
func (d *Driver) Unlock(ctx context.Context, name, owner string) (bool, error) {
	if err := d.ready(ctx, 0); err != nil {
		return false, err
	}
	s, _, held := d.held(name, owner)
	defer s.mu.Unlock()
	if held {
		s.unlock(name)
	}
	return held, nil
}

// ForceUnlock implements drivers.Locker.
func (d *Driver) ForceUnlock(ctx context.Context, name string) error {
	if err := d.ready(ctx, 0); err != nil {
		return err
	}
	s := d.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unlock(name)
	return nil
}

// unlock ends a lock and tells those who wait for it. The shard is locked.
func (s *shard) unlock(name string) {
	s.locks.drop(name)
	for _, wake := range s.watchers[name] {
		select {
		case wake <- struct{}{}:
		default: // it has been told already
		}
	}
}

// Watch implements drivers.Watcher.
func (d *Driver) Watch(ctx context.Context, name string) (<-chan struct{}, func(), error) {
	if err := d.ready(ctx, 0); err != nil {
		return nil, nil, err
	}
	wake := make(chan struct{}, 1)
	s := d.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watchers == nil {
		s.watchers = map[string][]chan struct{}{}
	}
	s.watchers[name] = append(s.watchers[name], wake)
	return wake, func() { s.unwatch(name, wake) }, nil
}

func (s *shard) unwatch(name string, wake chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := slices.DeleteFunc(s.watchers[name], func(c chan struct{}) bool { return c == wake })
	s.watchers[name] = rest
	if len(rest) == 0 {
		delete(s.watchers, name)
	}
}
