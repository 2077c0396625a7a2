package cache

import (
	"context"
	"time"
)

// The methods in this file are the default store's, with a context and without. Prefer the ones
// with wherever there is a request.

// Get returns the value of key. See GetWithContext.
func (m *Manager) Get(key string) (any, bool) {
	return m.GetWithContext(context.Background(), key)
}

// GetWithContext returns the value of key. See Store.GetCtx for what holds.
func (m *Manager) GetWithContext(ctx context.Context, key string) (any, bool) {
	return m.fallback().GetCtx(ctx, key)
}

// GetString returns the value of key if it is a string. See GetStringWithContext.
func (m *Manager) GetString(key string) (string, bool) {
	return m.GetStringWithContext(context.Background(), key)
}

// GetStringWithContext returns the value of key if it is a string. See Store.GetStringCtx for what
// holds.
func (m *Manager) GetStringWithContext(ctx context.Context, key string) (string, bool) {
	return m.fallback().GetStringCtx(ctx, key)
}

// Has reports whether key has a value. See HasWithContext.
func (m *Manager) Has(key string) bool {
	return m.HasWithContext(context.Background(), key)
}

// HasWithContext reports whether key has a value. See Store.HasCtx for what holds.
func (m *Manager) HasWithContext(ctx context.Context, key string) bool {
	return m.fallback().HasCtx(ctx, key)
}

// Many returns the values of keys that are there. See ManyWithContext.
func (m *Manager) Many(keys []string) map[string]any {
	return m.ManyWithContext(context.Background(), keys)
}

// ManyWithContext returns the values of keys that are there. See Store.ManyCtx for what holds.
func (m *Manager) ManyWithContext(ctx context.Context, keys []string) map[string]any {
	return m.fallback().ManyCtx(ctx, keys)
}

// Put stores value for ttl; 0 means forever. See PutWithContext.
func (m *Manager) Put(key string, value any, ttl time.Duration) error {
	return m.PutWithContext(context.Background(), key, value, ttl)
}

// PutWithContext stores value for ttl; 0 means forever. See Store.PutCtx for what holds.
func (m *Manager) PutWithContext(ctx context.Context, key string, value any, ttl time.Duration) error {
	return m.fallback().PutCtx(ctx, key, value, ttl)
}

// Add stores value if key has none, and reports whether it did. See AddWithContext.
func (m *Manager) Add(key string, value any, ttl time.Duration) (bool, error) {
	return m.AddWithContext(context.Background(), key, value, ttl)
}

// AddWithContext stores value if key has none, and reports whether it did. See Store.AddCtx for
// what holds.
func (m *Manager) AddWithContext(ctx context.Context, key string, value any, ttl time.Duration) (bool, error) {
	return m.fallback().AddCtx(ctx, key, value, ttl)
}

// Forever stores value without a time to live. See ForeverWithContext.
func (m *Manager) Forever(key string, value any) error {
	return m.ForeverWithContext(context.Background(), key, value)
}

// ForeverWithContext stores value without a time to live. See Store.ForeverCtx for what holds.
func (m *Manager) ForeverWithContext(ctx context.Context, key string, value any) error {
	return m.fallback().ForeverCtx(ctx, key, value)
}

// PutMany stores items for ttl. See PutManyWithContext.
func (m *Manager) PutMany(items map[string]any, ttl time.Duration) error {
	return m.PutManyWithContext(context.Background(), items, ttl)
}

// PutManyWithContext stores items for ttl. See Store.PutManyCtx for what holds.
func (m *Manager) PutManyWithContext(ctx context.Context, items map[string]any, ttl time.Duration) error {
	return m.fallback().PutManyCtx(ctx, items, ttl)
}

// Forget removes the value of key. See ForgetWithContext.
func (m *Manager) Forget(key string) error {
	return m.ForgetWithContext(context.Background(), key)
}

// ForgetWithContext removes the value of key. See Store.ForgetCtx for what holds.
func (m *Manager) ForgetWithContext(ctx context.Context, key string) error {
	return m.fallback().ForgetCtx(ctx, key)
}

// Flush removes all values of the store. See FlushWithContext.
func (m *Manager) Flush() error {
	return m.FlushWithContext(context.Background())
}

// FlushWithContext removes all values of the store. See Store.FlushCtx for what holds.
func (m *Manager) FlushWithContext(ctx context.Context) error {
	return m.fallback().FlushCtx(ctx)
}

