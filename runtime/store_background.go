package cache

import (
	"context"
	"time"
)

// The methods in this file do without a context: they are for the start of a program and for scripts.
// Each is its sibling with a background context.

// Get returns the value of key. See GetCtx.
func (s *Store) Get(key string) (any, bool) {
	return s.GetCtx(context.Background(), key)
}

// GetString returns the value of key if it is a string. See GetStringCtx.
func (s *Store) GetString(key string) (string, bool) {
	return s.GetStringCtx(context.Background(), key)
}

// Has reports whether key has a value. See HasCtx.
func (s *Store) Has(key string) bool {
	return s.HasCtx(context.Background(), key)
}

// Many returns the values of keys that are there. See ManyCtx.
func (s *Store) Many(keys []string) map[string]any {
	return s.ManyCtx(context.Background(), keys)
}

// Put stores value for ttl; 0 means forever. See PutCtx.
func (s *Store) Put(key string, value any, ttl time.Duration) error {
	return s.PutCtx(context.Background(), key, value, ttl)
}

// Add stores value if key has none, and reports whether it did. See AddCtx.
func (s *Store) Add(key string, value any, ttl time.Duration) (bool, error) {
	return s.AddCtx(context.Background(), key, value, ttl)
}

// Forever stores value without a time to live. See ForeverCtx.
func (s *Store) Forever(key string, value any) error {
	return s.ForeverCtx(context.Background(), key, value)
}

// PutMany stores items for ttl. See PutManyCtx.
func (s *Store) PutMany(items map[string]any, ttl time.Duration) error {
	return s.PutManyCtx(context.Background(), items, ttl)
}

// Forget removes the value of key. See ForgetCtx.
func (s *Store) Forget(key string) error {
	return s.ForgetCtx(context.Background(), key)
}

// Flush removes all values of the store. See FlushCtx.
func (s *Store) Flush() error {
	return s.FlushCtx(context.Background())
}

// Increment adds n to the number under key and returns the sum. See IncrementCtx.
func (s *Store) Increment(key string, n int64) (int64, error) {
	return s.IncrementCtx(context.Background(), key, n)
}

// IncrementTTL adds n to the number under key, which is created with ttl if it is missing. See
// IncrementTTLCtx.
func (s *Store) IncrementTTL(key string, n int64, ttl time.Duration) (int64, error) {
	return s.IncrementTTLCtx(context.Background(), key, n, ttl)
}

// Decrement subtracts n from the number under key and returns the result. See DecrementCtx.
func (s *Store) Decrement(key string, n int64) (int64, error) {
	return s.DecrementCtx(context.Background(), key, n)
}

// Remember returns the value of key, or else what fn returns, which is stored for ttl; fn cannot
// fail. See RememberCtx.
func (s *Store) Remember(key string, ttl time.Duration, fn func() any) (any, error) {
	return s.RememberCtx(context.Background(), key, ttl, fn)
}

// RememberE returns the value of key, or else what fn returns, which is stored for ttl unless it is
// an error. See RememberECtx.
func (s *Store) RememberE(key string, ttl time.Duration, fn func() (any, error)) (any, error) {
	return s.RememberECtx(context.Background(), key, ttl, fn)
}

// RememberForever is Remember without a time to live. See RememberForeverCtx.
func (s *Store) RememberForever(key string, fn func() any) (any, error) {
	return s.RememberForeverCtx(context.Background(), key, fn)
}

// RememberForeverE is RememberE without a time to live. See RememberForeverECtx.
func (s *Store) RememberForeverE(key string, fn func() (any, error)) (any, error) {
	return s.RememberForeverECtx(context.Background(), key, fn)
}
