package engine

import (
	"context"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Take takes n of what rate allows for name, which has nothing to do with the key of that name.
func (s *Store) Take(ctx context.Context, name string, rate drivers.Rate, n int64) (drivers.Allowance, error) {
	b, err := s.enter(ctx, name)
	switch {
	case err != nil:
		return drivers.Allowance{}, err
	case b.limit == nil:
		return drivers.Allowance{}, drivers.ErrUnsupported
	case !s.begin():
		return drivers.Allowance{}, ErrClosed
	}
	defer s.work.Done()
	return b.limit.Take(ctx, StoredKey(name), rate, n)
}

// LacksLimits reports that the store is open and its driver cannot limit rates.
func (s *Store) LacksLimits() bool {
	b := s.open.Load()
	return b != nil && b.limit == nil
}
