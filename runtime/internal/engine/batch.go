package engine

import (
	"context"
	"fmt"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Batch is a load of many keys at once, which nobody joins. Each of its keys is fenced like a
// single load.
type Batch struct {
	store  *Store
	job    Job
	keys   []string
	tokens []*token
	lease  *lease
	held   []bool // the keys whose lease is the batch's; nil where there are no leases
	failed bool   // the store failed: nothing is stored
}

// StartBatch begins a load of keys, which are distinct. End must follow. Where the driver has leases it
// takes those of keys, unless the store is known to have failed; it waits for no other process's.
func (s *Store) StartBatch(ctx context.Context, keys []string, job Job, failed bool) (*Batch, error) {
	if !s.begin() {
		return nil, ErrClosed
	}
	b := &Batch{store: s, job: job, keys: keys, tokens: make([]*token, len(keys)), failed: failed}
	for i, key := range keys {
		b.tokens[i] = s.table.enter(key)
	}
	if err := b.takeLeases(ctx); err != nil {
		b.failed = true
		s.storeError(job, "lease", "", err)
	}
	return b, nil
}

// takeLeases takes leases whether there are values or not: what the batch loads is what it could not
// use.
func (b *Batch) takeLeases(ctx context.Context) error {
	if b.failed {
		return nil
	}
	ctx, cancel := b.store.Budget(ctx)
	defer cancel()
	open, err := b.store.backend(ctx)
	if err != nil || open.lease == nil {
		return err
	}
	names, token := open.names(b.keys), newToken()
	got, err := open.lease.Acquire(ctx, names, token, leaseTTL, true)
	if err == nil && len(got) != len(names) {
		err = fmt.Errorf("cachegen: the driver answered %d leases for %d keys", len(got), len(names))
	}
	if err != nil {
		return err
	}
	b.held = make([]bool, len(got))
	for i := range got {
		b.held[i] = got[i].Won
	}
	b.lease = b.store.newLease(open.lease, names, token)
	return nil
}

// End ends the load; no value of it is stored afterwards.
func (b *Batch) End() {
	for i, key := range b.keys {
		b.store.table.leave(key, b.tokens[i], nil)
	}
	if b.lease != nil {
		b.lease.release() // of what was not filled
	}
	b.store.work.Done()
}

// Fill stores forms[i] as the value of the i-th key, for all i in forms, where the key was not
// invalidated since the batch began. A failure is reported as an event.
func (b *Batch) Fill(ctx context.Context, forms map[int]Stored) {
	if b.failed {
		return
	}
	b.dropLarge(forms)
	at, refused := b.startFills(forms)
	if len(at) > 0 {
		stored, err := b.put(ctx, at, forms)
		b.store.filled(b.job, "", err)
		for i, ok := range stored {
			if err == nil && !ok {
				refused = append(refused, at[i])
			}
		}
	}
	for _, i := range refused { // now that no invalidation waits: a listener may invalidate
		b.store.refused(b.job, b.keys[i])
	}
}

// dropLarge takes out what the store does not take, and reports it.
func (b *Batch) dropLarge(forms map[int]Stored) {
	for i, form := range forms {
		if err := b.store.fits(form); err != nil {
			delete(forms, i)
			b.store.filled(b.job, b.keys[i], err)
		}
	}
}

// startFills returns which of the keys with a form may be filled, and which may not.
func (b *Batch) startFills(forms map[int]Stored) (at, refused []int) {
	for i, key := range b.keys {
		if _, loaded := forms[i]; !loaded {
			continue
		}
		if b.held != nil && !b.held[i] || !b.store.table.startFill(key, b.tokens[i]) {
			refused = append(refused, i)
			continue
		}
		at = append(at, i)
	}
	return at, refused
}

// put stores the forms of the keys at the given places and ends their fills. With leases it reports
// which were stored.
func (b *Batch) put(ctx context.Context, at []int, forms map[int]Stored) (stored []bool, err error) {
	s := b.store
	defer func() {
		for _, i := range at {
			s.table.endFill(b.keys[i])
		}
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.Timeout)
	defer cancel()
	if b.lease != nil {
		stored, err = b.lease.fill(ctx, b.items(at, forms), b.job.TTL())
		s.doubtful(err)
		return stored, err
	}
	keys, values := make([]string, len(at)), make([]Stored, len(at))
	for n, i := range at {
		keys[n], values[n] = b.keys[i], forms[i]
	}
	open, err := s.backend(ctx)
	if err == nil {
		err = s.putAll(ctx, open, keys, values, b.job.TTL())
	}
	s.doubtful(err)
	return nil, err
}

func (b *Batch) items(at []int, forms map[int]Stored) []drivers.Item {
	items := make([]drivers.Item, len(at))
	for n, i := range at {
		items[n] = drivers.Item{Key: b.lease.names[i], Value: forms[i].Bytes}
	}
	return items
}
