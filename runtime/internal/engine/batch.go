package engine

import "context"

// Batch is a load of many keys at once, which nobody joins. Each of its keys is fenced like a
// single load.
type Batch struct {
	store  *Store
	job    Job
	keys   []string
	tokens []*token
}

// StartBatch begins a load of keys, which are distinct. End must follow.
func (s *Store) StartBatch(keys []string, job Job) (*Batch, error) {
	if !s.begin() {
		return nil, ErrClosed
	}
	b := &Batch{store: s, job: job, keys: keys, tokens: make([]*token, len(keys))}
	for i, key := range keys {
		b.tokens[i] = s.table.enter(key)
	}
	return b, nil
}

// End ends the load; no value of it is stored afterwards.
func (b *Batch) End() {
	for i, key := range b.keys {
		b.store.table.leave(key, b.tokens[i], nil)
	}
	b.store.work.Done()
}

// Fill stores forms[i] as the value of the i-th key, for all i in forms, where the key was not
// invalidated since the batch began. A failure is reported as an event.
func (b *Batch) Fill(ctx context.Context, forms map[int]Stored) {
	var keys, refused []string
	var values []Stored
	for i, key := range b.keys {
		form, loaded := forms[i]
		switch {
		case !loaded:
		case b.store.table.startFill(key, b.tokens[i]):
			keys, values = append(keys, key), append(values, form)
		default:
			refused = append(refused, key)
		}
	}
	if len(keys) > 0 {
		b.store.filled(b.job, "", b.put(ctx, keys, values))
	}
	for _, key := range refused {
		b.store.refused(b.job, key)
	}
}

// put stores values and ends the fill of keys.
func (b *Batch) put(ctx context.Context, keys []string, values []Stored) error {
	s := b.store
	defer func() {
		for _, key := range keys {
			s.table.endFill(key)
		}
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.Timeout)
	defer cancel()
	open, err := s.backend(ctx)
	if err == nil {
		err = s.putAll(ctx, open, keys, values, b.job.TTL())
	}
	s.doubtful(err)
	return err
}
