package engine

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// table is the fence between loads and invalidations of one store. It holds a slot for each key
// that has a load or a write under way, and nothing for any other key; hits never come near it.
//
// A load holds a token in its key's slot. An invalidation voids the tokens there, waits for a fill
// that is already on its way to the store, does its work, and voids the tokens once more: a load
// that began meanwhile may have seen the value from before. Only a load whose token is still good,
// with no invalidation under way, may fill.
type table struct {
	seed   maphash.Seed
	shards [64]shard
}

type shard struct {
	mu       sync.Mutex
	slots    map[string]*slot
	flushing int // flushes under way: no fill starts

	fills atomic.Uint64 // how many fills have ended; changed with mu held
}

// slot is what is under way for one key. It lives as long as any of it does.
type slot struct {
	flight  *flight       // the load that callers join, or nil
	tokens  []*token      // of every load that may still fill
	writers int           // invalidations under way
	filling chan struct{} // closed when the fill on its way is done; nil if there is none
}

// token is a load's right to fill. Guarded by the shard's mutex.
type token struct{ void bool }

func (s *slot) empty() bool {
	return s.flight == nil && len(s.tokens) == 0 && s.writers == 0 && s.filling == nil
}

// revoke voids every token and lets no caller join the flight any more.
func (s *slot) revoke() {
	for _, t := range s.tokens {
		t.void = true
	}
	s.tokens, s.flight = nil, nil
}

func (s *slot) drop(t *token) {
	for i, other := range s.tokens {
		if other == t {
			s.tokens = append(s.tokens[:i], s.tokens[i+1:]...)
			return
		}
	}
}

func newTable() *table {
	t := &table{seed: maphash.MakeSeed()}
	for i := range t.shards {
		t.shards[i].slots = map[string]*slot{}
	}
	return t
}

func (t *table) shard(key string) *shard {
	return &t.shards[maphash.String(t.seed, key)%uint64(len(t.shards))]
}

// slot returns the slot of key, made if there is none. The shard is locked.
func (sh *shard) slot(key string) *slot {
	s := sh.slots[key]
	if s == nil {
		s = &slot{}
		sh.slots[key] = s
	}
	return s
}

func (sh *shard) tidy(key string, s *slot) {
	if s.empty() {
		delete(sh.slots, key)
	}
}

// enter registers a load that nobody joins and returns its token.
func (t *table) enter(key string) *token {
	tok := &token{}
	sh := t.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	s := sh.slot(key)
	s.tokens = append(s.tokens, tok)
	return tok
}

// leave ends the load of tok. If it is the flight f, callers no longer join it.
func (t *table) leave(key string, tok *token, f *flight) {
	sh := t.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	s := sh.slots[key]
	if s == nil {
		return
	}
	s.drop(tok)
	if f != nil && s.flight == f {
		s.flight = nil
	}
	sh.tidy(key, s)
}

// startFill reports whether tok is still good. If so, an invalidation of key waits until endFill.
func (t *table) startFill(key string, tok *token) bool {
	sh := t.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	s := sh.slots[key]
	if s == nil || tok.void || s.writers > 0 || sh.flushing > 0 || s.filling != nil {
		return false
	}
	s.filling = make(chan struct{})
	return true
}

func (t *table) endFill(key string) {
	sh := t.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	s := sh.slots[key]
	close(s.filling)
	s.filling = nil
	sh.fills.Add(1)
	sh.tidy(key, s)
}

// invalidate runs change, which alters or removes the stored values of keys, so that no load that
// began before it returned fills one of them afterwards.
func (t *table) invalidate(ctx context.Context, keys []string, change func() error) error {
	pending := make([]chan struct{}, 0, len(keys))
	for _, key := range keys {
		if filling := t.begin(key); filling != nil {
			pending = append(pending, filling)
		}
	}
	defer func() {
		for _, key := range keys {
			t.end(key)
		}
	}()
	if err := await(ctx, pending); err != nil {
		return err
	}
	return change()
}

func (t *table) begin(key string) (filling chan struct{}) {
	sh := t.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	s := sh.slot(key)
	s.writers++
	s.revoke()
	return s.filling
}

func (t *table) end(key string) {
	sh := t.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	s := sh.slots[key]
	s.writers--
	s.revoke()
	sh.tidy(key, s)
}

// flush is invalidate for every key.
func (t *table) flush(ctx context.Context, change func() error) error {
	var pending []chan struct{}
	for i := range t.shards {
		pending = append(pending, t.shards[i].beginFlush()...)
	}
	defer func() {
		for i := range t.shards {
			t.shards[i].endFlush()
		}
	}()
	if err := await(ctx, pending); err != nil {
		return err
	}
	return change()
}

func (sh *shard) beginFlush() (pending []chan struct{}) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.flushing++
	for _, s := range sh.slots {
		s.revoke()
		if s.filling != nil {
			pending = append(pending, s.filling)
		}
	}
	return pending
}

func (sh *shard) endFlush() {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.flushing--
	for key, s := range sh.slots {
		s.revoke()
		sh.tidy(key, s)
	}
}

// await waits for the fills that are on their way, each bounded by the store's timeout, or for ctx.
func await(ctx context.Context, pending []chan struct{}) error {
	for _, done := range pending {
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
