package cache

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/internal/engine"
)

// anyJob is an untyped call that may load.
type anyJob struct {
	store *Store
	ttl   time.Duration
	load  func() (any, error)
}

var _ engine.Job = (*anyJob)(nil)

// Decode implements engine.Job.
func (j *anyJob) Decode(key string, f engine.Found) (any, bool, error) {
	v, ok := j.store.decode(key, f)
	return v, ok, nil
}

// Load implements engine.Job.
func (j *anyJob) Load(context.Context) (any, bool, error) {
	v, err := j.load()
	return v, err == nil && !isNilValue(v), err
}

// Encode implements engine.Job.
func (j *anyJob) Encode(key string, v any, cost time.Duration) (engine.Stored, error) {
	return encodeAny(key, v, j.ttl, cost)
}

// TTL implements engine.Job.
func (j *anyJob) TTL() time.Duration { return j.ttl }

// Timeout implements engine.Job.
func (j *anyJob) Timeout() time.Duration { return 0 }

// Fleet implements engine.Job.
func (j *anyJob) Fleet() bool { return false }

// Cache implements engine.Job.
func (j *anyJob) Cache() string { return "" }

// Count implements engine.Job.
func (j *anyJob) Count(k event.Kind) { j.store.counts.count(k) }