// Increment adds n to the number under key and returns the sum. See IncrementWithContext.
func (m *Manager) Increment(key string, n int64) (int64, error) {
	return m.IncrementWithContext(context.Background(), key, n)
}

// IncrementWithContext adds n to the number under key and returns the sum. See Store.IncrementCtx
// for what holds.
func (m *Manager) IncrementWithContext(ctx context.Context, key string, n int64) (int64, error) {
	return m.fallback().IncrementCtx(ctx, key, n)
}

// IncrementTTL adds n to the number under key, which is created with ttl if it is missing. See
// IncrementTTLWithContext.
func (m *Manager) IncrementTTL(key string, n int64, ttl time.Duration) (int64, error) {
	return m.IncrementTTLWithContext(context.Background(), key, n, ttl)
}

// IncrementTTLWithContext adds n to the number under key, which is created with ttl if it is
// missing. See Store.IncrementTTLCtx for what holds.
func (m *Manager) IncrementTTLWithContext(ctx context.Context, key string, n int64, ttl time.Duration) (int64, error) {
	return m.fallback().IncrementTTLCtx(ctx, key, n, ttl)
}

// Decrement subtracts n from the number under key and returns the result. See DecrementWithContext.
func (m *Manager) Decrement(key string, n int64) (int64, error) {
	return m.DecrementWithContext(context.Background(), key, n)
}

// DecrementWithContext subtracts n from the number under key and returns the result. See
// Store.DecrementCtx for what holds.
func (m *Manager) DecrementWithContext(ctx context.Context, key string, n int64) (int64, error) {
	return m.fallback().DecrementCtx(ctx, key, n)
}

// Remember returns the value of key, or else what fn returns, which is stored for ttl; fn cannot
// fail. See RememberWithContext.
func (m *Manager) Remember(key string, ttl time.Duration, fn func() any) (any, error) {
	return m.RememberWithContext(context.Background(), key, ttl, fn)
}

// RememberWithContext returns the value of key, or else what fn returns, which is stored for ttl;
// fn cannot fail. See Store.RememberCtx for what holds.
func (m *Manager) RememberWithContext(ctx context.Context, key string, ttl time.Duration, fn func() any) (any, error) {
	return m.fallback().RememberCtx(ctx, key, ttl, fn)
}

// RememberE returns the value of key, or else what fn returns, which is stored for ttl unless it is
// an error. See RememberEWithContext.
func (m *Manager) RememberE(key string, ttl time.Duration, fn func() (any, error)) (any, error) {
	return m.RememberEWithContext(context.Background(), key, ttl, fn)
}

// RememberEWithContext returns the value of key, or else what fn returns, which is stored for ttl
// unless it is an error. See Store.RememberECtx for what holds.
func (m *Manager) RememberEWithContext(ctx context.Context, key string, ttl time.Duration, fn func() (any, error)) (any, error) {
	return m.fallback().RememberECtx(ctx, key, ttl, fn)
}

// RememberForever is Remember without a time to live. See RememberForeverWithContext.
func (m *Manager) RememberForever(key string, fn func() any) (any, error) {
	return m.RememberForeverWithContext(context.Background(), key, fn)
}

// RememberForeverWithContext is Remember without a time to live. See Store.RememberForeverCtx for
// what holds.
func (m *Manager) RememberForeverWithContext(ctx context.Context, key string, fn func() any) (any, error) {
	return m.fallback().RememberForeverCtx(ctx, key, fn)
}

// RememberForeverE is RememberE without a time to live. See RememberForeverEWithContext.
func (m *Manager) RememberForeverE(key string, fn func() (any, error)) (any, error) {
	return m.RememberForeverEWithContext(context.Background(), key, fn)
}

// RememberForeverEWithContext is RememberE without a time to live. See Store.RememberForeverECtx
// for what holds.
func (m *Manager) RememberForeverEWithContext(ctx context.Context, key string, fn func() (any, error)) (any, error) {
	return m.fallback().RememberForeverECtx(ctx, key, fn)
}

// Lock returns the lock of that name in the default store, which is nobody's yet. Its methods take the
// context.
func (m *Manager) Lock(name string, ttl time.Duration) Lock { return m.fallback().Lock(name, ttl) }

// RestoreLock returns the lock of that name as owner's; see Lock.Owner.
func (m *Manager) RestoreLock(name, owner string) Lock { return m.fallback().RestoreLock(name, owner) }
