package drivertest

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// checked is a driver whose lower-case methods fail the test on any error. They are for the test's
// own goroutine.
type checked struct {
	drivers.Driver
	t   *testing.T
	ctx context.Context
}

func (c *checked) put(key, value string, ttl time.Duration) {
	c.t.Helper()
	if err := c.Put(c.ctx, key, []byte(value), ttl); err != nil {
		c.t.Fatalf("Put(%q): %v", key, err)
	}
}

func (c *checked) add(key, value string, ttl time.Duration) bool {
	c.t.Helper()
	added, err := c.Add(c.ctx, key, []byte(value), ttl)
	if err != nil {
		c.t.Fatalf("Add(%q): %v", key, err)
	}
	return added
}

func (c *checked) get(key string) (string, bool) {
	c.t.Helper()
	value, found, err := c.Get(c.ctx, key)
	if err != nil {
		c.t.Fatalf("Get(%q): %v", key, err)
	}
	if !found && len(value) > 0 {
		c.t.Fatalf("Get(%q): not found, with the value %q", key, value)
	}
	return string(value), found
}

func (c *checked) has(key string) bool {
	c.t.Helper()
	_, found := c.get(key)
	return found
}

func (c *checked) forget(keys ...string) {
	c.t.Helper()
	if err := c.Forget(c.ctx, keys...); err != nil {
		c.t.Fatalf("Forget(%q): %v", keys, err)
	}
}

func (c *checked) flush() {
	c.t.Helper()
	if err := c.Flush(c.ctx); err != nil {
		c.t.Fatalf("Flush: %v", err)
	}
}

func (c *checked) increment(key string, delta int64, ttl time.Duration) int64 {
	c.t.Helper()
	sum, err := c.Increment(c.ctx, key, delta, ttl)
	if err != nil {
		c.t.Fatalf("Increment(%q, %d): %v", key, delta, err)
	}
	return sum
}

// wantValue checks that key holds value.
func (c *checked) wantValue(key, value string) {
	c.t.Helper()
	if got, found := c.get(key); !found || got != value {
		c.t.Errorf("Get(%q) = %q, %t; want %q, true", key, got, found, value)
	}
}

// wantMiss checks that key holds nothing.
func (c *checked) wantMiss(key string) {
	c.t.Helper()
	if got, found := c.get(key); found {
		c.t.Errorf("Get(%q) = %q, true; want a miss", key, got)
	}
}

// wantError checks the error of a call that must fail.
func wantError(t *testing.T, call string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: the error is %v; want one that is %v", call, err, want)
	}
}

// wantEqual checks two results.
func wantEqual[T comparable](t *testing.T, call string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v; want %v", call, got, want)
	}
}

// wantBytes checks two byte slices; nil and empty differ.
func wantBytes(t *testing.T, call string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) || (got == nil) != (want == nil) {
		t.Errorf("%s = %q (nil: %t); want %q (nil: %t)", call, got, got == nil, want, want == nil)
	}
}
